import type { ChatCompletionEmit, StreamEnd, StreamError, StreamResult, Usage } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import { Body } from "./body.js";
import { Choices } from "./choices.js";
import { readChunk } from "./chunk-reader.js";
import { EventIds } from "./event-ids.js";
import { Head } from "./head.js";
import { LineReader } from "./line-reader.js";
import { isObject, type Members } from "./members.js";
import type { RawEvent, SseEvent } from "./sse-decoder.js";
import { findError, toStreamError, type StatedError } from "./stated-error.js";
import { StreamContext } from "./stream-context.js";
import { Templates } from "./templates.js";
import { TextPieces } from "./text-pieces.js";
import { splitThinking } from "./think-tags.js";
import { Stopwatch } from "./timing.js";
import { noteUsage } from "./usage-checks.js";
import { completeUsage } from "./usage-estimate.js";
import { isAllZero, UsageMerge } from "./usage-merge.js";
import { UsagePlaces } from "./usage-places.js";

/** How to read a stream, and how to measure its time. */
export type AccumulatorOptions = {
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  now?: () => number;
  /** When the request was sent, on the same clock; the moment of construction by default. */
  startedAt?: number;
  /** What is known of the request: `n` tells choices from counters, `stream: false` expects a JSON body. */
  request?: { n?: number | null; stream?: boolean | null };
  /** Take `<think>` and `<reasoning>` at the front of the content for reasoning (quirk R5). */
  splitThink?: boolean;
  /** Append pieces of a tool's name that differ, for servers that send names in pieces (quirk F9). */
  splitNames?: boolean;
  /** Keep the last `obfuscation` padding, under `extra`. */
  keepObfuscation?: boolean;
  /** The most text to keep, in UTF-16 units; 64 Mi by default. */
  maxSize?: number;
  /** Fills in counts that the provider did not send; called once, at the end, only when a main count is missing. */
  estimateUsage?: (completion: ChatCompletionEmit) => Pick<Usage, "prompt_tokens" | "completion_tokens">;
};

/** `[DONE]` with spaces around it is shorter. */
const MAX_DONE = 64;

/** The most data lines of one event that are tried as chunks of their own. */
const MAX_LINES = 65_536;

/**
 * Gathers one chat stream, from bytes (`write`) or from parsed chunks (`push`), into one completion. Nothing that a
 * provider sends makes it throw: what is odd becomes a diagnostic, and what came before an error is kept.
 */
export class Accumulator {
  readonly #options: AccumulatorOptions;
  readonly #context: StreamContext;
  readonly #body: Body;
  readonly #lines: LineReader;
  #text: TextPieces | undefined;
  #ids: EventIds | undefined;
  readonly #head: Head;
  readonly #choices: Choices;
  readonly #usage: UsageMerge;
  readonly #places: UsagePlaces;
  readonly #templates: Templates | undefined;
  #error: StreamError | undefined;
  #isDone = false;
  /** Whether anything came that a chat stream is made of. */
  #hasEvents = false;
  #isForeign = false;
  /** Whether the last event was broken: then the stream was cut, and no more is missing for it. */
  #isBroken = false;
  #unknownLine: string | undefined;
  #lastPushed: unknown;
  /** The value of the event at hand. */
  #value: unknown;
  #result: StreamResult | undefined;

