import type { LineSink } from "./line-reader.js";
import type { Workbench } from "./workbench.js";

/** One event of an event stream, by the rules of the WHATWG HTML standard, section 9.2. */
export type SseEvent = {
  /** The `event:` field; "message" when the event has none. */
  event: string;
  /** The `data:` lines, joined by line feeds. */
  data: string;
  /** The last `id:` seen, "" when there was none. */
  id: string;
};

/** Where an event stands on the workbench: from its `data:` to behind its blank line, with the bounds of the data. */
export type RawEvent = { bytes: Uint8Array; start: number; dataStart: number; dataEnd: number; end: number };

/** What takes the events of a body. */
export type EventSink = {
  /**
   * Takes an event. `raw` is given, and only lent, when all of its bytes are at hand: one `data:` line and a blank one.
   * `hasId` says that the event has an `id:` of its own.
   */
  event(event: SseEvent, raw: RawEvent | undefined, hasId: boolean): void;
  /** Hears that a line or an event was larger than the limit and was left out. */
  tooLarge(): void;
  /** Hears of a line that no field of the standard begins. */
  unknownLine?(text: string): void;
  /** May take whole events from the bytes; see `LineSink.take`. Called between events only. */
  take?(bench: Workbench, start: number, end: number): number;
};

/** The most data of one event, in UTF-16 units. What goes beyond is dropped and counted. */
const MAX_EVENT = 16 * 1024 * 1024;

const COLON = 0x3a;
const SPACE = 0x20;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Turns the lines of a body into events. Comments, `retry:` and unknown fields are passed over. An event that the end of
 * the bytes cuts off is dropped by the standard; `end()` hands it out, because providers do leave out the last blank line.
 */
export class SseDecoder implements LineSink {
  readonly #sink: EventSink;
  /** The first data line of the event, and the others: there seldom are any. */
  #first: string | undefined;
  #more: string[] | undefined;
  #dataLength = 0;
  #event = "";
  #id = "";
  #hasId = false;
  /** Where the one data line of the event stands, while it stands on the workbench. */
  #raw: RawEvent | undefined;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  line(bytes: Uint8Array, start: number, end: number, next: number, isWhole: boolean): void {
    if (start === end) {
      const raw = this.#raw;
      // Whether the data line and the blank one touch: nothing was between them, and both are of one read.
      const isRaw = isWhole && raw?.end === start;
      if (isRaw) raw.end = next;
      this.#dispatch(isRaw ? raw : undefined);
      return;
    }
    const first = bytes[start];
    if (first === COLON) return;
    this.#raw = undefined;
    const isData = isDataField(bytes, start, end);
    if (!isData) {
      this.#field(decoder.decode(bytes.subarray(start, end)));
      return;
    }
    const dataStart = Math.min(end, bytes[start + 5] === SPACE ? start + 6 : start + 5);
    if (isWhole && this.#isIdle) this.#raw = { bytes, start, dataStart, dataEnd: end, end: next };
    this.#addData(decoder.decode(bytes.subarray(dataStart, end)));
  }

  lineTooLong(): void {
    this.#sink.tooLarge();
  }

  take(bench: Workbench, start: number, end: number): number {
    return this.#isIdle && this.#sink.take ? this.#sink.take(bench, start, end) : start;
  }

  /** Hands out what an event without its blank line holds. */
  end(): void {
    this.#dispatch(undefined);
  }

  /** Whether no field of the event is here yet. */
  get #isIdle(): boolean {
    return this.#first === undefined && this.#event === "" && !this.#hasId;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const space = line.charCodeAt(colon + 1) === SPACE ? 1 : 0;
    const value = colon < 0 ? "" : line.slice(colon + 1 + space);
    if (name === "data") this.#addData(value);
    else if (name === "event") this.#event = value;
    else if (name === "id") {
      if (value.includes("\0")) return;
      this.#id = value;
      this.#hasId = true;
    } else if (name !== "retry") this.#sink.unknownLine?.(line);
  }

  #addData(value: string): void {
    this.#dataLength += value.length + 1;
    if (this.#first === undefined) this.#first = value;
    else if (this.#dataLength <= MAX_EVENT) (this.#more ??= []).push(value);
    else this.#more = undefined;
  }

  #dispatch(raw: RawEvent | undefined): void {
    const first = this.#first;
    const isTooLarge = this.#dataLength > MAX_EVENT;
    if (isTooLarge) this.#sink.tooLarge();
    else if (first !== undefined) {
      const data = this.#more ? [first, ...this.#more].join("\n") : first;
      this.#sink.event({ event: this.#event || "message", data, id: this.#id }, raw, this.#hasId);
    }
    this.#first = undefined;
    this.#more = undefined;
    this.#dataLength = 0;
    this.#event = "";
    this.#hasId = false;
    this.#raw = undefined;
  }
}

/** Whether the line is `data:` and something; a bare `data` takes the way of other fields. */
function isDataField(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start >= 5 &&
    bytes[start] === 0x64 &&
    bytes[start + 1] === 0x61 &&
    bytes[start + 2] === 0x74 &&
    bytes[start + 3] === 0x61 &&
    bytes[start + 4] === COLON
  );
}
