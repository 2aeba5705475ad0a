import { changedInit } from "./changed-init.js";
import { placeOf } from "./member-place.js";
import { isMembers } from "./members.js";
import { isBlob, jsonOf, type SentRequest } from "./sent-request.js";

/**
 * A request that asks for usage, when it is one for a stream and does not say itself whether it wants usage. Its text is
 * changed in one place, so that numbers stay as they were written. Undefined when there is nothing to change.
 */
export function askForUsage(request: SentRequest): SentRequest | undefined {
  const { body, init } = request;
  const { text } = body;
  const value = body.value();
  if (text === undefined || !isMembers(value) || value.stream !== true) return undefined;
  const changed = textThatAsks(text, value.stream_options);
  if (changed === undefined) return undefined;
  const headers = new Headers(request.headers);
  // It was the length of the text before.
  headers.delete("content-length");
  const given: unknown = init?.body;
  // A type that `fetch` would have taken from the body.
  if (isBlob(given) && given.type !== "" && !headers.has("content-type"))
    headers.set("content-type", given.type);
  const sent = typeof given === "string" ? changed : encoder.encode(changed);
  return { ...request, headers, init: changedInit(init, { headers, body: sent }) };
}

const WANTED = `"include_usage":true`;

/** Undefined where the caller says what is wanted, and where the options are no object: the server will refuse them. */
function textThatAsks(text: string, given: unknown): string | undefined {
  if (given === undefined) {
    const at = text.indexOf("{") + 1;
    return `${text.slice(0, at)}"stream_options":{${WANTED}},${text.slice(at)}`;
  }
  const place = placeOf(text, "stream_options");
  if (!place) return undefined;
  const { start, end } = place;
  if (given === null) return `${text.slice(0, start)}{${WANTED}}${text.slice(end)}`;
  if (!isMembers(given) || given.include_usage !== undefined) return undefined;
  const at = text.indexOf("{", start) + 1;
  const comma = Object.keys(given).length > 0 ? "," : "";
  return `${text.slice(0, at)}${WANTED}${comma}${text.slice(at)}`;
}

/** The most that is held back for the end of an event; a longer one goes out as it comes. */
const MOST_HELD = 256 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** Changes what a caller reads of a body, piece by piece. A piece may come out empty: it waits for the next. */
export type BodyEdit = { pass: (piece: Uint8Array) => Uint8Array; end: () => Uint8Array };

/**
 * Takes the chunk that was not asked for, usage without choices, out of an event stream. Whole events pass on with the
 * bytes that they came in; the beginning of an event waits for its end.
 */
export class HiddenUsage implements BodyEdit {
  /** The beginning of an event, in the pieces that it came in. */
  #held: Uint8Array[] = [];
  #size = 0;
  /** The last bytes that were looked at: a blank line may be cut. */
  #before = nothing;

  pass(piece: Uint8Array): Uint8Array {
    const end = endOfEvents(piece, this.#before);
    this.#before = joined([this.#before, piece.subarray(-2)]).slice(-2);
    const events = end === 0 ? nothing : this.#take(piece.subarray(0, end));
    if (end < piece.length) this.#hold(piece.slice(end));
    if (this.#size <= MOST_HELD) return withoutUsage(events);
    return joined([withoutUsage(events), this.#take(nothing)]);
  }

  end(): Uint8Array {
    return withoutUsage(this.#take(nothing));
  }

  #hold(piece: Uint8Array): void {
    this.#held.push(piece);
    this.#size += piece.length;
  }

  /** What is held, and this behind it. */
  #take(last: Uint8Array): Uint8Array {
    const whole = joined([...this.#held, last]);
    this.#held = [];
    this.#size = 0;
    return whole;
  }
}

/** A body as its caller is to read it. */
export function edited(body: ReadableStream<Uint8Array>, edit: BodyEdit): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Until there is something to hand on: a pull that brings nothing is not called again.
        for (;;) {
          const { done, value } = await reader.read();
          const passed = done ? edit.end() : edit.pass(value);
          if (passed.length > 0) controller.enqueue(passed);
          if (done) controller.close();
          if (done || passed.length > 0) return;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

const nothing: Uint8Array = new Uint8Array(0);

/** Behind the last blank line; 0 when there is none. Lines end with CR, LF or both. `before` is what came before the bytes. */
function endOfEvents(bytes: Uint8Array, before: Uint8Array): number {
  const byteAt = (at: number): number | undefined => bytes[at] ?? before[before.length + at];
  for (let at = bytes.length - 1; at >= 0; at--) {
    const byte = bytes[at];
    if (byte !== LF && byte !== CR) continue;
    const isBlank =
      byteAt(at - 1) === byte || (byte === LF && byteAt(at - 1) === CR && byteAt(at - 2) === LF);
    if (isBlank) return at + 1;
  }
  return 0;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Whole events without the one that has usage and no choices. Bytes without that are handed back as they are. */
function withoutUsage(bytes: Uint8Array): Uint8Array {
  const text = decoder.decode(bytes);
  if (!/"choices"\s*:\s*\[\s*\]/.test(text)) return bytes;
  const events = text.split(/(?<=\n\r?\n|\r\r)/);
  const kept = events.filter((event) => !isUsageAlone(event));
  return kept.length === events.length ? bytes : encoder.encode(kept.join(""));
}

function isUsageAlone(event: string): boolean {
  const data = [...event.matchAll(/^data: ?(.*)$/gm)].map((line) => line[1]);
  const chunk = data.length === 0 ? undefined : jsonOf(data.join("\n"));
  return (
    isMembers(chunk) && Array.isArray(chunk.choices) && chunk.choices.length === 0 && isMembers(chunk.usage)
  );
}

/** Pieces in one; a piece alone is not copied. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const filled = pieces.filter(({ length }) => length > 0);
  if (filled.length <= 1) return filled[0] ?? nothing;
  const whole = new Uint8Array(filled.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of filled) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
