import type { StreamResult } from "@waybill/core";

import { Accumulator, type AccumulatorOptions } from "./accumulator.js";

/** A chat stream in any of the forms in which a program holds one: bytes, text, or parsed chunks. */
export type Source =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string | object>
  | Iterable<object>
  | Response
  | string;

/**
 * Reads a stream to its end and returns the whole: the completion, the usage, how it ended and what was odd. Never
 * rejects for what the stream is or does: a body that breaks off is a result with the status `incomplete`.
 */
export async function accumulate(source: Source, options: AccumulatorOptions = {}): Promise<StreamResult> {
  const accumulator = new Accumulator(options);
  const encoder = new TextEncoder();
  try {
    for await (const piece of piecesOf(source)) {
      if (piece instanceof Uint8Array) accumulator.write(piece);
      else if (typeof piece === "string") accumulator.write(encoder.encode(piece));
      else accumulator.push(piece);
    }
  } catch {
    return accumulator.finish("upstream");
  }
  return accumulator.finish();
}

function piecesOf(source: Source): AsyncIterable<Uint8Array | string | object> | Iterable<object | string> {
  if (typeof source === "string") return [source];
  if (source instanceof Response) return source.body ?? [];
  return source;
}
