import type { StreamResult } from "@waybill/core";

import type { AccumulatorOptions } from "./accumulator-options.js";
import { Accumulator } from "./accumulator.js";
import { isAbort, readPieces, type PieceReader } from "./pieces.js";

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
 * in `error`, and a `Response` that is an HTTP error is read as one. A connection that stays open behind `[DONE]` is
 * closed.
 */
export async function accumulate(source: Source, options: AccumulatorOptions = {}): Promise<StreamResult> {
  const response = source instanceof Response ? source : undefined;
  const accumulator = new Accumulator({ status: response?.status, ...options });
  try {
    if (response) accumulator.headers();
    const pieces = reader(source);
    const turn = new Turn();
    for (;;) {
      const next = pieces.read();
      const { done, value } = accumulator.isDone && pieces.isLive ? await turn.race(next) : await next;
      if (done) break;
      if (typeof value === "string" || ArrayBuffer.isView(value))
        accumulator.write(value as Uint8Array | string);
      else accumulator.push(value);
      if (accumulator.isOver) break;
    }
    if (accumulator.isOver || (accumulator.isDone && pieces.isLive)) void pieces.cancel();
  } catch (error) {
    return accumulator.finish(isAbort(error) ? "abort" : "upstream", error);
  }
  return accumulator.finish();
}

function reader(source: Source): PieceReader<Uint8Array | string | object> {
  if (typeof source === "string" || source instanceof Uint8Array) return readPieces([source]);
  return readPieces(source instanceof Response ? (source.body ?? []) : source);
}

/** So many pieces are read behind `[DONE]`: an iterator that always has one at hand must not keep us. */
const MAX_BEHIND = 1000;

/**
 * What is at hand behind `[DONE]`, within one turn of the event loop. Nothing is waited for: some gateways keep the
 * connection open (quirk T7), and what others send there (T12) comes with it.
 */
class Turn {
  #end: Promise<IteratorResult<never, unknown>> | undefined;
  #pieces = 0;

  race<Piece>(next: Promise<IteratorResult<Piece, unknown>>): Promise<IteratorResult<Piece, unknown>> {
    const end = { done: true as const, value: undefined };
    this.#end ??= new Promise((resolve) => {
      setTimeout(() => resolve(end));
    });
    // A body that fails behind its end has ended.
    const piece = next.catch(() => end);
    return this.#pieces++ < MAX_BEHIND ? Promise.race([piece, this.#end]) : this.#end;
  }
}
