import { isMembers, listOf, membersOf, type Members } from "./members.js";

/** LiteLLM's name of what was called, by what the request and the answer look like; "" when they do not tell. */
export function callTypeOf(request: Members, answer: unknown): string {
  const body = membersOf(answer);
  if (body.object === "response" || Array.isArray(body.output)) return "aresponses";
  if (body.object === "text_completion") return "atext_completion";
  const [first] = listOf(body.data);
  if (isMembers(first)) {
    if ("embedding" in first) return "aembedding";
    if ("url" in first || "b64_json" in first) return "aimage_generation";
  }
  return Array.isArray(request.messages) ? "acompletion" : byRequest(request);
}

function byRequest(request: Members): string {
  const { input } = request;
  if (request.documents !== undefined && request.query !== undefined) return "arerank";
  if (input !== undefined && request.voice !== undefined) return "aspeech";
  if (input !== undefined) return byInput(request);
  if (request.image !== undefined && request.prompt !== undefined) return "aimage_edit";
  if (request.prompt !== undefined && (request.size !== undefined || request.quality !== undefined))
    return "aimage_generation";
  if (request.file !== undefined) return "atranscription";
  if (request.prompt !== undefined) return "atext_completion";
  return "";
}

const responsesMembers = [
  "instructions",
  "max_output_tokens",
  "previous_response_id",
  "reasoning",
  "stream",
  "text",
  "tools",
];

/** An `input` is that of an embedding, a moderation or a response, and some requests do not tell which. */
function byInput(request: Members): string {
  const model = typeof request.model === "string" ? request.model.toLowerCase() : "";
  if (request.encoding_format !== undefined || request.dimensions !== undefined || model.includes("embed"))
    return "aembedding";
  if (model.includes("moderation")) return "amoderation";
  if (responsesMembers.some((name) => request[name] !== undefined)) return "aresponses";
  return "";
}
