import type { ChatCompletionEmit, StreamError, StreamResult } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";
import { SseReader, Stopwatch } from "@waybill/stream";

import type { Progress } from "../live-call.js";
import { isMembers, type Members } from "../members.js";
import { jsonOf } from "../sent-request.js";
import type { Answer, AnswerEnd, AnswerReader, Clocked } from "./answer.js";

/** What an event brought. */
export type Moment = "firstContent" | "firstReasoning" | "firstTool" | "finish" | "usage";

/** An API whose stream is a list of named events: what each of them adds, and the answer that they make. */
export type EventForm = {
  /** Takes an event and says what it brought. */
  add: (event: Members) => Moment | undefined;
  /** The answer so far, in the API's own form. */
  answer: () => Members;
  text: () => string;
  usage: () => Members | null;
  error: () => StreamError | undefined;
  /** How the API said that it ended; undefined while it has not. */
  status: () => StreamResult["status"] | undefined;
};

/** Events that bring a piece of the answer, as opposed to news of it. */
const pieces: ReadonlySet<Moment | undefined> = new Set(["firstContent", "firstReasoning", "firstTool"]);

/** A stream of events that are not chat chunks. */
export class EventAnswer implements AnswerReader {
  readonly #form: EventForm;
  readonly #watch: Stopwatch;
  readonly #reader: SseReader;
  readonly #maxBytes: number;
  #bytes = 0;
  #chunks = 0;
  #unreadable = 0;
  #startedAt: number;
  #now: () => number;
  #firstTokenMs: number | null = null;

  constructor(form: EventForm, { now, startedAt, maxBytes }: Clocked & { maxBytes: number }) {
    this.#form = form;
    this.#maxBytes = maxBytes;
    this.#now = now;
    this.#startedAt = startedAt;
    this.#watch = new Stopwatch(now, startedAt);
    this.#watch.headers();
    this.#reader = new SseReader(({ data }) => this.#add(data));
  }

  write(piece: Uint8Array): void {
    this.#watch.read();
    if (piece.length > 0) this.#watch.bytes();
    this.#bytes += piece.length;
    if (this.#bytes <= this.#maxBytes) this.#reader.write(piece);
  }

  end(reason: AnswerEnd, cause?: unknown): Answer {
    this.#reader.end();
    const form = this.#form;
    const stated = form.status();
    const usage = form.usage();
    const error = form.error() ?? (cause === undefined ? undefined : { message: wordsOf(cause), raw: cause });
    const isCut = this.#bytes > this.#maxBytes;
    const result: StreamResult = {
      status: stated ?? "incomplete",
      endedBy: isCut ? "limit" : stated === "error" ? "upstream" : stated ? "finish" : reason,
      // The record keeps an answer in the form that its API has for it; who reads it tells by its members.
      completion: form.answer() as unknown as ChatCompletionEmit,
      usage,
      usageSource: usage ? "provider" : "missing",
      ...(error ? { error } : {}),
      diagnostics: this.#diagnostics(isCut, stated === undefined, reason),
      timing: this.#watch.result(),
    };
    return { result };
  }

  progress(): Progress {
    return { text: this.#form.text(), chunks: this.#chunks, firstTokenMs: this.#firstTokenMs };
  }

  #add(data: string): void {
    if (data === "[DONE]") return;
    this.#watch.chunk();
    this.#chunks++;
    const event = jsonOf(data);
    if (!isMembers(event)) {
      this.#unreadable++;
      return;
    }
    const moment = this.#form.add(event);
    if (!moment) return;
    this.#watch.note(moment);
    if (pieces.has(moment)) this.#firstTokenMs ??= this.#now() - this.#startedAt;
  }

  #diagnostics(isCut: boolean, isOpen: boolean, reason: AnswerEnd): StreamResult["diagnostics"] {
    const chunk = this.#chunks;
    const { tooLarge } = this.#reader;
    const notes: [isTrue: boolean, code: string, message: string][] = [
      [
        this.#unreadable > 0,
        "bad-event",
        `${this.#unreadable} events are no JSON objects; they are left out`,
      ],
      [tooLarge > 0 || isCut, "too-large", "the stream is larger than what is kept; the rest is left out"],
      [isOpen && reason === "eof", "T6", "the stream ends before its last event"],
      [isOpen && reason === "abort", "aborted", "the reader hung up before the last event"],
      [isOpen && reason === "upstream", "broken-off", "the body broke off before the last event"],
    ];
    return notes.flatMap(([isTrue, code, message]) => (isTrue ? [{ code, message, chunk }] : []));
  }
}
