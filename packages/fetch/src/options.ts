import type { StandardLoggingPayload, StandardLoggingPayloadEmit } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";
import type { CostEngine } from "@waybill/cost";
import type { CallContext, Redactor, RedactOptions } from "@waybill/payload";

import type { Api } from "./api.js";
import type { FetchEvent } from "./events.js";
import type { LiveCall } from "./live-call.js";

/** What a context is asked for about. */
export type ContextRequest = {
  api: Api;
  method: string;
  url: URL;
  /** Of the request, with those of `x-waybill-*`. */
  headers: Headers;
  /** The body as JSON; undefined when it is none, or sent as a stream. */
  body: unknown;
};

/** What takes records: a pipeline of `@waybill/pipeline`. */
export type RecordTaker = {
  accept: (
    payload: StandardLoggingPayload,
    options?: { waitUntil?: ((promise: Promise<unknown>) => void) | undefined },
  ) => Promise<{ status: string; issues?: readonly { message: string }[] }>;
};

/** How calls are accounted for. */
export type InstrumentOptions = {
  /** Takes every record. */
  pipeline?: RecordTaker | undefined;
  /** Hears of every record, when the answer has ended and before a pipeline gets it. */
  onPayload?: ((payload: StandardLoggingPayloadEmit) => unknown) | undefined;
  /** Prices the calls; null for no prices. By default one with the whole catalog. */
  engine?: CostEngine | null | undefined;
  /** Says for whom a call is made; what the `x-waybill-*` headers of the request say stands over it. */
  context?: ((request: ContextRequest) => CallContext | undefined) | undefined;
  /** What is taken out of records: secrets by default. `false` for nothing. */
  redact?: RedactOptions | Redactor | false | undefined;
  /** LiteLLM's name of the provider behind an address, where it is not known by its host: "openai" for a proxy of it. */
  provider?: string | ((url: URL) => string | undefined) | undefined;
  /**
   * Asks for usage in streams of chat and text (`stream_options.include_usage`) that do not ask themselves, and takes the
   * chunk that this adds out of what the caller reads. The one option that changes what is sent.
   */
  includeUsage?: boolean | undefined;
  /** Called with a promise that ends when the record is handed in: the `ctx.waitUntil` of an edge platform. */
  waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Hears of what a person may want to know. */
  onEvent?: ((event: FetchEvent) => unknown) | undefined;
  /** Hears of every call as it is sent, and can look at how far its answer is. */
  onStart?: ((call: LiveCall) => unknown) | undefined;
  /** What names a record: the id of the answer, or the call's own (`context.callId`, else a new one). "answer" by default. */
  idFrom?: "answer" | "call" | undefined;
  /** The most of an answer that is kept, in bytes; 64 Mi by default. The caller reads all of it. */
  maxAnswerBytes?: number | undefined;
  /** Epoch milliseconds; `Date.now` by default. */
  now?: (() => number) | undefined;
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  monotonic?: (() => number) | undefined;
  /** New ids for calls and traces; `crypto.randomUUID` by default. */
  newId?: (() => string) | undefined;
};

const known: Readonly<Record<keyof InstrumentOptions, readonly string[]>> = {
  pipeline: ["object"],
  onPayload: ["function"],
  engine: ["object"],
  context: ["function"],
  redact: ["object", "boolean"],
  provider: ["string", "function"],
  includeUsage: ["boolean"],
  waitUntil: ["function"],
  onEvent: ["function"],
  onStart: ["function"],
  idFrom: ["string"],
  maxAnswerBytes: ["number"],
  now: ["function"],
  monotonic: ["function"],
  newId: ["function"],
};

/**
 * The options as they are now: what is changed later is not checked. Refuses what would be passed over in silence: a
 * misspelt option, or no place for the records.
 * @throws WaybillError `bad-option`
 */
export function checkedOptions(given: InstrumentOptions, base: unknown): InstrumentOptions {
  const refuse = (reason: string): never => {
    throw new WaybillError("bad-option", reason);
  };
  if (typeof base !== "function") refuse("instrumentFetch takes a fetch first, and then options");
  if (typeof given !== "object" || given === null)
    refuse("instrumentFetch takes a fetch and an object of options");
  const options = { ...given };
  for (const [name, value] of Object.entries(options)) {
    const kinds = Object.hasOwn(known, name) ? known[name as keyof InstrumentOptions] : undefined;
    if (!kinds) refuse(`${name}: there is no such option; there are ${Object.keys(known).join(", ")}`);
    else if (value !== undefined && !kinds.includes(typeof value))
      refuse(`${name}: expected ${kinds.join(" or ")}, found ${typeof value}`);
  }
  const { pipeline, onPayload, idFrom, maxAnswerBytes, engine } = options;
  if (!pipeline && !onPayload) refuse("pipeline or onPayload: one of them has to take the records");
  if (pipeline && typeof pipeline.accept !== "function") refuse("pipeline: it has no function accept");
  if (engine && typeof engine.price !== "function") refuse("engine: it has no function price");
  if (idFrom !== undefined && !["answer", "call"].includes(idFrom)) refuse('idFrom: is "answer" or "call"');
  if (maxAnswerBytes !== undefined && !(maxAnswerBytes > 0)) refuse("maxAnswerBytes: is above zero");
  return options;
}
