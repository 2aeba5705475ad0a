import { chatChunks, cut, sseBytes, type ChatChunksOptions } from "@waybill/testkit";
import { afterEach, describe, expect, it, vi } from "vitest";

import { Accumulator } from "../src/index.js";
import { damagedStream } from "./damaged-streams.js";
import { faultsOf } from "./faults.js";

const STREAMS = 3000;

describe("any bytes at all", () => {
  it(`give the same on both paths, and no fault, on ${STREAMS} damaged streams`, () => {
    // Another part of all streams with every run; `npm run fuzz -- 1 SEED` repeats the one that fails.
    const first = Math.floor(Math.random() * 2 ** 31);
    console.log(`seeds ${first} to ${first + STREAMS - 1}`);
    const faulty: string[] = [];
    for (let seed = first; seed < first + STREAMS && faulty.length < 3; seed++)
      for (const fault of faultsOf(damagedStream(seed))) faulty.push(`seed ${seed}: ${fault}`);
    expect(faulty).toEqual([]);
  });
});

describe("the fast path", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each<[string, Partial<ChatChunksOptions>]>([
    ["text", {}],
    ["text with every member", { shape: "recording" }],
    ["choices that take turns", { choices: 8 }],
    ["tool calls that take turns", { tools: 4 }],
  ])("parses few events of %s, however the bytes are cut", (_, options) => {
    const bytes = sseBytes(chatChunks({ chunks: 1000, ...options }));
    for (const size of [16_384, 512, "event"] as const) {
      const parse = vi.spyOn(JSON, "parse");
      const accumulator = new Accumulator();
      for (const read of cut(bytes, size)) accumulator.write(read);
      // A read may end between the two line ends of an event, and that one is parsed.
      expect(parse.mock.calls.length).toBeLessThan(60);
      parse.mockRestore();
      expect(accumulator.finish()).toMatchObject({ status: "complete", diagnostics: [] });
    }
  });

  it("takes usage that grows on every chunk, and times that change", () => {
    const chunks = chatChunks({ chunks: 1000 }).map((chunk, index) => ({
      ...chunk,
      created: 1_741_570_283 + Math.floor(index / 50),
      usage: { prompt_tokens: 9, completion_tokens: index, total_tokens: 9 + index },
    }));
    const parse = vi.spyOn(JSON, "parse");
    const accumulator = new Accumulator();
    accumulator.write(sseBytes(chunks));
    expect(parse.mock.calls.length).toBeLessThan(60);
    expect(accumulator.finish().usage).toEqual({
      prompt_tokens: 9,
      completion_tokens: 999,
      total_tokens: 1008,
    });
  });
});
