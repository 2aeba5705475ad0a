import type { Attempt, StandardLoggingPayloadEmit } from "@waybill/core";

import { boxes } from "./boxes.js";
import { callTypeOf } from "./call-type.js";
import type { Call } from "./call.js";
import { callerOf, type Caller } from "./caller.js";
import { chargedOf, type Charged } from "./charged.js";
import { countsOf, type Counts } from "./counts.js";
import { headersOf, requestIdOf } from "./headers.js";
import { identityOf, idMaker, type Identity } from "./identity.js";
import { Losses } from "./losses.js";
import { isMembers, listOf, membersOf, textOf, type Members } from "./members.js";
import type { BuildOptions } from "./options.js";
import { failureOf, type Failure } from "./outcome.js";
import { toPlain } from "./plain.js";
import { streamPartOf, type StreamPart } from "./stream-part.js";
import { pythonSeconds, timesOf } from "./times.js";
import { memberTypes, typed } from "./typed-members.js";

/** A call after it was read: whatever it was, each of these has its type. */
export type Facts = {
  /** The call without what JSON cannot hold. */
  given: Members;
  request: Members;
  context: Members;
  cache: Members;
  /** The answer, and its members when it has some. */
  body: unknown;
  answer: Members;
  stream: StreamPart | undefined;
  failure: Failure | undefined;
  headers: Members;
  requestId: string | undefined;
  provider: string;
  attempts: Attempt[];
  callType: string;
  callId: string | undefined;
  identity: Identity;
  caller: Caller;
  charged: Charged;
  /** The usage as the provider sent it; empty when it sent none. */
  usage: Members;
  counts: Counts;
  startTime: number;
  endTime: number;
  guardrails: StandardLoggingPayloadEmit["guardrail_information"];
  /** What of the call could not be taken over. */
  degraded: string | undefined;
};

/** Reads a call of any shape. Never throws. */
export function factsOf(call: Call, options: BuildOptions): Facts {
  const losses = new Losses();
  const given = membersOf(toPlain(call, losses));
  const [request, context, cache] = [given.request, given.context, given.cache].map((part) => {
    if (part !== undefined && part !== null && !isMembers(part))
      losses.add("a part of the call that is no object");
    return membersOf(part);
  }) as [Members, Members, Members];
  const stream = streamPartOf(given.result, losses);
  const body = stream ? stream.completion : given.response;
  if (!isAnswer(body)) losses.add("an answer that is neither text nor an object");
  const answer = membersOf(body);
  const headers = headersOf(given.responseHeaders ?? errorHeaders(given.error));
  const requestId = textOf(given.providerRequestId) ?? requestIdOf(headers) ?? sdkRequestId(call);
  const charged = chargedOf(given.cost, cache, losses);
  const usage = membersOf(stream ? stream.usage : (answer.usage ?? answer.usageMetadata));
  const times = timesOf(given.startTime, given.endTime, options.now ?? Date.now, losses);
  const newId = idMaker(options.newId);
  const settings = { isLitellm: options.compat === "litellm", fillIds: options.fillIds === true, newId };
  const caller = callerOf(context, request, settings, losses);
  const provider = textOf(given.provider) ?? "";
  const callId = textOf(context.callId);
  const isByCall = options.idFrom === "call";
  const identity = identityOf({
    provider,
    answerId: isByCall ? undefined : textOf(answer.id),
    requestId: isByCall ? undefined : requestId,
    callId,
    startTime: times.startTime,
    suffix: cache.hit === true ? `_cache_hit${pythonSeconds(times.endTime)}` : "",
    newId,
  });
  return {
    given,
    request,
    context,
    cache,
    body,
    answer,
    stream,
    failure: failureOf({ error: given.error, response: given.response, stream }),
    headers,
    requestId,
    provider,
    attempts: attemptsOf(given.attempts, losses),
    callType: textOf(given.callType) ?? callTypeOf(request, body),
    callId,
    identity,
    caller,
    charged,
    usage,
    counts: countsOf(usage, charged.usage),
    ...times,
    guardrails: guardrailsOf(given.guardrails, losses),
    degraded: losses.toText(),
  };
}

function isAnswer(body: unknown): boolean {
  return body === undefined || typeof body === "string" || typeof body === "object";
}

function attemptsOf(value: unknown, losses: Losses): Attempt[] {
  return listOf(value).flatMap((item) => {
    const read = boxes.attempt(item);
    if (!read) losses.add("an attempt");
    return read ? [read] : [];
  });
}

function guardrailsOf(value: unknown, losses: Losses): Facts["guardrails"] {
  const entries = listOf(value).filter(isMembers);
  if (entries.length < listOf(value).length) losses.add("a guardrail that is no object");
  return entries.length > 0
    ? entries.map((entry) => typed(entry, memberTypes.guardrail, losses, "guardrails"))
    : null;
}

function errorHeaders(error: unknown): unknown {
  const { headers, response } = membersOf(error);
  return headers ?? membersOf(response).headers;
}

/** OpenAI's client puts the id on the answer where JSON does not see it. */
function sdkRequestId(call: unknown): string | undefined {
  try {
    return textOf((call as { response?: { _request_id?: unknown } }).response?._request_id);
  } catch {
    return undefined;
  }
}
