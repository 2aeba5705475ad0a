import { InvalidDocumentError, type Recording } from "@waybill/core";

import { readJson } from "../json/read-json.js";
import { isObject } from "../replay/copy-with.js";
import { fromBase64 } from "../replay/embeddings.js";
import type { OnFinding } from "../replay/finding.js";
import { tell } from "../replay/finding.js";
import { eventData } from "./event-data.js";
import { connectionException, eventException, statusException } from "./exception.js";
import type { Seen } from "./observed-response.js";
import type { RecordingPlan } from "./recording-plan.js";
import { respelled } from "./respell.js";

/** The response of a recording. */
export type RecordedResponse = Recording["response"];

/** What of an answer a recording keeps; a text says why it cannot keep it. */
export function recordedResponse(
  plan: RecordingPlan,
  seen: Seen,
  keepTiming: boolean,
  onFinding: OnFinding | undefined,
): RecordedResponse | string {
  if (!plan.types) return rawResponse(seen);
  if (seen.status >= 400) {
    const body = jsonOf(seen.text);
    const exception = statusException(
      seen.status,
      body === undefined ? undefined : respelled(body),
      seen.text,
    );
    return { body: null, is_streaming: false, ...exception };
  }
  if (isEventStream(seen)) return streamResponse(plan, seen, keepTiming, onFinding);
  if (seen.broke !== undefined)
    return { body: null, is_streaming: false, ...connectionException(seen.broke) };
  const answer = jsonOf(seen.text);
  if (!isObject(answer)) return "the answer is no JSON object";
  if (!plan.isModels)
    return { body: envelope(plan, plan.types.whole, fromBase64(answer)), is_streaming: false };
  const { whole } = plan.types;
  const models = Array.isArray(answer["data"]) ? (answer["data"] as unknown[]) : [answer];
  return { body: models.map((model) => envelope(plan, whole, model)), is_streaming: false };
}

/** The response of a call that got no answer at all. */
export function failedResponse(message: string): RecordedResponse {
  return { body: null, is_streaming: false, ...connectionException(message) };
}

function streamResponse(
  plan: RecordingPlan,
  seen: Seen,
  keepTiming: boolean,
  onFinding: OnFinding | undefined,
): RecordedResponse {
  const chunks: unknown[] = [];
  const times: number[] = [];
  let mark = 0;
  let failure = seen.broke === undefined ? undefined : connectionException(seen.broke);
  for (const { data, end } of eventData(seen.text)) {
    if (data === "" || data.startsWith("[DONE]")) continue;
    const chunk = jsonOf(data);
    if (chunk === undefined) {
      const message = `the event ${JSON.stringify(data.slice(0, 80))} of a stream is not JSON, and is left out`;
      tell(onFinding, { code: "event-skipped", message });
      continue;
    }
    if (isObject(chunk) && chunk["error"]) {
      failure = eventException(respelled(chunk["error"]));
      break;
    }
    chunks.push(envelope(plan, plan.types?.stream ?? "", chunk));
    while ((seen.marks[mark]?.length ?? end) < end) mark++;
    times.push(Math.round(seen.marks[mark]?.time ?? 0));
  }
  const timing = keepTiming ? { waybill: { times } } : {};
  return { body: chunks, is_streaming: true, ...failure, ...timing };
}

/** An answer as it came, for what is no call of a model. */
function rawResponse({ status, text, contentType, broke }: Seen): RecordedResponse | string {
  const failure = broke === undefined ? {} : connectionException(broke);
  if (
    isEventStream({ contentType, text }) ||
    contentType.includes("ndjson") ||
    contentType.includes("jsonl")
  ) {
    if (status >= 400) return { status, body: text, is_streaming: false, ...failure };
    return { body: linesOf(text), is_streaming: true, ...failure };
  }
  if (broke !== undefined) return { body: null, is_streaming: false, ...failure };
  if (text === "") return { status, body: null, is_streaming: false };
  const body = jsonOf(text);
  const fits = typeof body === "object" && body !== null;
  return { status, body: fits ? (respelled(body) as object as unknown[]) : text, is_streaming: false };
}

function isEventStream({ contentType, text }: Pick<Seen, "contentType" | "text">): boolean {
  return contentType === "text/event-stream" || (contentType === "" && /^(?:data|event|id):/.test(text));
}

/** The lines without their ends; the last line has one, too. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function envelope({ hash }: RecordingPlan, type: string, data: unknown): Record<string, unknown> {
  return { __type__: type, __data__: normalised(respelled(data), hash) };
}

/** Takes out what differs from run to run, as llama-stack does: at the top only. */
function normalised(data: unknown, hash: string): unknown {
  if (!isObject(data)) return data;
  const isModel = data["object"] === "model";
  if ("id" in data && !isModel) data["id"] = `rec-${hash.slice(0, 12)}`;
  if ("created" in data && !isModel) data["created"] = 0;
  if ("created_at" in data) data["created_at"] = "1970-01-01T00:00:00.000000Z";
  for (const name of durations) if ((data[name] ?? null) !== null) data[name] = 0;
  return data;
}

const durations = ["total_duration", "load_duration", "prompt_eval_duration", "eval_duration"];

/** The value of a JSON text; undefined if it is none. */
function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (InvalidDocumentError.isInstance(error)) return undefined;
    throw error;
  }
}
