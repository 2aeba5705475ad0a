/** One event of an event stream, by the rules of the WHATWG HTML standard, section 9.2. */
export type SseEvent = {
  /** The `event:` field; "message" when the event has none. */
  event: string;
  /** The `data:` lines, joined by line feeds. */
  data: string;
  /** The last `id:` seen, "" when there was none. */
  id: string;
};

/** The longest line, and the most data of one event, in UTF-16 units. What goes beyond is dropped and counted. */
const MAX_EVENT = 16 * 1024 * 1024;

const CR = 0x0d;
const LF = 0x0a;

/**
 * Turns bytes, cut anywhere, into events. Comments, `retry:` and unknown fields are passed over. An event that the end of
 * the bytes cuts off is dropped by the standard; `end()` hands it out, because providers do leave out the last blank line.
 */
export class SseDecoder {
  // Strips one byte order mark at the start and replaces broken sequences, as the standard asks.
  readonly #decoder = new TextDecoder();
  /** The line that is not whole yet, in the pieces in which it came: joined once, so that small reads stay linear. */
  #line: string[] = [];
  #lineLength = 0;
  #isNew = true;
  /** Whether the last text ended in a CR, so that a LF at the start of the next belongs to it. */
  #endsInCr = false;
  #data: string[] = [];
  #dataLength = 0;
  #event = "";
  #id = "";
  /** Events that were larger than the limit, and are lost. */
  tooLarge = 0;

  /** Takes more of the body and returns the events that it completes. */
  write(piece: Uint8Array | string): SseEvent[] {
    if (typeof piece !== "string") return this.#read(this.#decoder.decode(piece, { stream: true }));
    const isMarked = this.#isNew && piece.charCodeAt(0) === 0xfeff;
    return this.#read(isMarked ? piece.slice(1) : piece);
  }

  /** Says that no more comes and returns what an unfinished last line and event still hold. */
  end(): SseEvent[] {
    const events = this.#read(this.#decoder.decode());
    if (this.#lineLength > 0) this.#field(this.#takeLine(""));
    const last = this.#dispatch();
    return last ? [...events, last] : events;
  }

  #read(text: string): SseEvent[] {
    if (text !== "") this.#isNew = false;
    const events: SseEvent[] = [];
    let start = this.#endsInCr && text.charCodeAt(0) === LF ? 1 : 0;
    for (let at = start; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== LF && unit !== CR) continue;
      const line = this.#takeLine(text.slice(start, at));
      if (unit === CR && text.charCodeAt(at + 1) === LF) at++;
      start = at + 1;
      if (line !== "") this.#field(line);
      else {
        const event = this.#dispatch();
        if (event) events.push(event);
      }
    }
    if (text !== "") this.#endsInCr = text.charCodeAt(text.length - 1) === CR;
    this.#keep(text.slice(start));
    return events;
  }

  #keep(rest: string): void {
    this.#lineLength += rest.length;
    if (this.#lineLength > MAX_EVENT) this.#line = [];
    else if (rest !== "") this.#line.push(rest);
  }

  /** The whole line of which `rest` is the end. */
  #takeLine(rest: string): string {
    if (this.#lineLength === 0) return rest;
    const isTooLong = this.#lineLength + rest.length > MAX_EVENT;
    const line = isTooLong ? "" : this.#line.join("") + rest;
    this.#line = [];
    this.#lineLength = 0;
    if (!isTooLong) return line;
    this.tooLarge++;
    // A comment: the line must neither end the event nor add to it.
    return ":";
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const space = line.charCodeAt(colon + 1) === 0x20 ? 1 : 0;
    const value = colon < 0 ? "" : line.slice(colon + 1 + space);
    if (name === "data") {
      this.#dataLength += value.length + 1;
      if (this.#dataLength <= MAX_EVENT) this.#data.push(value);
      else this.#data = [""];
    } else if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
  }

  #dispatch(): SseEvent | undefined {
    const isTooLarge = this.#dataLength > MAX_EVENT;
    const isEmpty = this.#data.length === 0;
    const event = { event: this.#event || "message", data: this.#data.join("\n"), id: this.#id };
    this.#data = [];
    this.#dataLength = 0;
    this.#event = "";
    if (isTooLarge) this.tooLarge++;
    return isEmpty || isTooLarge ? undefined : event;
  }
}

/** Decodes a body, or pieces of one, event by event. Strings are taken as already decoded text. */
export async function* decodeSse(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<SseEvent, void, undefined> {
  const decoder = new SseDecoder();
  for await (const piece of source) yield* decoder.write(piece);
  yield* decoder.end();
}
