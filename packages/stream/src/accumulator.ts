import {
  wordsOf,
  type ChatCompletionChunk,
  type ChatCompletionEmit,
  type StreamEnd,
  type StreamError,
  type StreamResult,
} from "@waybill/core";

import { Choice } from "./choice.js";
import { readChunk, readEvent, type Reading } from "./chunk-reader.js";
import { Diagnostics } from "./diagnostics.js";
import { SseDecoder } from "./sse-decoder.js";
import { Stopwatch } from "./timing.js";
import { UsageMerge } from "./usage-merge.js";

/** How to measure time. */
export type AccumulatorOptions = {
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  now?: () => number;
  /** When the request was sent, on the same clock; the moment of construction by default. */
  startedAt?: number;
};

/** The most text that is kept of one stream, in UTF-16 units. */
const MAX_SIZE = 64 * 1024 * 1024;

/** The bound of OpenAI's own client. */
const MAX_CHOICES = 128;

/**
 * Gathers one chat stream, from bytes (`write`) or from parsed chunks (`push`), into one completion. Nothing that a
 * provider sends makes it throw: what is odd becomes a diagnostic, and what came before an error is kept.
 */
export class Accumulator {
  readonly #decoder = new SseDecoder();
  readonly #choices = new Map<number, Choice>();
  readonly #diagnostics = new Diagnostics();
  readonly #usage = new UsageMerge();
  readonly #watch: Stopwatch;
  #chunk = -1;
  #id: string | null = null;
  #created: number | null = null;
  #model: string | null = null;
  #fingerprint: string | null = null;
  #tier: string | null = null;
  #error: StreamError | undefined;
  #isDone = false;
  #isFull = false;
  /** Characters of text kept so far. */
  #size = 0;

  constructor(options: AccumulatorOptions = {}) {
    const now = options.now ?? (() => performance.now());
    this.#watch = new Stopwatch(now, options.startedAt ?? now());
  }

