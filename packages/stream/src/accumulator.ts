import type { ChatCompletionEmit, StreamEnd, StreamError, StreamResult, Timing } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import type { AccumulatorOptions } from "./accumulator-options.js";
import { Body } from "./body.js";
import { ErrorBody } from "./error-body.js";
import { Intake } from "./intake.js";
import { LineReader } from "./line-reader.js";
import { StreamContext } from "./stream-context.js";
import { TextPieces } from "./text-pieces.js";
import { splitThinking } from "./think-tags.js";
import { Stopwatch } from "./timing.js";
import { noteUsage } from "./usage-checks.js";
import { completeUsage } from "./usage-estimate.js";

/**
 * Gathers one chat stream, from bytes (`write`) or from parsed chunks (`push`), into one completion. Nothing that a
 * provider sends makes it throw: what is odd becomes a diagnostic, and what came before an error is kept.
 */
export class Accumulator {
  readonly #options: AccumulatorOptions;
  readonly #context: StreamContext;
  readonly #intake: Intake;
  readonly #body: Body;
  readonly #lines: LineReader;
  #text: TextPieces | undefined;
  readonly #errorBody: ErrorBody | undefined;
  #lastPushed: unknown;
  #result: StreamResult | undefined;

  /** @param isPlain read every event the plain way: for the proof that the fast way gives the same. */
  constructor(options: AccumulatorOptions = {}, isPlain = false) {
    this.#options = options;
    const watch = new Stopwatch(options.now ?? performanceNow, options.startedAt);
    this.#context = new StreamContext(watch, options.maxSize);
    this.#intake = new Intake(this.#context, options, isPlain);
    this.#body = new Body(this.#intake);
    this.#lines = new LineReader(this.#body);
    if ((options.status ?? 0) >= 400) this.#errorBody = new ErrorBody();
  }

  /** Whether `[DONE]` has come: nothing more is meant to. */
  get isDone(): boolean {
    return this.#intake.isDone;
  }

  /** Whether nothing more is read, because there is a limit to it. */
  get isOver(): boolean {
    return this.#context.isOver || this.#errorBody?.isFull === true;
  }

  /** Takes bytes of the body, or text of it, cut anywhere. The bytes are not kept. */
  write(piece: Uint8Array | string): void {
    if (this.#result) return;
    const { watch } = this.#context;
    watch.read();
    const bytes = typeof piece === "string" ? (this.#text ??= new TextPieces()).encode(piece) : piece;
    // Not by its class: bytes of another realm, such as a frame or a test environment, are bytes, too.
    if (!ArrayBuffer.isView(bytes)) {
      this.#context.note("bad-member", "a piece that is neither bytes nor text; it is left out");
      return;
    }
    if (bytes.length === 0) return;
    watch.bytes();
    if (this.#errorBody) this.#errorBody.write(bytes);
    else this.#lines.write(bytes);
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
    this.#intake.push(chunk);
  }

  /** Notes that the response's headers are here. */
  headers(): void {
    this.#context.watch.headers();
  }

  /** The completion so far. */
  snapshot(): ChatCompletionEmit {
    const { front, back } = this.#intake.head.result();
    const { usage } = this.#intake;
    return {
      id: front.id,
      object: "chat.completion",
      created: front.created,
      model: front.model,
      choices: this.#intake.choices.result(),
      ...(usage ? { usage } : {}),
      ...back,
    };
  }

  /** When things happened so far. */
  timing(): Timing {
    return this.#context.watch.result();
  }

  /** Says that nothing more comes, and why, and returns the whole. `cause` is what the body failed with. */
  finish(reason: "eof" | "abort" | "upstream" | "limit" = "eof", cause?: unknown): StreamResult {
    return (this.#result ??= this.#finish(reason, cause));
  }

  #finish(reason: StreamEnd, cause: unknown): StreamResult {
    this.#intake.guard(() => {
      if (this.#text) this.#lines.write(this.#text.end());
      this.#lines.end();
      this.#body.end();
    });
    if (this.#errorBody) this.#intake.failHttp(this.#errorBody.error(this.#options.status ?? 0));
    this.#intake.end();
    const { choices, isDone } = this.#intake;
    const isFinished = choices.areAllFinished;
    const isComplete = !this.#context.isCut && (isFinished || (isDone && choices.isAnyFinished));
    this.#noteEnd(reason, isComplete, isFinished);
    const completion = this.snapshot();
    if (this.#options.splitThink) splitThinking(completion, this.#context);
    const { usage, usageSource } = this.#completeUsage(completion);
    if (usage) {
      completion.usage = usage;
      this.#intake.guard(() => noteUsage(usage, this.#context));
    }
    const error = this.#intake.error ?? (cause === undefined ? undefined : failureOf(cause));
    return {
      status: this.#intake.error ? "error" : isComplete ? "complete" : "incomplete",
      endedBy: this.#endedBy(reason, isFinished),
      completion,
      usage,
      usageSource,
      ...(error ? { error } : {}),
      diagnostics: this.#context.diagnostics.result(),
      timing: this.#context.watch.result(),
    };
  }

  #completeUsage(completion: ChatCompletionEmit): ReturnType<typeof completeUsage> {
    try {
      return completeUsage(completion, this.#options.estimateUsage);
    } catch (error) {
      this.#context.note("estimate-failed", `the usage could not be estimated: ${wordsOf(error)}`);
      return completeUsage(completion, undefined);
    }
  }

  #endedBy(reason: StreamEnd, isFinished: boolean): StreamEnd {
    if (this.#context.isCut) return "limit";
    if (this.#intake.error) return "upstream";
    if (this.#intake.isDone) return "done";
    return isFinished && reason === "eof" ? "finish" : reason;
  }

  #noteEnd(reason: StreamEnd, isComplete: boolean, isFinished: boolean): void {
    const context = this.#context;
    const { choices, head, error, hasEvents, isDone, isBroken, isForeign, oddLine } = this.#intake;
    const isEmpty = choices.size === 0;
    if (!isEmpty && !isForeign) head.noteEnd();
    if (isComplete && !isFinished)
      context.note("C10", "[DONE] came, and not every choice has a finish reason");
    const isClean = hasEvents && !isForeign && !error && !isBroken;
    if (isComplete && isClean && !isDone && reason === "eof")
      context.note("T5", "the stream ends without [DONE]");
    if (isComplete || error || isFinished) return;
    if (reason === "eof") context.note("T6", "the stream ends before a finish reason");
    if (reason === "abort") context.note("aborted", "the reader hung up before a finish reason");
    if (reason === "upstream") context.note("broken-off", "the body broke off before a finish reason");
    if (isEmpty) context.note("no-choices", "no choice came");
    if (isEmpty && oddLine !== undefined)
      context.note("not-a-stream", `lines that are no events; the first is ${oddLine}`);
  }
}

// The global is a getter, which costs as much as the clock.
const clock = performance;
const performanceNow = () => clock.now();

/** What a body failed with: connections that break say why. */
function failureOf(cause: unknown): StreamError {
  return { message: wordsOf(cause), raw: cause };
}
