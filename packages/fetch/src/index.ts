import { defaultEngine } from "./default-engine.js";
import {
  instrumentFetch as instrument,
  observeFetch as observe,
  type ObservedFetch,
} from "./instrument-fetch.js";
import type { InstrumentOptions } from "./options.js";

export type { Observation, ObservedFetch } from "./instrument-fetch.js";
export { apiOf, type Api } from "./api.js";
export type { BodyEdit } from "./include-usage.js";
export type { FetchEvent } from "./events.js";
export type { LiveCall, Progress } from "./live-call.js";
export type { ContextRequest, InstrumentOptions, RecordTaker } from "./options.js";

/**
 * Wraps a `fetch`, so that every call of a model that goes through it is accounted for, and nothing else changes: the same
 * requests are sent (without `x-waybill-*` headers), and the caller gets the same bytes, errors and aborts. Chat, text,
 * embeddings and responses in OpenAI's form and messages in Anthropic's are read, streamed or not. The record is handed on
 * when the answer ends, breaks off, or fails; a call that is retried has a record for each try. Prices are those of the
 * catalog of `@waybill/cost`, unless `engine` says otherwise.
 * @throws WaybillError `bad-option`
 */
export function instrumentFetch(base: typeof fetch, options: InstrumentOptions): typeof fetch {
  return instrument(base, withEngine(options));
}

/**
 * What `instrumentFetch` is made of, for servers that read the body of a response piece by piece and count microseconds.
 * @throws WaybillError `bad-option`
 */
export function observeFetch(base: typeof fetch, options: InstrumentOptions): ObservedFetch {
  return observe(base, withEngine(options));
}

function withEngine(options: InstrumentOptions): InstrumentOptions {
  return options && options.engine === undefined ? { ...options, engine: defaultEngine() } : options;
}
