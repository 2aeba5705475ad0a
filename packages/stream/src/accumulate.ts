import type { StreamResult } from "@waybill/core";

import type { AccumulatorOptions } from "./accumulator-options.js";
import { Accumulator } from "./accumulator.js";
import { isObject } from "./members.js";
import { readPieces, type PieceReader } from "./pieces.js";

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
  const accumulator = new Accumulator(options);
  try {
    if (source instanceof Response) {
      accumulator.headers();
      if (!source.ok) return await readError(source, accumulator);
    }
    const pieces = reader(source);
    const turn = new Turn();
    for (;;) {
      const next = pieces.read();
      const { done, value } = accumulator.isDone && pieces.isLive ? await turn.race(next) : await next;
      if (done) break;
      if (value instanceof Uint8Array || typeof value === "string") accumulator.write(value);
      else accumulator.push(value);
      if (accumulator.isOver) break;
    }
    if (accumulator.isOver || (accumulator.isDone && pieces.isLive)) void pieces.cancel();
  } catch (error) {
    return accumulator.finish("upstream", error);
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

/** The most that is read of an HTTP error: it may be as long as its sender likes. */
const MAX_ERROR = 1024 * 1024;

async function readError(response: Response, accumulator: Accumulator): Promise<StreamResult> {
  // A body that fails, or that somebody else reads, does not make the error less of one.
  const text = await readText(response).catch(() => "");
  const value = parse(text);
  const stated = isObject(value) ? (value.error ?? value.detail ?? value) : value;
  const message = typeof stated === "string" ? stated : text.slice(0, 500) || response.statusText;
  const inner = isObject(stated) ? stated : {};
  accumulator.push({ error: { message, code: response.status, ...inner } });
  return accumulator.finish();
}

async function readText({ body }: Response): Promise<string> {
  if (!body) return "";
  const decoder = new TextDecoder();
  const pieces = readPieces(body);
  let text = "";
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    if (text.length <= MAX_ERROR) continue;
    void pieces.cancel();
    break;
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