  /** Takes bytes of the body, or text of it, cut anywhere. */
  write(piece: Uint8Array | string): void {
    for (const event of this.#decoder.write(piece)) this.#take(() => readEvent(event));
  }

  /** Takes a parsed chunk. */
  push(chunk: unknown): void {
    this.#take(() => readChunk(chunk));
  }

  /** Notes that the response's headers are here. */
  headers(): void {
    this.#watch.headers();
  }

  /** The completion so far. */
  snapshot(): ChatCompletionEmit {
    const choices = [...this.#choices.values()].toSorted((left, right) => left.index - right.index);
    return {
      id: this.#id,
      object: "chat.completion",
      created: this.#created,
      model: this.#model,
      choices: choices.map((choice) => choice.result()),
      ...(this.#usage.value ? { usage: this.#usage.value } : {}),
      system_fingerprint: this.#fingerprint,
      service_tier: this.#tier,
    };
  }

  /** Says that nothing more comes, and why, and returns the whole. `cause` is what the body failed with. */
  finish(reason: "eof" | "abort" | "upstream" | "limit" = "eof", cause?: unknown): StreamResult {
    for (const event of this.#decoder.end()) this.#take(() => readEvent(event));
    this.#noteLosses();
    const choices = [...this.#choices.values()];
    const isFinished = choices.length > 0 && choices.every((choice) => choice.isFinished);
    const isComplete = isFinished || (this.#isDone && choices.some((choice) => choice.isFinished));
    if (isComplete && !this.#isDone && reason === "eof") this.#note("T5", "the stream ends without [DONE]");
    if (!isComplete && !this.#error) this.#note("T6", "the stream ends before a finish reason");
    const isError = this.#error !== undefined;
    const error = this.#error ?? (cause === undefined ? undefined : failureOf(cause));
    return {
      status: isError ? "error" : isComplete ? "complete" : "incomplete",
      endedBy: this.#endedBy(reason, isFinished),
      completion: this.snapshot(),
      usage: this.#usage.value,
      usageSource: this.#usage.value ? "provider" : "missing",
      ...(error ? { error } : {}),
      diagnostics: this.#diagnostics.result(),
      timing: this.#watch.result(),
    };
  }

  #endedBy(reason: StreamEnd, isFinished: boolean): StreamEnd {
    if (this.#isFull) return "limit";
    if (this.#error) return "upstream";
    if (this.#isDone) return "done";
    return isFinished && reason === "eof" ? "finish" : reason;
  }

  /** Reads and adds one piece. Whatever it is, it must not take the rest of the stream with it. */
  #take(read: () => Reading): void {
    if (this.#isFull) return;
    this.#chunk++;
    try {
      this.#handle(read());
    } catch (error) {
      this.#note("unreadable", `passed over: ${wordsOf(error)}`);
    }
  }

  #handle(reading: Reading): void {
    if (reading.kind === "odd") {
      this.#note(reading.diagnostic.code, reading.diagnostic.message);
    } else if (reading.kind === "done") {
      this.#chunk--;
      if (this.#isDone) this.#note("T12", "[DONE] came twice");
      this.#isDone = true;
    } else if (reading.kind === "error") {
      this.#error ??= reading.error;
      this.#note("E1", `the stream carries an error: ${reading.error.message}`);
      if (reading.chunk) this.#add(reading.chunk);
    } else {
      if (this.#isDone) this.#note("T12", "a chunk after [DONE]");
      this.#add(reading.chunk);
    }
  }

  #add(chunk: ChatCompletionChunk): void {
    this.#watch.chunk();
    this.#id ??= chunk.id || null;
    // Recordings have 0; it is kept when nothing better comes.
    if (!this.#created && typeof chunk.created === "number" && chunk.created >= 0)
      this.#created = chunk.created;
    this.#model = chunk.model || this.#model;
    this.#fingerprint = chunk.system_fingerprint ?? this.#fingerprint;
    this.#tier = chunk.service_tier ?? this.#tier;
    const choices = chunk.choices ?? [];
    if (chunk.usage) {
      this.#usage.add(chunk.usage, choices.length === 0);
      this.#watch.note("usage");
    }
    choices.forEach((part, place) => {
      const index = this.#indexOf(part.index, place);
      let choice = this.#choices.get(index);
      if (!choice) this.#choices.set(index, (choice = new Choice(index)));
      const before = choice.size;
      choice.add(part, this.#watch);
      this.#size += choice.size - before;
    });
    if (this.#size > MAX_SIZE) {
      this.#isFull = true;
      this.#note("limit", `more than ${MAX_SIZE} characters; the rest is left out`);
    }
  }

  /** The choice's own index, or its place when it has none that could be one. */
  #indexOf(index: number | null | undefined, place: number): number {
    if (typeof index === "number" && index >= 0 && index < MAX_CHOICES) return index;
    this.#note(
      "C2",
      `a choice has ${index === undefined ? "no index" : `the index ${index}`}; taken by its place`,
    );
    return Math.min(place, MAX_CHOICES - 1);
  }

  #note(code: string, message: string): void {
    this.#diagnostics.note(code, message, this.#chunk);
  }

  /** What was dropped on the way for being too large. */
  #noteLosses(): void {
    const { tooLarge } = this.#decoder;
    if (tooLarge > 0)
      this.#note("event-too-large", `${tooLarge} events or lines over 16 Mi characters are left out`);
    for (const { index, droppedFragments } of this.#choices.values()) {
      if (droppedFragments === 0) continue;
      this.#note(
        "too-many-calls",
        `choice ${index}: ${droppedFragments} fragments beyond 128 tool calls are left out`,
      );
    }
  }
}

/** What a body failed with: connections that break say why. */
function failureOf(cause: unknown): StreamError {
  return { message: wordsOf(cause), raw: cause };
}
