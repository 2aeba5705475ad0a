import { createRedactor, type CallContext, type Redactor } from "@waybill/payload";
import type { BodyWatcher } from "@waybill/stream";

import { kindOf, type Api } from "./api.js";
import { contextOf, ownHeaders } from "./caller-context.js";
import { changedInit } from "./changed-init.js";
import { tell, UnrecognisedPaths } from "./events.js";
import { askForUsage, HiddenUsage, type BodyEdit } from "./include-usage.js";
import { ObservedCall, type Instruments, type SentCall } from "./observed-call.js";
import { observedResponse } from "./observed-response.js";
import { checkedOptions, type InstrumentOptions } from "./options.js";
import { providerOf } from "./provider.js";
import { isBlob, takeRequest, type SentRequest } from "./sent-request.js";

/** A response, and who wants to see its body. */
export type Observation = {
  /** As it came. */
  response: Response;
  /** To be fed with the pieces of the body, and told of its end. Undefined when nobody waits for it. */
  watcher: BodyWatcher | undefined;
  /** What its caller is to read in place of the pieces, when something was added that the caller did not ask for. */
  edit?: BodyEdit | undefined;
};

/**
 * Like `fetch`, for servers that hand bodies on themselves: nothing stands between the body and who reads it, and who reads
 * it tells the watcher. `context` goes before that of the options.
 */
export type ObservedFetch = (
  input: RequestInfo | URL,
  init?: RequestInit,
  context?: CallContext,
) => Promise<Observation>;

/**
 * What `instrumentFetch` is made of, for servers that read the body of a response piece by piece and count microseconds. The
 * pieces that the watcher gets must not be written over: some of them are read together.
 * @throws WaybillError `bad-option`
 */
export function observeFetch(base: typeof fetch, options: InstrumentOptions): ObservedFetch {
  return observing(base, options, true);
}

function observing(base: typeof fetch, given: InstrumentOptions, readsLater: boolean): ObservedFetch {
  const tools = instrumentsOf(checkedOptions(given, base));
  const { options } = tools;
  const unrecognised = new UnrecognisedPaths();
  return async (input, init, context) => {
    const prepared = prepare(input, init, context, tools, unrecognised);
    if (!prepared) return { response: await base(input, init), watcher: undefined };
    const { request, sent } = prepared;
    if (!sent) return { response: await base(request.input, request.init), watcher: undefined };
    const asked = options.includeUsage && streamsUsage.has(sent.api) ? await usageAsked(request) : undefined;
    const call = new ObservedCall(sent, tools, readsLater);
    const { input: to, init: how } = asked ?? request;
    let response: Response;
    try {
      response = await base(to, how);
    } catch (error) {
      call.fail(error);
      throw error;
    }
    return observation(response, call, asked !== undefined);
  };
}

/**
 * Wraps a `fetch`, so that every call of a model that goes through it is accounted for, and nothing else changes: the same
 * requests are sent (without `x-waybill-*` headers), and the caller gets the same bytes, errors and aborts. Chat, text,
 * embeddings and responses in OpenAI's form and messages in Anthropic's are read, streamed or not. The record is handed on
 * when the answer ends, breaks off, or fails; a call that is retried has a record for each try.
 * @throws WaybillError `bad-option`
 */
export function instrumentFetch(base: typeof fetch, options: InstrumentOptions): typeof fetch {
  const observe = observing(base, options, false);
  return async (input, init) => {
    const { response, watcher, edit } = await observe(input, init);
    return watcher ? observedResponse(response, watcher, edit) : response;
  };
}

const streamsUsage: ReadonlySet<Api> = new Set(["chat", "completions"]);

type Prepared = { request: SentRequest; sent: SentCall | undefined };

/** Looks at a call. Undefined when it goes on as it is: it is none of ours, or looking at it failed. */
function prepare(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  context: CallContext | undefined,
  tools: Instruments,
  unrecognised: UnrecognisedPaths,
): Prepared | undefined {
  const { options } = tools;
  let request: SentRequest | undefined;
  try {
    const taken = takeRequest(input, init);
    const own = ownHeaders(taken.headers);
    request = own.length > 0 ? withoutHeaders(taken, own) : taken;
    const { method, url, headers } = taken;
    const kind = kindOf(method, url.pathname, () => taken.body.value());
    if (kind?.api === "unrecognised") unrecognised.tell(options.onEvent, method, url);
    const api = kind && kind.api !== "unrecognised" ? kind.api : undefined;
    if (!api) return { request, sent: undefined };
    const known = context ?? contextFor(api, taken, tools);
    const told = contextOf(headers, known, (reason) =>
      tell(options.onEvent, { type: "incomplete-record", id: "", reason }),
    );
    const sent = {
      api,
      url,
      provider: providerFor(url, tools),
      body: taken.body,
      context: { ...told, callId: told.callId ?? tools.newId() },
    };
    return { request, sent };
  } catch (error) {
    tell(options.onEvent, { type: "failed", what: "the request", error });
    // What was taken from the caller can be given no second time.
    return request && { request, sent: undefined };
  }
}

function contextFor(
  api: Api,
  { method, url, headers, body }: SentRequest,
  { options }: Instruments,
): CallContext | undefined {
  try {
    return options.context?.({ api, method, url, headers, body: body.value() });
  } catch (error) {
    tell(options.onEvent, { type: "failed", what: "context", error });
    return undefined;
  }
}

function providerFor(url: URL, { options }: Instruments): string | undefined {
  const { provider } = options;
  if (typeof provider === "string") return provider;
  try {
    return provider?.(url) ?? providerOf(url);
  } catch (error) {
    tell(options.onEvent, { type: "failed", what: "provider", error });
    return providerOf(url);
  }
}

function withoutHeaders(request: SentRequest, names: readonly string[]): SentRequest {
  const headers = new Headers(request.headers);
  for (const name of names) headers.delete(name);
  return { ...request, headers, init: changedInit(request.init, { headers }) };
}

/** A Blob is at hand. What else is still on its way may take longer than its caller waits, and is left alone. */
async function usageAsked(request: SentRequest): Promise<SentRequest | undefined> {
  if (isBlob(request.init?.body)) await request.body.whole();
  return askForUsage(request);
}

function observation(response: Response, call: ObservedCall, hidesUsage: boolean): Observation {
  try {
    call.answer(response);
    if (response.body && "getReader" in response.body)
      return { response, watcher: call, ...(hidesUsage ? { edit: new HiddenUsage() } : {}) };
    if (response.body) call.cannotRead();
    else call.end("eof");
  } catch (error) {
    // A response of an odd kind is the caller's all the same.
    call.fail(error);
  }
  return { response, watcher: undefined };
}

function instrumentsOf(options: InstrumentOptions): Instruments {
  const { engine = null, redact, now = Date.now, newId = () => crypto.randomUUID() } = options;
  const clock = performance;
  return {
    options,
    engine,
    redactor: redact === false ? null : redactorOf(redact),
    now,
    monotonic: options.monotonic ?? (() => clock.now()),
    newId,
  };
}

function redactorOf(redact: Exclude<InstrumentOptions["redact"], false>): Redactor {
  return redact && "payload" in redact ? redact : createRedactor(redact);
}
