/** The APIs whose answers are read: OpenAI's four and Anthropic's. */
export type Api = "chat" | "completions" | "embeddings" | "responses" | "messages";

/** What a request is, as far as its path and its body tell. */
export type Kind =
  | { api: Api }
  /** Asks a model for something that nothing here reads, so that nobody may believe it was counted. */
  | { api: "unrecognised" }
  /** No call of a model. */
  | undefined;

const byEnding: readonly (readonly [ending: string, api: Api])[] = [
  ["/chat/completions", "chat"],
  ["/completions", "completions"],
  ["/embeddings", "embeddings"],
  ["/responses", "responses"],
  ["/messages", "messages"],
];

/** Paths that are calls of models whatever the body is: that of audio and images is no JSON. */
const otherCalls =
  /\/(?:images\/(?:generations|edits|variations)|audio\/(?:speech|transcriptions|translations)|videos|moderations|rerank|batches|realtime\/sessions|messages\/batches)$|:(?:stream)?(?:generateContent|predict|rawPredict)$|\/(?:converse|converse-stream|invoke|invoke-with-response-stream)$|\/api\/(?:chat|generate|embed|embeddings)$/;

/** Which API a path belongs to. Only POST asks a model for anything. */
export function kindOf(method: string, path: string, body: () => unknown): Kind {
  if (method !== "POST") return undefined;
  const api = apiOf(path);
  if (api) return hasItsShape(api, body()) ? { api } : undefined;
  const isOther = otherCalls.test(withoutSlash(path)) || isModelCall(body());
  return isOther ? { api: "unrecognised" } : undefined;
}

/** Which of the APIs a path ends in. */
export function apiOf(path: string): Api | undefined {
  const trimmed = withoutSlash(path);
  if (otherCalls.test(trimmed)) return undefined;
  return byEnding.find(([ending]) => trimmed.endsWith(ending))?.[1];
}

function withoutSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/**
 * A path alone may be another service's: `/messages` is one of many chat programs. Chat programs have no models. A body
 * that is not known yet is given the benefit of the doubt.
 */
function hasItsShape(api: Api, body: unknown): boolean {
  if (api !== "messages" && api !== "responses") return true;
  if (body === undefined) return true;
  return hasMember(body, "model") || hasMember(body, "prompt") || hasMember(body, "previous_response_id");
}

function isModelCall(body: unknown): boolean {
  const isText = typeof body === "object" && body !== null && "model" in body;
  if (!isText || typeof body.model !== "string") return false;
  return ["messages", "prompt", "input", "contents", "query"].some((name) => hasMember(body, name));
}

function hasMember(body: unknown, name: string): boolean {
  return typeof body === "object" && body !== null && Object.hasOwn(body, name);
}
