const encoder = new TextEncoder();

/** The chunks as the body of an event stream, `[DONE]` at its end. */
export function sseBytes(chunks: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const events = [...chunks.map((chunk) => JSON.stringify(chunk)), "[DONE]"];
  return encoder.encode(events.map((data) => `data: ${data}\n\n`).join(""));
}

const LF = 0x0a;

/**
 * A body in reads: of so many bytes, or of one event each (with lines that end in LF, as `sseBytes` writes them). Each
 * read is a copy of its own, like those of a socket.
 */
export function cut(bytes: Uint8Array, size: number | "event"): Uint8Array<ArrayBuffer>[] {
  if (size !== "event" && !(Number.isSafeInteger(size) && size > 0)) {
    throw new RangeError(`a read cannot have ${size} bytes`);
  }
  const reads: Uint8Array<ArrayBuffer>[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = size === "event" ? endOfEvent(bytes, start) : Math.min(start + size, bytes.length);
    reads.push(bytes.slice(start, end));
    start = end;
  }
  return reads;
}

function endOfEvent(bytes: Uint8Array, start: number): number {
  for (let place = bytes.indexOf(LF, start); place >= 0; place = bytes.indexOf(LF, place + 1)) {
    if (bytes[place + 1] === LF) return place + 2;
  }
  return bytes.length;
}
