import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decodeSse, encodeSse, type SseEvent } from "../src/index.js";

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

function decode(pieces: Iterable<Uint8Array | string>): Promise<SseEvent[]> {
  return collect(decodeSse(pieces));
}

const dataOf = (events: SseEvent[]) => events.map(({ data }) => data);

const streams: [title: string, text: string, data: string[]][] = [
  ["one event", "data: a\n\n", ["a"]],
  ["no space behind the colon", "data:a\n\n", ["a"]],
  ["only one space is taken off", "data:  a\n\n", [" a"]],
  ["CRLF line ends", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
  ["CR line ends", "data: a\r\rdata: b\r\r", ["a", "b"]],
  ["mixed line ends", "data: a\r\ndata: b\n\r\n", ["a\nb"]],
  ["comments", ": keep-alive\n\n:\ndata: a\n: x\n\n", ["a"]],
  ["several data lines", "data: a\ndata: b\n\n", ["a\nb"]],
  ["an empty data line", "data\n\n", [""]],
  ["an event without data", "event: ping\n\ndata: a\n\n", ["a"]],
  ["a byte order mark", "\ufeffdata: a\n\n", ["a"]],
  ["unknown fields", "foo: 1\nretry: 10\ndata: a\n\n", ["a"]],
  ["a last event without a blank line", "data: a\n\ndata: b", ["a", "b"]],
  ["a last line with half of a CRLF", "data: a\r", ["a"]],
  ["wide characters", "data: é😀\n\n", ["é😀"]],
  ["nothing", "", []],
];

describe("decodeSse", () => {
  it.each(streams)("reads %s", async (_, text, data) => {
    expect(dataOf(await decode([text]))).toEqual(data);
  });

  it("keeps event names and the last id", async () => {
    const events = await decode(["id: 1\nevent: error\ndata: a\n\ndata: b\n\nid: x\0\ndata: c\n\n"]);
    expect(events).toEqual([
      { event: "error", data: "a", id: "1" },
      { event: "message", data: "b", id: "1" },
      { event: "message", data: "c", id: "1" },
    ]);
  });

  it("reads the same events wherever the bytes are cut", async () => {
    const bytes = new TextEncoder().encode(streams.map(([, text]) => text).join("\n\n"));
    const whole = await decode([bytes]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 40 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((left, right) => left - right), bytes.length];
        const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        expect(await decode(pieces)).toEqual(whole);
      }),
    );
    expect(await decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  it("reads back what encodeSse writes, one event a read", async () => {
    const chunks = [{ a: "é\n" }, { b: [1] }];
    const reads = await collect(encodeSse(chunks));
    expect(reads).toHaveLength(3);
    expect(dataOf(await decode(reads))).toEqual([...chunks.map((each) => JSON.stringify(each)), "[DONE]"]);
  });
});
