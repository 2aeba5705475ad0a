import { textOf, type Members } from "./members.js";

/** What names a record. */
export type Identity = { id: string; idempotencyKey: string };

/** What an identity is made of. */
export type IdentityFacts = {
  provider: string;
  /** The id that the answer has. */
  answerId: string | undefined;
  requestId: string | undefined;
  callId: string | undefined;
  startTime: number;
  /** What an answer from a cache adds to the id. */
  suffix: string;
  newId: () => string;
};

/** Ids of fewer characters may come again: Ollama's are `chatcmpl-` and a number below a thousand. */
const SHORTEST_UNIQUE = 20;

/**
 * The id of a record, and a key that is equal for two records of one provider response. The key is the provider's name and
 * the id of the answer (with the time of the call where that is short), else the provider's id of the request, else the
 * call's. Without any of them it is the record's own id, which a second record of the answer does not share; an answer of a
 * cache serves many calls, and without the call's id has one of its own, too.
 */
export function identityOf(facts: IdentityFacts): Identity {
  const { provider, answerId, requestId, callId, startTime, suffix } = facts;
  const ownId = answerId ?? callId ?? facts.newId();
  const isHit = suffix !== "";
  let key: string;
  if (answerId !== undefined)
    key = `${part(answerId)}${suffix}${answerId.length < SHORTEST_UNIQUE ? `@${startTime}` : ""}`;
  else if (requestId !== undefined) key = `request:${part(requestId)}${suffix}`;
  else key = `${callId === undefined ? "" : "call:"}${part(ownId)}${suffix}`;
  // One answer of a cache may serve two calls at once.
  if (isHit && (answerId ?? requestId) !== undefined) key += `:${part(callId ?? facts.newId())}`;
  return { id: `${ownId}${suffix}`, idempotencyKey: `${part(provider)}:${key}` };
}

/** A part of a key without what separates parts, so that two calls have one key only if all of their parts are equal. */
function part(text: string): string {
  return text
    .replaceAll(/[%:@]/g, (separator) => `%${separator.charCodeAt(0).toString(16)}`)
    .replaceAll("_cache_hit", "%5fcache_hit");
}

/** The trace id of a W3C traceparent header. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const id = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/.exec(traceparent ?? "")?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

/** A maker of ids that answers for every call, whatever the caller's own does. */
export function idMaker(newId: (() => string) | undefined): () => string {
  return () => {
    try {
      return textOf(newId?.()) ?? randomId();
    } catch {
      return randomId();
    }
  };
}

/** Browsers offer `randomUUID` to secure pages only. */
function randomId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** LiteLLM's tags of a user agent: what stands before its first slash, and the whole. */
export function userAgentTags(userAgent: string): string[] {
  const slash = userAgent.indexOf("/");
  const whole = `User-Agent: ${userAgent}`;
  return slash < 0 ? [whole] : [`User-Agent: ${userAgent.slice(0, slash)}`, whole];
}

/** Whether the text is a SHA-256 in hex, and so no key. */
export function isHash(text: string): boolean {
  return /^[0-9a-fA-F]{64}$/.test(text);
}

/** The tags that are text. */
export function tagsOf(context: Members): string[] {
  return Array.isArray(context.tags)
    ? context.tags.filter((tag): tag is string => typeof tag === "string")
    : [];
}
