import { JsonLines, type ValueSink } from "./json-lines.js";
import type { LineSink } from "./line-reader.js";
import { SseDecoder, type EventSink } from "./sse-decoder.js";
import type { Workbench } from "./workbench.js";

const SPACE = 0x20;
const TAB = 0x09;
const BRACE = 0x7b;
const BRACKET = 0x5b;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads the lines of a body as what it is, whatever its label says: one that begins with `{` or `[` is JSON, a value on
 * each line or one in all (quirks T9 and T14), and any other is an event stream.
 */
export class Body implements LineSink {
  readonly #events: SseDecoder;
  #values: JsonLines | undefined;
  readonly #sink: EventSink & ValueSink;
  #isJson: boolean | undefined;

  constructor(sink: EventSink & ValueSink) {
    this.#sink = sink;
    this.#events = new SseDecoder(sink);
  }

  line(bytes: Uint8Array, start: number, end: number, next: number, isWhole: boolean): void {
    this.#isJson ??= beginsJson(bytes, start, end);
    if (this.#isJson)
      (this.#values ??= new JsonLines(this.#sink)).line(decoder.decode(bytes.subarray(start, end)));
    else this.#events.line(bytes, start, end, next, isWhole);
  }

  lineTooLong(): void {
    this.#sink.tooLarge();
  }

  take(bench: Workbench, start: number, end: number): number {
    return this.#isJson === false ? this.#events.take(bench, start, end) : start;
  }

  end(): void {
    if (this.#values) this.#values.end();
    else this.#events.end();
  }
}

/** Whether a line begins JSON; undefined for a blank one. */
function beginsJson(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB) return byte === BRACE || byte === BRACKET;
  }
  return undefined;
}
