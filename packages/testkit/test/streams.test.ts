import { checkChatCompletionChunk, type Check } from "@waybill/core";
import { checkChatCompletionChunkEmit } from "@waybill/core/emit";
import { describe, expect, it } from "vitest";

import { chatChunks, cut, random, sseBytes, type ChatChunksOptions } from "../src/index.js";

const issuesOf = (check: Check<unknown>) => (check.ok ? [] : check.issues);

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** The text of each choice and the arguments of each of its calls. */
function gather(options: ChatChunksOptions) {
  const choices = new Map<number, { content: string; calls: string[]; reasons: string[] }>();
  for (const part of chatChunks(options).flatMap((chunk) => chunk.choices ?? [])) {
    const index = part.index ?? -1;
    const choice = choices.get(index) ?? { content: "", calls: [], reasons: [] };
    choices.set(index, choice);
    choice.content += textOf(part.delta?.content);
    for (const call of part.delta?.tool_calls ?? []) {
      const place = call.index ?? -1;
      choice.calls[place] = (choice.calls[place] ?? "") + textOf(call.function?.arguments);
    }
    if (part.finish_reason) choice.reasons.push(part.finish_reason);
  }
  return [...choices.values()];
}

const forms: readonly [title: string, options: ChatChunksOptions][] = [
  ["text", { chunks: 50 }],
  ["mixed text", { chunks: 50, text: "mixed", seed: 7 }],
  ["three choices", { chunks: 50, choices: 3 }],
  ["parallel tools", { chunks: 50, tools: 4, text: "mixed" }],
  ["parallel tools of two choices", { chunks: 50, choices: 2, tools: 2 }],
  ["no usage and no padding", { chunks: 50, usage: false, obfuscation: false }],
  ["nothing but the frame", { chunks: 3 }],
];

describe("chatChunks", () => {
  it.each(forms)("makes as many valid chunks of %s as asked for, and the same again", (_, options) => {
    const chunks = chatChunks(options);
    expect(chunks).toHaveLength(options.chunks);
    expect(chunks.flatMap((chunk) => issuesOf(checkChatCompletionChunkEmit(chunk)))).toEqual([]);
    expect(chatChunks(options)).toEqual(chunks);
    expect(chatChunks({ ...options, seed: 99 })).not.toEqual(chunks);
  });

  it.each(forms)("makes valid recordings of %s", (_, options) => {
    const chunks = chatChunks({ ...options, shape: "recording" });
    expect(chunks.flatMap((chunk) => issuesOf(checkChatCompletionChunk(chunk)))).toEqual([]);
    const members = chunks.flatMap(({ choices }) =>
      (choices ?? []).map(({ delta }) => Object.keys(delta ?? {})),
    );
    expect(new Set(members.map((names) => names.join(" ")))).toEqual(
      new Set(["content function_call refusal role tool_calls"]),
    );
  });

  it("says the same in both shapes", () => {
    for (const [, options] of forms)
      expect(gather({ ...options, shape: "recording" })).toEqual(gather(options));
  });

  it("gives every choice text and one finish", () => {
    const choices = gather({ chunks: 100, choices: 3 });
    expect(choices.map(({ content, reasons }) => [content.length > 20, reasons])).toEqual(
      Array.from({ length: 3 }, () => [true, ["stop"]]),
    );
  });

  it("gives every call arguments that are JSON", () => {
    const [choice] = gather({ chunks: 200, tools: 4, text: "mixed" });
    expect(choice).toMatchObject({ content: "", reasons: ["tool_calls"] });
    const parsed = (choice?.calls ?? []).map((text) => JSON.parse(text) as { text: string });
    expect(parsed.map(({ text }) => text.length > 20)).toEqual([true, true, true, true]);
  });

  it("weighs about as much as a stream of OpenAI's", () => {
    const size = sseBytes(chatChunks({ chunks: 1000 })).length / 1000;
    expect(size).toBeGreaterThan(300);
    expect(size).toBeLessThan(360);
  });

  it("refuses a number of chunks that has no room for what is asked", () => {
    expect(() => chatChunks({ chunks: 2 })).toThrow(RangeError);
    expect(() => chatChunks({ chunks: 6, tools: 4 })).toThrow(RangeError);
    expect(() => chatChunks({ chunks: 6, choices: 0 })).toThrow(RangeError);
  });
});

describe("sseBytes and cut", () => {
  const bytes = sseBytes(chatChunks({ chunks: 20, text: "mixed" }));
  const joined = (reads: readonly Uint8Array[]) => Uint8Array.from(reads.flatMap((read) => [...read]));

  it("write one event for each chunk and [DONE], and cut them apart again", () => {
    const reads = cut(bytes, "event");
    expect(reads).toHaveLength(21);
    expect(new TextDecoder().decode(reads.at(-1))).toBe("data: [DONE]\n\n");
    expect(joined(reads)).toEqual(bytes);
  });

  it.each([1, 7, 4096, 1_000_000])("lose nothing in reads of %d bytes", (size) => {
    const reads = cut(bytes, size);
    expect(Math.max(...reads.map(({ length }) => length))).toBe(Math.min(size, bytes.length));
    expect(joined(reads)).toEqual(bytes);
  });

  it("give every read a buffer of its own", () => {
    const reads = cut(bytes, 100);
    expect(new Set(reads.map(({ buffer }) => buffer)).size).toBe(reads.length);
    expect(reads.every(({ buffer, length }) => buffer.byteLength === length)).toBe(true);
  });

  it("refuse a size that is none", () => {
    for (const size of [0, -1, 1.5, NaN]) expect(() => cut(bytes, size)).toThrow(RangeError);
  });
});

describe("random", () => {
  it("repeats itself for a seed, and differs for another", () => {
    const take = (seed: number) => {
      const source = random(seed);
      return Array.from({ length: 5 }, () => source.next());
    };
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
  });

  it("keeps to its ranges and reaches their ends", () => {
    const source = random(3);
    const dice = new Set(Array.from({ length: 1000 }, () => source.integer(1, 6)));
    expect(dice).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(source.letters(40)).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(() => source.pick([])).toThrow(RangeError);
  });
});
