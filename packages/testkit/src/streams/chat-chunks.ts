import type { ChatCompletionChunk } from "@waybill/core";

import { argumentFragments } from "./argument-fragments.js";
import { random, type Random } from "./random.js";
import { word, type TextKind } from "./words.js";

/** What a generated stream is like. */
export type ChatChunksOptions = {
  /** How many chunks there are in all: openings, pieces, finishes and usage. */
  chunks: number;
  /** Choices whose pieces arrive in turns; 1 by default. */
  choices?: number;
  /** Parallel tool calls of each choice, whose fragments arrive in turns, in place of text; 0 by default. */
  tools?: number;
  /** Streams of one seed are equal; 1 by default. */
  seed?: number;
  /** `mixed` has characters of two to four bytes, too; `ascii` by default. */
  text?: TextKind;
  /** `wire` by default; in a `recording` every member of a delta is present, with null, and the time is 0. */
  shape?: "wire" | "recording";
  /** Whether the last chunk carries the usage; true by default. */
  usage?: boolean;
  /** Whether chunks are padded as OpenAI pads them; true by default. */
  obfuscation?: boolean;
};

type Choice = NonNullable<ChatCompletionChunk["choices"]>[number];
type Delta = NonNullable<Choice["delta"]>;

/** A chat stream as OpenAI sends it, as parsed chunks, always the same for the same options. */
export function chatChunks(options: ChatChunksOptions): ChatCompletionChunk[] {
  const { chunks, choices = 1, tools = 0, seed = 1, text = "ascii", usage = true } = options;
  const pieces = chunks - 2 * choices - (usage ? 1 : 0);
  if (choices < 1 || pieces < tools * choices) {
    throw new RangeError(`${chunks} chunks have no room for ${choices} choices with ${tools} tool calls`);
  }
  const source = random(seed);
  // A source of its own for the frame: what is said does not depend on the shape and the padding.
  const make = chunkMaker(options, random(~seed));
  const indexes = Array.from({ length: choices }, (_, index) => index);
  const opened = indexes.map((index) => make([part(index, openingOf(tools))]));
  const said = indexes.map((index) => {
    // What cannot be divided evenly goes to the first choices.
    const count = Math.floor(pieces / choices) + (index < pieces % choices ? 1 : 0);
    return tools > 0 ? argumentFragments(tools, count, text, source) : texts(count, text, source);
  });
  const body = Array.from({ length: pieces }, (_, place) => {
    const index = place % choices;
    return make([part(index, said[index]?.[Math.floor(place / choices)] ?? {})]);
  });
  const reason = tools > 0 ? "tool_calls" : "stop";
  const finished = indexes.map((index) => make([part(index, {}, reason)]));
  return [...opened, ...body, ...finished, ...(usage ? [make([], usageOf(pieces, source))] : [])];
}

function openingOf(tools: number): Delta {
  return { role: "assistant", content: tools > 0 ? null : "", refusal: null };
}

function texts(count: number, kind: TextKind, source: Random): Delta[] {
  return Array.from({ length: count }, () => ({ content: word(kind, source) }));
}

function part(index: number, delta: Delta, reason: string | null = null): Choice {
  return { index, delta, logprobs: null, finish_reason: reason };
}

function usageOf(completion: number, source: Random): NonNullable<ChatCompletionChunk["usage"]> {
  const prompt = source.integer(8, 2000);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** Puts the head of one stream around choices. */
function chunkMaker({ shape, obfuscation = true }: ChatChunksOptions, source: Random) {
  const isRecording = shape === "recording";
  const head = {
    id: `chatcmpl-${source.letters(29)}`,
    object: "chat.completion.chunk",
    created: isRecording ? 0 : 1_766_000_068,
    model: "gpt-4o-2024-08-06",
    service_tier: "default",
    system_fingerprint: `fp_${source.integer(0x10_0000_0000, 0xff_ffff_ffff).toString(16)}`,
  };
  return (choices: Choice[], usage: ChatCompletionChunk["usage"] = null): ChatCompletionChunk => ({
    ...head,
    choices: isRecording ? choices.map(recorded) : choices,
    usage,
    ...(obfuscation ? { obfuscation: source.letters(source.integer(4, 16)) } : {}),
  });
}

/** The choice as a client library writes it down: what a delta does not say is null. */
function recorded(choice: Choice): Choice {
  const { content = null, refusal = null, role = null, tool_calls: calls } = choice.delta ?? {};
  const whole = calls?.map(({ index = null, id = null, type = null, function: fn }) => ({
    index,
    id,
    type,
    function: { name: fn?.name ?? null, arguments: fn?.arguments ?? null },
  }));
  return { ...choice, delta: { content, function_call: null, refusal, role, tool_calls: whole ?? null } };
}
