import type { LoopbackAnswer, LoopbackRequest } from "../loopback/server.js";
import { isMembers } from "../members.js";
import { refusal } from "./errors.js";

/** What a call needs besides its model, by its path. */
const needed: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "messages",
  "/v1/completions": "prompt",
  "/v1/embeddings": "input",
  "/v1/responses": "input",
  "/v1/messages": "messages",
};

/** What decides whether a request is taken. */
export type Gatekeeping = {
  /** The only key that is right; any, and none, by default. */
  apiKey: string | undefined;
  /** The only models that there are. */
  models: readonly string[] | undefined;
};

/** Why a request is refused, in the words of the service; undefined for one that is answered. */
export function refuse(
  request: LoopbackRequest & { body: unknown },
  { apiKey, models }: Gatekeeping,
): LoopbackAnswer | undefined {
  const { method, path, body } = request;
  const refused = keyRefusal(request, apiKey);
  if (refused) return refused;
  if (method === "GET" && (path === "/v1/models" || path.startsWith("/v1/models/"))) return undefined;
  const member = Object.hasOwn(needed, path) ? needed[path] : undefined;
  if (member === undefined) return refusal(404, path, { message: `Invalid URL (${method} ${path})` });
  if (method !== "POST") {
    const hint = "(HINT: Perhaps you meant to use a different HTTP method?)";
    return refusal(405, path, { message: `Not allowed to ${method} on ${path}. ${hint}` });
  }
  if (!isMembers(body)) {
    const message = "We could not parse the JSON body of your request. The API expects a JSON payload.";
    return refusal(400, path, { message });
  }
  const { model } = body;
  if (typeof model !== "string" || model === "")
    return refusal(400, path, { message: "you must provide a model parameter" });
  if (models && !models.includes(model)) {
    const message = `The model \`${model}\` does not exist or you do not have access to it.`;
    return refusal(404, path, { message, code: "model_not_found" });
  }
  if (body[member] !== undefined) return undefined;
  const code = "missing_required_parameter";
  return refusal(400, path, { message: `Missing required parameter: '${member}'.`, code, param: member });
}

function keyRefusal(
  { headers, path }: LoopbackRequest,
  apiKey: string | undefined,
): LoopbackAnswer | undefined {
  if (apiKey === undefined) return undefined;
  const bearer = /^Bearer (.*)$/i.exec(headers.authorization?.toString() ?? "")?.[1];
  const given = bearer ?? headers["x-api-key"]?.toString();
  if (given === apiKey) return undefined;
  if (path === "/v1/messages") return refusal(401, path, { message: "invalid x-api-key" });
  const message =
    given === undefined
      ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
      : `Incorrect API key provided: ${masked(given)}.`;
  return refusal(401, path, given === undefined ? { message, code: null } : { message });
}

function masked(key: string): string {
  return key.length < 12 ? "*".repeat(key.length) : `${key.slice(0, 4)}****${key.slice(-4)}`;
}
