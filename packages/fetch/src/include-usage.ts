import { isMembers } from "./members.js";
import { jsonOf, type SentRequest } from "./sent-request.js";

/**
 * A request that asks for usage, when it is one for a stream and does not say itself whether it wants usage. Its text is
 * changed in one place, so that numbers stay as they were written. Undefined when there is nothing to change.
 */
export function askForUsage(request: SentRequest): SentRequest | undefined {
  const { body, init } = request;
  const { text } = body;
  const value = body.value();
  if (text === undefined || !isMembers(value) || value.stream !== true) return undefined;
  const given = value.stream_options;
  if (isMembers(given) && given.include_usage !== undefined) return undefined;
  const at = text.indexOf("{") + 1;
  const changed =
    given === undefined
      ? `${text.slice(0, at)}"stream_options":{"include_usage":true},${text.slice(at)}`
      : JSON.stringify({
          ...value,
          stream_options: { ...(isMembers(given) ? given : {}), include_usage: true },
        });
  const headers = new Headers(request.headers);
  // It was the length of the text before.
  headers.delete("content-length");
  return { ...request, headers, init: { ...init, headers, body: changed } };
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
  #held: Uint8Array = nothing;

  pass(piece: Uint8Array): Uint8Array {
    const bytes = joined(this.#held, piece);
    const end = bytes.length > MOST_HELD ? bytes.length : endOfEvents(bytes);
    this.#held = end === bytes.length ? nothing : bytes.slice(end);
    return withoutUsage(end === bytes.length ? bytes : bytes.subarray(0, end));
  }

  end(): Uint8Array {
    return withoutUsage(this.#held);
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

const nothing = new Uint8Array(0);

/** Behind the last blank line. */
function endOfEvents(bytes: Uint8Array): number {
  for (let at = bytes.length - 1; at > 0; at--) {
    if (bytes[at] !== LF) continue;
    const before = bytes[at - 1] === CR ? at - 2 : at - 1;
    if (bytes[before] === LF) return at + 1;
  }
  return 0;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Whole events without the one that has usage and no choices. Bytes without that are handed back as they are. */
function withoutUsage(bytes: Uint8Array): Uint8Array {
  const text = decoder.decode(bytes);
  if (!/"choices"\s*:\s*\[\s*\]/.test(text)) return bytes;
  const events = text.split(/(?<=\r?\n\r?\n)/);
  const kept = events.filter((event) => !isUsageAlone(event));
  return kept.length === events.length ? bytes : encoder.encode(kept.join(""));
}

function isUsageAlone(event: string): boolean {
  const data = /^data: ?(.*?)\r?$/m.exec(event)?.[1];
  const chunk = data === undefined ? undefined : jsonOf(data);
  return (
    isMembers(chunk) && Array.isArray(chunk.choices) && chunk.choices.length === 0 && isMembers(chunk.usage)
  );
}

function joined(held: Uint8Array, value: Uint8Array): Uint8Array {
  if (held.length === 0) return value;
  const whole = new Uint8Array(held.length + value.length);
  whole.set(held);
  whole.set(value, held.length);
  return whole;
}