  /** @param isPlain read every event the plain way: for the proof that the fast way gives the same. */
  constructor(options: AccumulatorOptions = {}, isPlain = false) {
    const now = options.now ?? performanceNow;
    this.#options = options;
    this.#context = new StreamContext(new Stopwatch(now, options.startedAt), options.maxSize);
    this.#usage = new UsageMerge(this.#context);
    this.#places = new UsagePlaces(this.#context);
    this.#head = new Head(this.#context, this.#places, options.keepObfuscation === true);
    this.#choices = new Choices(this.#context, {
      n: options.request?.n ?? undefined,
      splitNames: options.splitNames === true,
      places: this.#places,
    });
    this.#body = new Body({
      event: (event, raw, hasId) => this.#takeEvent(event, raw, hasId),
      take: (bench, start, end) => this.#templates?.take(bench, start, end) ?? start,
      value: (value, isAlone) => this.#takeJson(value, isAlone),
      notJson: (text) => this.#take(() => this.#noteBroken(text)),
      tooLarge: () => this.#context.note("event-too-large", "an event over 16 Mi characters is left out"),
      unknownLine: (line) => (this.#unknownLine ??= line.slice(0, 80)),
    });
    this.#lines = new LineReader(this.#body);
    this.#templates = isPlain
      ? undefined
      : new Templates(this.#context, options.keepObfuscation !== true, (usage) =>
          this.#addUsage(usage, false),
        );
  }

  /** Whether `[DONE]` has come: nothing more is meant to. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether nothing more is read, because there is a limit to the number of chunks. */
  get isOver(): boolean {
    return this.#context.isOver;
  }

  /** Takes bytes of the body, or text of it, cut anywhere. The bytes are not kept. */
  write(piece: Uint8Array | string): void {
    if (this.#result) return;
    const { watch } = this.#context;
    watch.read();
    const bytes = typeof piece === "string" ? (this.#text ??= new TextPieces()).encode(piece) : piece;
    if (!(bytes instanceof Uint8Array)) {
      this.#note("bad-member", "a piece that is neither bytes nor text; it is left out");
      return;
    }
    if (bytes.length === 0) return;
    watch.bytes();
    this.#lines.write(bytes);
  }

  /** Takes a parsed chunk. The same object twice in a row is a delivery repeated, and counts once. */
  push(chunk: unknown): void {
    if (this.#result) return;
    this.#context.watch.read();
    if (typeof chunk === "object" && chunk !== null && chunk === this.#lastPushed) {
      this.#context.note("duplicate", "the same chunk again; it counts once");
      return;
    }
    this.#lastPushed = chunk;
    this.#take(() => this.#readValue(chunk, isObject(chunk) && chunk.object === "chat.completion"));
  }

  /** Notes that the response's headers are here. */
  headers(): void {
    this.#context.watch.headers();
  }

  /** The completion so far. */
  snapshot(): ChatCompletionEmit {
    const { front, back } = this.#head.result();
    const usage = this.#pickUsage();
    return {
      id: front.id,
      object: "chat.completion",
      created: front.created,
      model: front.model,
      choices: this.#choices.result(),
      ...(usage ? { usage } : {}),
      ...back,
    };
  }

  /** Says that nothing more comes, and why, and returns the whole. `cause` is what the body failed with. */
  finish(reason: "eof" | "abort" | "upstream" | "limit" = "eof", cause?: unknown): StreamResult {
    return (this.#result ??= this.#finish(reason, cause));
  }

  #finish(reason: StreamEnd, cause: unknown): StreamResult {
    this.#guard(() => {
      if (this.#text) this.#lines.write(this.#text.end());
      this.#lines.end();
      this.#body.end();
    });
    this.#guard(() => this.#choices.end());
    this.#guard(() => this.#usage.end());
    this.#guard(() => this.#places.end());
    const { isFull, isOver } = this.#context;
    const isFinished = this.#choices.areAllFinished;
    const isComplete = !isFull && !isOver && (isFinished || (this.#isDone && this.#choices.isAnyFinished));
    this.#noteEnd(reason, isComplete, isFinished);
    const completion = this.snapshot();
    if (this.#options.splitThink) splitThinking(completion, this.#context);
    const { usage, usageSource } = this.#completeUsage(completion);
    if (usage) {
      completion.usage = usage;
      this.#guard(() => noteUsage(usage, this.#context));
    }
    const error = this.#error ?? (cause === undefined ? undefined : failureOf(cause));
    return {
      status: this.#error ? "error" : isComplete ? "complete" : "incomplete",
      endedBy: this.#endedBy(reason, isFinished),
      completion,
      usage,
      usageSource,
      ...(error ? { error } : {}),
      diagnostics: this.#context.diagnostics.result(),
      timing: this.#context.watch.result(),
    };
  }

  /** The usage of the chunks; what stands elsewhere when that counts nothing, and the other does. */
  #pickUsage(): Usage | null {
    const [own, other] = [this.#usage.value, this.#places.value];
    if (!own || !other) return own ?? other;
    return isAllZero(own) && !isAllZero(other) ? other : own;
  }

  #completeUsage(completion: ChatCompletionEmit): ReturnType<typeof completeUsage> {
    try {
      return completeUsage(completion, this.#options.estimateUsage);
    } catch (error) {
      this.#note("estimate-failed", `the usage could not be estimated: ${wordsOf(error)}`);
      return completeUsage(completion, undefined);
    }
  }

  #endedBy(reason: StreamEnd, isFinished: boolean): StreamEnd {
    if (this.#context.isFull || this.#context.isOver) return "limit";
    if (this.#error) return "upstream";
    if (this.#isDone) return "done";
    return isFinished && reason === "eof" ? "finish" : reason;
  }

  #noteEnd(reason: StreamEnd, isComplete: boolean, isFinished: boolean): void {
    const context = this.#context;
    const isEmpty = this.#choices.size === 0;
    if (!isEmpty && !this.#isForeign) this.#head.noteEnd();
    if (isComplete && !isFinished)
      context.note("C10", "[DONE] came, and not every choice has a finish reason");
    const isClean = !this.#error && !this.#isBroken;
    if (isComplete && this.#hasEvents && !this.#isDone && reason === "eof" && isClean)
      context.note("T5", "the stream ends without [DONE]");
    if (isComplete || this.#error || isFinished) return;
    if (reason === "eof") context.note("T6", "the stream ends before a finish reason");
    if (reason === "abort") context.note("aborted", "the reader hung up before a finish reason");
    if (reason === "upstream") context.note("broken-off", "the body broke off before a finish reason");
    if (isEmpty) context.note("no-choices", "no choice came");
    if (isEmpty && this.#unknownLine !== undefined)
      context.note("not-a-stream", `lines that are no events; the first is ${this.#unknownLine}`);
  }

  #takeEvent({ event, data, id }: SseEvent, raw: RawEvent | undefined, hasId: boolean): void {
    const context = this.#context;
    this.#hasEvents = true;
    if (isDone(data)) {
      this.#readDone(data);
      return;
    }
    if (hasId && (this.#ids ??= new EventIds()).isRepeated(id, data)) {
      this.#note("duplicate", `the event ${id} again; it counts once`);
      return;
    }
    if (!context.begin()) return;
    const { revision, size } = context;
    const { isDated } = this.#head;
    this.#value = undefined;
    this.#guard(() => this.#readEvent(event, data));
    if (raw && this.#choices.isSettled) this.#templates?.learn(raw, this.#value, revision, size, isDated);
  }

  #takeJson(value: unknown, isAlone: boolean): void {
    this.#take(() => {
      const isWhole = isAlone && isObject(value) && !isDelta(value);
      const isExpected = this.#options.request?.stream === false;
      if (!isAlone || isDelta(value)) this.#note("T14", "a value on each line, and no event stream");
      else if (!isExpected && !isFailure(value)) this.#note("T9", "one JSON body, and no stream");
      if (!Array.isArray(value)) this.#readValue(value, isWhole);
      else for (const item of value) this.#readValue(item, false);
    });
  }

  /** Reads a chunk. */
  #take(read: () => void): void {
    if (this.#context.begin()) this.#guard(read);
  }

  /** Does something with what was sent. Whatever that is, it must not take the rest with it. */
  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#note("unreadable", `passed over: ${wordsOf(error)}`);
    }
  }

  #readEvent(name: string, data: string): void {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      this.#readText(name, data);
      return;
    }
    this.#value = value;
    this.#isBroken = false;
    this.#readValue(value, false, name === "error" ? "T8" : undefined);
  }

  #readDone(data: string): void {
    this.#context.revision++;
    if (this.#isDone) this.#note("T12", "[DONE] came twice");
    else if (data !== "[DONE]") this.#note("T12", "spaces around [DONE]");
    this.#isDone = true;
  }

  /** Reads the data of an event that are no JSON. */
  #readText(name: string, data: string): void {
    const text = data.trim();
    if (name === "error") {
      this.#fail({ code: "T8", error: { message: text, raw: text } });
      return;
    }
    // Several lines of data are one text by the standard, and some services mean several chunks.
    const lines = text.split("\n", MAX_LINES + 1);
    if (text === "") this.#note("T13", "an event without content");
    else if (lines.length === 1 || lines.length > MAX_LINES) this.#noteBroken(text);
    else
      for (const line of lines)
        if (isDone(line)) this.#readDone(line);
        else this.#readEvent(name, line);
  }

  #noteNoChoices(stated: unknown): void {
    if (stated === undefined || stated === null) this.#note("C1", "a chunk without choices");
    else this.#note("bad-member", `choices is ${typeof stated}, and no list; it is left out`);
  }

  #noteBroken(text: string): void {
    this.#isBroken = true;
    this.#note("T10", `not JSON, or cut off: ${text.slice(0, 80)}`);
  }

  /**
   * @param isWhole whether a whole answer is no surprise here.
   * @param failure the code of the error that the value is, because its event says so.
   */
  #readValue(value: unknown, isWhole: boolean, failure?: string): void {
    const reading = readChunk(value);
    if (failure) this.#fail({ code: failure, error: toStreamError(value) });
    if (reading.kind === "odd") {
      if (!failure) this.#note(reading.code, reading.message);
      return;
    }
    const { chunk, choices, hasMessages, isForeign } = reading;
    const error = failure === undefined ? reading.error : undefined;
    if (isForeign) this.#isForeign = true;
    if (error) this.#fail(error);
    const hasFailed = failure !== undefined || error !== undefined;
    if (hasFailed && !Array.isArray(chunk.choices) && !isObject(chunk.usage)) return;
    if (this.#isDone) this.#note("T12", "a chunk behind [DONE]");
    if (!hasFailed && !Array.isArray(chunk.choices)) this.#noteNoChoices(chunk.choices);
    if (hasMessages && !isWhole) this.#note("C4", "a message in place of a delta");
    this.#add(chunk, choices);
  }

  #add(chunk: Members, choices: readonly unknown[]): void {
    const { watch } = this.#context;
    watch.chunk();
    if (isObject(chunk.usage)) this.#addUsage(chunk.usage, choices.length === 0);
    else if (chunk.usage !== undefined && chunk.usage !== null)
      this.#note("bad-member", `usage is ${typeof chunk.usage}, and no object; it is left out`);
    this.#head.add(chunk);
    this.#choices.add(choices);
  }

  #addUsage(usage: Members, isTerminal: boolean): void {
    this.#usage.add(usage, isTerminal);
    this.#context.watch.note("usage");
  }

  #fail({ code, error }: StatedError): void {
    this.#note(code, `the stream carries an error: ${error.message}`);
    this.#error ??= error;
  }

  #note(code: string, message: string): void {
    this.#context.note(code, message);
  }
}

// The global is a getter, which costs as much as the clock.
const clock = performance;
const performanceNow = () => clock.now();

/** What a body failed with: connections that break say why. */
function failureOf(cause: unknown): StreamError {
  return { message: wordsOf(cause), raw: cause };
}

/** Before it is parsed: an exception costs as much as ten events. */
function isDone(data: string): boolean {
  return data.length < MAX_DONE && data.trim() === "[DONE]";
}

/** Whether a value is a piece of a stream, and no whole answer. */
function isDelta(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value.choices)) return false;
  return value.choices.some((choice: unknown) => isObject(choice) && isObject(choice.delta));
}

function isFailure(value: unknown): boolean {
  return isObject(value) && findError(value, []) !== undefined;
}
