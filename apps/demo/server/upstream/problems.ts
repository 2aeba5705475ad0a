import { nearest } from "./nearness.js";
import { membersOf, wordsAsked } from "./request-essence.js";

/** A recording as far as a miss tells of it: what was asked. */
export type RecordedPrompt = { endpoint: string; model: string; body: unknown };

const realUpstream =
  "to ask a real model, start the demo with OPENAI_API_KEY=... npm run demo -- --upstream https://api.openai.com/v1";

/** An error in OpenAI's shape. */
export function problem(
  status: number,
  error: { message: string; type?: string; param?: string | null; code: string | null },
  headers: Record<string, string> = {},
): Response {
  const { message, type = "invalid_request_error", param = null, code } = error;
  return Response.json({ error: { message, type, param, code } }, { status, headers });
}

/** Asking again does not help: SDKs that know this header do not. */
const noRetry = { "x-should-retry": "false" };

/** No recording has this endpoint. */
export function unknownEndpoint(method: string, path: string): Response {
  const message = `Waybill: the bundled recordings have no ${method} ${path}; they have chat completions, embeddings and responses; ${realUpstream}.`;
  return problem(404, { message, code: "recording_not_found" }, noRetry);
}

/** No recording is of this model. */
export function unknownModel(model: unknown, models: readonly string[]): Response {
  if (typeof model !== "string" || model === "") {
    const message = 'Waybill: the request names no model; add the member "model".';
    return problem(400, { message, param: "model", code: null }, noRetry);
  }
  const near = nearest(model, models, (name) => name, 3);
  const hint = near.length > 0 ? `did you mean ${near.join(", ")}?` : `there are ${models.join(", ")}.`;
  const message = `Waybill: the bundled recordings have no model ${quoted(model)}; ${hint} GET /v1/models lists them all; ${realUpstream}.`;
  return problem(404, { message, param: "model", code: "model_not_found" }, noRetry);
}

/** The model is known, and was not asked this. */
export function unknownPrompt(
  endpoint: string,
  model: string,
  body: unknown,
  recorded: readonly RecordedPrompt[],
): Response {
  const ofModel = recorded.filter((prompt) => prompt.model === model && prompt.endpoint === endpoint);
  const near = nearest(wordsAsked(body), ofModel, (prompt) => wordsAsked(prompt.body), 3);
  const shown = near.length > 0 ? near : ofModel.slice(0, 3);
  const prompts = shown.map((prompt) => described(prompt.body)).join(", ");
  const known = shown.length > 0 ? `recorded are ${prompts}` : "nothing of it is recorded at this endpoint";
  const message = `Waybill: nobody recorded an answer of ${model} to this request; ${known}; ${realUpstream}.`;
  return problem(404, { message, code: "recording_not_found" }, noRetry);
}

/** A prompt, and what else a request must say to get its answer. */
function described(body: unknown): string {
  const { stream, n, tools, messages } = membersOf(body);
  const more = [
    ...(stream === true ? ["streamed"] : ["not streamed"]),
    ...(Array.isArray(messages) && messages.length > 1 ? [`${messages.length} messages`] : []),
    ...(tools === undefined ? [] : ["with tools"]),
    ...(typeof n === "number" ? [`n ${n}`] : []),
  ];
  return `${quoted(wordsAsked(body))} (${more.join(", ")})`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
