import type { Recording } from "@waybill/core";

import { isModelList } from "../hash/model-list.js";
import { readRecording } from "../read-recording.js";
import { writeRecording } from "../write-recording.js";
import { isObject } from "./copy-with.js";
import { toBase64, wantsBase64 } from "./embeddings.js";
import { typeOf, unwrap } from "./envelope.js";
import { failureOf, type RecordedFailure } from "./recorded-failure.js";
import { wireJson } from "./wire-json.js";

/** What a recording answers, as a server would send it. */
export type Answer =
  | { kind: "whole"; status: number; contentType: string; text: string }
  | {
      kind: "stream";
      status: number;
      contentType: string;
      /** One event each. */
      events: Iterable<string>;
      /** What comes behind the events: `[DONE]`, an error, nothing. */
      end: string;
      /** That the connection broke behind the events, and how. */
      breaks: string | undefined;
      /** When each event came, in milliseconds since the request, if that was recorded. */
      times: readonly number[] | undefined;
    }
  /** No answer came. */
  | { kind: "none"; message: string };

const JSON_TYPE = "application/json";
const SSE_TYPE = "text/event-stream; charset=utf-8";
const LINES_TYPE = "application/x-ndjson";

/** Types of Ollama, which sends its streams as lines of JSON. */
const lineTypes = new Set(["GenerateResponse", "ChatResponse", "ProgressResponse"]);

/**
 * What a recording answers to a request body. A stream is answered as a stream and a completion as one, whatever the
 * request asks for: the flag is part of the request, so that only an edited recording differs.
 */
export function answerOf(stored: Recording, requestBody: unknown): Answer {
  const recording = withIds(stored);
  const failure = failureOf(recording);
  const { body, is_streaming: isStream, status } = recording.response;
  const items = Array.isArray(body) ? body : body === null ? [] : [body];
  if (failure && items.length === 0) return failed(failure);
  if (isStream === true) return stream(items, status ?? 200, failure, timesOf(recording));
  if (failure) return failed(failure);
  const text = typeof body === "string" ? body : wireJson(wholeOf(recording, items, requestBody));
  return {
    kind: "whole",
    status: status ?? 200,
    contentType: typeof body === "string" ? "text/plain; charset=utf-8" : JSON_TYPE,
    text,
  };
}

/** Original ids stand in the text of the file where normalised ones are meant. */
function withIds(recording: Recording): Recording {
  const { id_normalization_mapping: mapping } = recording;
  const pairs = Object.entries(mapping ?? {}).filter(([, original]) => typeof original === "string");
  if (pairs.length === 0) return recording;
  const { id_normalization_mapping: _, ...rest } = recording;
  return readRecording(
    pairs.reduce(
      (text, [normal, original]) => text.replaceAll(original as string, normal),
      writeRecording(rest),
    ),
  );
}

function failed({ isBroken, status, message, error }: RecordedFailure): Answer {
  if (isBroken) return { kind: "none", message };
  return { kind: "whole", status, contentType: JSON_TYPE, text: wireJson({ error }) };
}

function wholeOf(recording: Recording, items: readonly unknown[], requestBody: unknown): unknown {
  const { body } = recording.response;
  const data = items.map(unwrap);
  if (Array.isArray(body)) {
    const isList = isModelList(recording) || items.some((item) => typeOf(item) === "Model");
    return isList ? { object: "list", data } : data;
  }
  const [answer = null] = data;
  return wantsBase64(requestBody) ? toBase64(answer) : answer;
}

function stream(
  items: readonly unknown[],
  status: number,
  failure: RecordedFailure | undefined,
  times: readonly number[] | undefined,
): Answer {
  const breaks = failure?.isBroken ? failure.message : undefined;
  const error = failure && !failure.isBroken ? failure.error : undefined;
  const shared = { kind: "stream", status, breaks, times } as const;
  if (items.length > 0 && items.every((item) => typeof item === "string")) {
    const first = items.find((line) => line !== "");
    const events = first?.startsWith("{") ? items.map((line) => `${line}\n`) : [...eventsOf(items)];
    const contentType = first?.startsWith("{") ? LINES_TYPE : SSE_TYPE;
    return { ...shared, contentType, events, end: error ? sse({ error }) : "" };
  }
  if (items.some((item) => lineTypes.has(typeOf(item) ?? ""))) {
    const end = error ? `${wireJson({ error: error["message"] })}\n` : "";
    return {
      ...shared,
      contentType: LINES_TYPE,
      events: mapped(items, (item) => `${wireJson(unwrap(item))}\n`),
      end,
    };
  }
  // Only OpenAI's own streams end in a word.
  const isOpenAI = items.length === 0 || items.some((item) => typeOf(item) !== undefined);
  const end = error ? sse({ error }) : isOpenAI && !breaks ? "data: [DONE]\n\n" : "";
  return { ...shared, contentType: SSE_TYPE, events: mapped(items, (item) => sse(unwrap(item))), end };
}

function sse(data: unknown): string {
  return `data: ${wireJson(data)}\n\n`;
}

/** Each event is only written when it is asked for. */
function* mapped(
  items: readonly unknown[],
  write: (item: unknown) => string,
): Generator<string, void, undefined> {
  for (const item of items) yield write(item);
}

/** The lines of an event stream, event by event: each ends in an empty line. */
function* eventsOf(lines: readonly string[]): Generator<string, void, undefined> {
  let event = "";
  for (const line of lines) {
    event += `${line}\n`;
    if (line !== "") continue;
    yield event;
    event = "";
  }
  if (event !== "") yield event;
}

/** The times that our own recorder keeps when it is asked to. */
function timesOf({ response }: Recording): readonly number[] | undefined {
  const { waybill } = response as { waybill?: unknown };
  const times = isObject(waybill) ? waybill["times"] : undefined;
  return Array.isArray(times) && times.every((time) => typeof time === "number") ? times : undefined;
}
