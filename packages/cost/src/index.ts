export type { CostLine, CostResult, CostStatus, PriceInterval, TokenUsage } from "@waybill/core";
export { WaybillError } from "@waybill/core/errors";
export { audit, type AuditCause, type AuditClaim, type AuditReport } from "./audit/audit.js";
export type { Interval, Rates, Source } from "./catalog/format.js";
export type { LitellmEntry, Prices } from "./catalog/litellm-entry.js";
export type { MatchRule } from "./catalog/model-names.js";
export type { Resolution } from "./catalog/models.js";
export type { PricedModel } from "./catalog/priced-model.js";
export type { Shard } from "./catalog/shard.js";
export {
  createCostEngine,
  type CostEngine,
  type CostEngineOptions,
  type DatedPrice,
  type EstimateRequest,
} from "./engine.js";
export { addExact, compareExact, subtractExact, sumExact } from "./exact.js";
export { explain } from "./explain.js";
export type { Margin, PriceRequest, Storage, ToolUse } from "./price-request.js";
export { normalizeUsage } from "./usage/read-usage.js";
export type { UsageApi, UsageHints } from "./usage/hints.js";
