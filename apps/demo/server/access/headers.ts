/** Headers of one connection, which say nothing to the next. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Headers of a request that go on to the API: none that is not on this list, and none with ours in it. */
const sentOn: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "anthropic-beta",
  "anthropic-version",
  "content-type",
  "idempotency-key",
  "openai-beta",
  "openai-organization",
  "openai-project",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-client-request-id",
]);

/** What a client of OpenAI's says of itself. */
const stainless = "x-stainless-";

type Incoming = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The headers that a request is sent on with. Cookies, addresses and headers of Waybill and LiteLLM are not among them, and
 * the caller's key only where there is no key of the gateway's own and it is no key of the gateway.
 */
export function headersUpstream(
  incoming: Incoming,
  key: { upstream?: string | undefined; callers: boolean },
): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming)) {
    if (typeof value !== "string" || !(sentOn.has(name) || name.startsWith(stainless))) continue;
    headers.set(name, value);
  }
  const { authorization, "x-api-key": apiKey } = incoming;
  if (key.upstream !== undefined) {
    headers.set("authorization", `Bearer ${key.upstream}`);
    // Anthropic's API looks there.
    if (apiKey !== undefined) headers.set("x-api-key", key.upstream);
  } else if (key.callers) {
    if (typeof authorization === "string") headers.set("authorization", authorization);
    if (typeof apiKey === "string") headers.set("x-api-key", apiKey);
  }
  return headers;
}

/** Headers of an answer that are about its bytes as they came, which `fetch` has unpacked. */
const ofTheBytes = ["content-encoding", "content-length"];

const notHandedOn: ReadonlySet<string> = new Set([
  ...hopByHop,
  ...ofTheBytes,
  "set-cookie",
  "alt-svc",
  "strict-transport-security",
]);

/**
 * Which pages may read an answer is ours to say: an API that allows all of them does not know whom it answers. Nor are the
 * headers of another gateway behind this one about the record here.
 */
const oursToSay = /^(?:access-control-|cross-origin-|content-security-policy|x-waybill-)/;

/** The headers of an answer that its caller gets. */
export function headersBack(answer: Headers): Record<string, string> {
  const headers: Record<string, string> = {};
  // A connection may name further headers that are its own.
  const ofTheConnection = (answer.get("connection") ?? "").toLowerCase().split(/[\s,]+/);
  for (const [name, value] of answer)
    if (!notHandedOn.has(name) && !oursToSay.test(name) && !ofTheConnection.includes(name))
      headers[name] = value;
  return headers;
}
