/* The same without a catalog of prices, for those who bring their own engine or want none, and count kilobytes. */
export { instrumentFetch, observeFetch } from "./instrument-fetch.js";
export type { Observation, ObservedFetch } from "./instrument-fetch.js";
export { apiOf, type Api } from "./api.js";
export type { BodyEdit } from "./include-usage.js";
export type { FetchEvent } from "./events.js";
export type { LiveCall, Progress } from "./live-call.js";
export type { ContextRequest, InstrumentOptions, RecordTaker } from "./options.js";
