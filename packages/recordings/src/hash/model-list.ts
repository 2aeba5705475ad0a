import type { Recording } from "@waybill/core";

import { compareCodePoints } from "./code-point-order.js";
import { sha256 } from "./sha256.js";

const endpoints = new Set(["/api/tags", "/v1/models", "/v1/openai/v1/models"]);

/** Whether a recording answers with a list of models. Lists of one request are kept side by side and merged on replay. */
export function isModelList({ request }: Recording): boolean {
  return endpoints.has(request.endpoint ?? "");
}

/** The eight digits in the file name of a model list that tell it from other lists of the same request. */
export async function modelListDigest(recording: Recording): Promise<string> {
  const ids = [...new Set(modelIds(recording))].toSorted(compareCodePoints);
  return (await sha256(ids.join("|"))).slice(0, 8);
}

/** The models by name: Ollama lists them inside of one object, the others one by one. */
function modelIds({ request, response: { body } }: Recording): string[] {
  const items = (Array.isArray(body) ? body : [body]).map(dataOf);
  const names =
    request.endpoint === "/api/tags"
      ? items.flatMap((item) => (Array.isArray(item?.["models"]) ? item["models"] : [])).map(modelOf)
      : items.map((item) => item?.["id"]);
  return names.filter((name) => typeof name === "string");
}

function dataOf(item: unknown): Record<string, unknown> | undefined {
  const object = asObject(item);
  return object && "__data__" in object ? asObject(object["__data__"]) : object;
}

function modelOf(model: unknown): unknown {
  return asObject(model)?.["model"];
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
