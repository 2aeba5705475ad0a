/*
 * The schema of every answer and of every live event. The server itself uses their types alone: tests hold its answers
 * against them.
 */
export { ApiErrorSchema, type ApiError } from "./schemas/api-error.js";
export {
  CallRowSchema,
  CallsAnswerSchema,
  LivePatchSchema,
  LiveRowSchema,
  type CallRow,
  type CallsAnswer,
  type LivePatch,
  type LiveRow,
} from "./schemas/call-row.js";
export {
  DeadLettersDoneSchema,
  DeadLettersSchema,
  DeliverySchema,
  type DeadLettersAnswer,
  type DeliveryAnswer,
  type SinkAnswer,
} from "./schemas/delivery.js";
export {
  DistributionSchema,
  FacetsSchema,
  QuantileSeriesSchema,
  QuantilesSchema,
  SeriesSchema,
  TotalsSchema,
  type DistributionAnswer,
  type FacetsAnswer,
  type QuantileSeriesAnswer,
  type SeriesAnswer,
  type TotalsAnswer,
} from "./schemas/figures.js";
export { liveEventSchemas, type CallsEvent, type LiveEventData, type LiveEventName } from "./schemas/live.js";
export {
  KeyChangedSchema,
  KeyMadeSchema,
  KeySchema,
  KeysSchema,
  SessionSchema,
  type KeyAnswer,
  type Session,
} from "./schemas/session.js";
export {
  AuditAnswerSchema,
  LiveWaybillSchema,
  WaybillSchema,
  type AuditAnswer,
  type LiveWaybill,
  type StoredCost,
  type Waybill,
} from "./schemas/waybill.js";
