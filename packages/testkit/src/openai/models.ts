import type { LoopbackAnswer } from "../loopback/server.js";
import { refusal } from "./errors.js";

const known = ["gpt-4o", "gpt-4o-mini", "o4-mini", "text-embedding-3-small", "claude-sonnet-4-5"];

/** `GET /v1/models`, and one of them by its name. */
export function modelsAnswer(
  path: string,
  models: readonly string[] = known,
  headers: Record<string, string> = {},
): LoopbackAnswer {
  const list = models.map((id) => ({ id, object: "model", created: 1_715_367_049, owned_by: "system" }));
  const name = path.slice("/v1/models/".length);
  const body = name === "" ? { object: "list", data: list } : list.find(({ id }) => id === name);
  if (body) {
    return {
      status: 200,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    };
  }
  const message = `The model '${name}' does not exist`;
  return refusal(404, path, { message, code: "model_not_found", param: "model" }, headers);
}
