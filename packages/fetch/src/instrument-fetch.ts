import { createRedactor, type Redactor } from "@waybill/payload";

import { kindOf, type Api } from "./api.js";
import { contextOf, ownHeaders } from "./caller-context.js";
import { tell, UnrecognisedPaths } from "./events.js";
import { askForUsage, hideUsage } from "./include-usage.js";
import { ObservedCall, type Instruments } from "./observed-call.js";
import { observedResponse } from "./observed-response.js";
import { checkOptions, type InstrumentOptions } from "./options.js";
import { providerOf } from "./provider.js";
import { takeRequest, type SentRequest } from "./sent-request.js";

/**
 * Wraps a `fetch`, so that every call of a model that goes through it is accounted for, and nothing else changes: the same
 * requests are sent (without `x-waybill-*` headers), and the caller gets the same bytes, errors and aborts. Chat, text,
 * embeddings and responses in OpenAI's form and messages in Anthropic's are read, streamed or not. The record is handed on
 * when the answer ends, breaks off, or fails; a call that is retried has a record for each try.
 * @throws WaybillError `bad-option`
 */
export function instrumentFetch(base: typeof fetch, options: InstrumentOptions): typeof fetch {
  checkOptions(options, base);
  const tools = instrumentsOf(options);
  const unrecognised = new UnrecognisedPaths();
  return async (input, init) => {
    const prepared = prepare(input, init, tools, unrecognised);
    if (!prepared) return base(input, init);
    const { request, api } = prepared;
    if (!api) return base(request.input, request.init);
    const asked = options.includeUsage && streamsUsage.has(api) ? await usageAsked(request) : undefined;
    const call = new ObservedCall(prepared.sent(api), tools);
    const sent = asked ?? request;
    let response: Response;
    try {
      response = await base(sent.input, sent.init);
    } catch (error) {
      call.fail(error);
      throw error;
    }
    return observed(response, call, asked !== undefined);
  };
}

const streamsUsage: ReadonlySet<Api> = new Set(["chat", "completions"]);

type Prepared = {
  request: SentRequest;
  api: Api | undefined;
  sent: (api: Api) => ConstructorParameters<typeof ObservedCall>[0];
};

/** Looks at a call. Undefined when it goes on as it is: it is none of ours, or looking at it failed. */
function prepare(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  tools: Instruments,
  unrecognised: UnrecognisedPaths,
): Prepared | undefined {
  const { options } = tools;
  try {
    const taken = takeRequest(input, init);
    const { method, url, headers } = taken;
    const kind = kindOf(method, url.pathname, () => taken.body.value());
    if (kind?.api === "unrecognised") unrecognised.tell(options.onEvent, method, url);
    const api = kind && kind.api !== "unrecognised" ? kind.api : undefined;
    const own = ownHeaders(headers);
    if (!api && own.length === 0 && taken.init === init) return undefined;
    const context = api && contextFor(api, taken, tools);
    return {
      request: own.length > 0 ? withoutHeaders(taken, own) : taken,
      api,
      sent: (known) => ({
        api: known,
        url,
        provider: providerFor(url, tools),
        body: taken.body,
        context: { ...context, callId: context?.callId ?? tools.newId() },
      }),
    };
  } catch (error) {
    tell(options.onEvent, { type: "failed", what: "the request", error });
    return undefined;
  }
}

function contextFor(api: Api, { method, url, headers, body }: SentRequest, { options }: Instruments) {
  const note = (reason: string): void => tell(options.onEvent, { type: "incomplete-record", id: "", reason });
  let given;
  try {
    given = options.context?.({ api, method, url, headers, body: body.value() });
  } catch (error) {
    tell(options.onEvent, { type: "failed", what: "context", error });
  }
  return contextOf(headers, given, note);
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
  return { ...request, headers, init: { ...request.init, headers } };
}

async function usageAsked(request: SentRequest): Promise<SentRequest | undefined> {
  await request.body.whole();
  return askForUsage(request);
}

/** The response as the caller gets it, with the call looking on. */
function observed(response: Response, call: ObservedCall, hidesUsage: boolean): Response {
  try {
    call.answer(response);
    if (!response.body) {
      call.end("eof");
      return response;
    }
    return observedResponse(
      response,
      response.body,
      { write: (piece) => call.write(piece), end: (reason, cause) => call.end(reason, cause) },
      () => call.letGo(),
      hidesUsage ? hideUsage : undefined,
    );
  } catch (error) {
    // A response of an odd kind is the caller's all the same.
    call.fail(error);
    return response;
  }
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
