/** One event of an event stream, by the rules of the WHATWG HTML standard, section 9.2. */
export type SseEvent = {
  /** The `event:` field; "message" when the event has none. */
  event: string;
  /** The `data:` lines, joined by line feeds. */
  data: string;
  /** The last `id:` seen, "" when there was none. */
  id: string;
};

/**
 * Turns bytes, cut anywhere, into events. Comments, `retry:` and unknown fields are passed over. An event that the end of
 * the bytes cuts off is dropped by the standard; `end()` hands it out, because providers do leave out the last blank line.
 */
export class SseDecoder {
  // Strips one byte order mark at the start and replaces broken sequences, as the standard asks.
  readonly #decoder = new TextDecoder();
  #text = "";
  /** Where the search for the next line end goes on, so that one huge line in small reads is scanned once. */
  #scanned = 0;
  #data: string[] = [];
  #event = "";
  #id = "";

  /** Takes more bytes and returns the events that they complete. */
  write(bytes: Uint8Array): SseEvent[] {
    return this.#read(this.#decoder.decode(bytes, { stream: true }), false);
  }

  /** Says that no more bytes come and returns what an unfinished last line and event still hold. */
  end(): SseEvent[] {
    const events = this.#read(this.#decoder.decode(), true);
    if (this.#text !== "") this.#field(this.#text);
    this.#text = "";
    const last = this.#dispatch();
    return last ? [...events, last] : events;
  }

  #read(more: string, atEnd: boolean): SseEvent[] {
    const events: SseEvent[] = [];
    this.#text += more;
    const text = this.#text;
    let lineStart = 0;
    let at = this.#scanned;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit !== 0x0a && unit !== 0x0d) continue;
      // A CR at the end may be half of a CRLF: wait for what comes next.
      if (unit === 0x0d && at + 1 === text.length && !atEnd) break;
      const line = text.slice(lineStart, at);
      if (unit === 0x0d && text.charCodeAt(at + 1) === 0x0a) at++;
      lineStart = at + 1;
      if (line !== "") {
        this.#field(line);
        continue;
      }
      const event = this.#dispatch();
      if (event) events.push(event);
    }
    this.#text = text.slice(lineStart);
    this.#scanned = at - lineStart;
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const space = line.charCodeAt(colon + 1) === 0x20 ? 1 : 0;
    const value = colon < 0 ? "" : line.slice(colon + 1 + space);
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
  }

  #dispatch(): SseEvent | undefined {
    const event = { event: this.#event || "message", data: this.#data.join("\n"), id: this.#id };
    const isEmpty = this.#data.length === 0;
    this.#data = [];
    this.#event = "";
    return isEmpty ? undefined : event;
  }
}

/** Decodes a body, or pieces of one, event by event. Strings are taken as already decoded text. */
export async function* decodeSse(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
): AsyncGenerator<SseEvent, void, undefined> {
  const decoder = new SseDecoder();
  const encoder = new TextEncoder();
  for await (const piece of source) {
    yield* decoder.write(typeof piece === "string" ? encoder.encode(piece) : piece);
  }
  yield* decoder.end();
}
