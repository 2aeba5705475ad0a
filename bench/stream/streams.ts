import { readFileSync } from "node:fs";

import type { ChatCompletionChunk } from "@waybill/core";
import { chatChunks, random, sseBytes, type ChatChunksOptions } from "@waybill/testkit";

import type { Answer } from "../peers/answer.js";
import { gatherer } from "./naive.js";

/** A stream to measure, and what a right reader makes of it. */
export type Stream = { name: string; bytes: Uint8Array<ArrayBuffer>; chunks: number; expected: Answer };

const CHUNKS = 10_000;

const generated = (options: Partial<ChatChunksOptions> = {}) =>
  chatChunks({ chunks: CHUNKS, text: "mixed", ...options });

function streamOf(name: string, chunks: readonly ChatCompletionChunk[], bytes = sseBytes(chunks)): Stream {
  const { add, answer } = gatherer();
  for (const chunk of chunks) add(chunk);
  return { name, bytes, chunks: chunks.length, expected: answer() };
}

/** Streams of 10,000 chunks whose events differ in little but their text. */
export const longStreams = {
  text: streamOf("text", generated()),
  ascii: streamOf("text, ASCII", generated({ text: "ascii" })),
  tools: streamOf("4 parallel calls", generated({ tools: 4 })),
  choices: streamOf("n = 8", generated({ choices: 8 })),
  usage: streamOf("usage on every chunk", generated().map(withUsage)),
};

/**
 * Streams that no template fits, which is the only way to have the plain path and nothing else. In the first the white
 * space differs from event to event, and nothing else does that costs a reader anything: that is the fair one. In the
 * second every chunk has `logprobs`, as OpenAI sends them on request, and they are kept, too.
 */
export const plainStreams = [
  streamOf("text, white space that varies", generated(), spaced(generated())),
  streamOf("text with logprobs", generated().map(withLogprobs)),
];

/** The recordings that this project began with. */
export const recordings = ["recording-with-usage", "recording-without-usage"].map((name) => {
  const url = new URL(`../../fixtures/seeds/${name}.json`, import.meta.url);
  const recording = JSON.parse(readFileSync(url, "utf8")) as {
    response: { body: { __data__: ChatCompletionChunk }[] };
  };
  return streamOf(
    name,
    recording.response.body.map(({ __data__: chunk }) => chunk),
  );
});

function withUsage(chunk: ChatCompletionChunk, place: number): ChatCompletionChunk {
  const usage = { prompt_tokens: 1200, completion_tokens: place, total_tokens: 1200 + place };
  return { ...chunk, usage };
}

function withLogprobs(chunk: ChatCompletionChunk): ChatCompletionChunk {
  const choices = chunk.choices?.map((choice) => {
    const token = choice.delta?.content;
    if (typeof token !== "string" || token === "") return choice;
    const bytes = [...new TextEncoder().encode(token)];
    return { ...choice, logprobs: { content: [{ token, logprob: -0.125, bytes, top_logprobs: [] }] } };
  });
  return choices ? { ...chunk, choices } : chunk;
}

/** The chunks with up to three spaces behind each colon of their own members. */
function spaced(chunks: readonly ChatCompletionChunk[]): Uint8Array<ArrayBuffer> {
  const source = random(5);
  const events = chunks.map((chunk) => {
    const members = Object.entries(chunk).map(
      ([name, value]) => `"${name}":${" ".repeat(source.integer(0, 3))}${JSON.stringify(value)}`,
    );
    return `data: {${members.join(",")}}\n\n`;
  });
  return new TextEncoder().encode(`${events.join("")}data: [DONE]\n\n`);
}
