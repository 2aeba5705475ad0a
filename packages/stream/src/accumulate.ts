import type { StreamResult } from "@waybill/core";

import { Accumulator, type AccumulatorOptions } from "./accumulator.js";

/** A chat stream in any of the forms in which a program holds one: bytes, text, or parsed chunks. */
export type Source =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string | object>
  | Iterable<object>
  | Response
  | Uint8Array
  | string;

/**
 * Reads a stream to its end and returns the whole: the completion, the usage, how it ended and what was odd. Never
 * rejects for what the stream is or does: a body that breaks off is a result with the status `incomplete` and the reason
 * in `error`, and a `Response` that is an HTTP error or plain JSON is read as what it is.
 */
export async function accumulate(source: Source, options: AccumulatorOptions = {}): Promise<StreamResult> {
  const accumulator = new Accumulator(options);
  try {
    if (source instanceof Response) {
      accumulator.headers();
      if (!isEventStream(source)) return await readWhole(source, accumulator);
    }
    for await (const piece of piecesOf(source)) {
      if (piece instanceof Uint8Array || typeof piece === "string") accumulator.write(piece);
      else accumulator.push(piece);
    }
  } catch (error) {
    return accumulator.finish("upstream", error);
  }
  return accumulator.finish();
}

function piecesOf(source: Source): AsyncIterable<Uint8Array | string | object> | Iterable<object | string> {
  if (typeof source === "string" || source instanceof Uint8Array) return [source];
  if (source instanceof Response) return source.body ?? [];
  return source;
}

/** Errors and caches answer a streaming request with a plain body. Without a type, or with another, it is tried as events. */
function isEventStream({ ok, headers }: Response): boolean {
  return ok && !/\bjson\b/i.test(headers.get("content-type") ?? "");
}

/** The most that is read of a body that is no stream: an error may be as long as its sender likes. */
const MAX_WHOLE = 16 * 1024 * 1024;

async function readWhole(response: Response, accumulator: Accumulator): Promise<StreamResult> {
  const text = await readText(response);
  const value = parse(text);
  if (response.ok) {
    // A stream of events may carry the label of JSON, too.
    if (value === undefined) accumulator.write(text);
    else accumulator.push(value);
    return accumulator.finish();
  }
  const stated = typeof value === "object" && value !== null && "error" in value ? value.error : value;
  const inner = typeof stated === "object" && stated !== null ? stated : {};
  const message = typeof stated === "string" ? stated : text.slice(0, 500) || response.statusText;
  accumulator.push({ error: { message, code: response.status, ...inner } });
  return accumulator.finish();
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > MAX_WHOLE) break;
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
