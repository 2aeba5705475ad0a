import { LineReader } from "./line-reader.js";
import { piecesOf, type ByteSource } from "./pieces.js";
import { SseDecoder, type SseEvent } from "./sse-decoder.js";
import { TextPieces } from "./text-pieces.js";

/** Reads an event stream that is handed over piece by piece, where `decodeSse` asks for the pieces itself. */
export class SseReader {
  readonly #decoder: SseDecoder;
  readonly #lines: LineReader;
  /** How many lines or events were larger than the limit (16 Mi) and were left out. */
  tooLarge = 0;

  constructor(onEvent: (event: SseEvent) => void) {
    this.#decoder = new SseDecoder({
      event: onEvent,
      tooLarge: () => {
        this.tooLarge++;
      },
    });
    this.#lines = new LineReader(this.#decoder);
  }

  /** Takes bytes, cut anywhere. They are not kept. */
  write(bytes: Uint8Array): void {
    this.#lines.write(bytes);
  }

  /** Hands out what an event without its blank line holds. */
  end(): void {
    this.#lines.end();
    this.#decoder.end();
  }
}

/**
 * Decodes a body, or pieces of one, event by event. Strings are taken as already decoded text. Other than the standard has
 * it, a last event without its blank line is handed out: it may be cut off.
 */
export async function* decodeSse(source: ByteSource): AsyncGenerator<SseEvent, void, undefined> {
  let events: SseEvent[] = [];
  const reader = new SseReader((event) => events.push(event));
  const text = new TextPieces();
  const takeEvents = () => {
    const taken = events;
    events = [];
    return taken;
  };
  for await (const piece of piecesOf(source)) {
    reader.write(typeof piece === "string" ? text.encode(piece) : piece);
    yield* takeEvents();
  }
  reader.write(text.end());
  reader.end();
  yield* takeEvents();
}
