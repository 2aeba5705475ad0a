import type { ChatCompletionEmit } from "@waybill/core";

import { readFinishReason } from "./finish-reason.js";
import { Kept } from "./kept.js";
import { Logprobs } from "./logprobs.js";
import { isObject, type Members } from "./members.js";
import { Message } from "./message.js";
import type { StreamContext } from "./stream-context.js";
import type { ToolOptions } from "./tool-calls.js";
import type { UsagePlaces } from "./usage-places.js";

type CompletionChoice = ChatCompletionEmit["choices"][number];

/** How to read a choice. */
export type ChoiceOptions = ToolOptions & {
  /** Hears of usage that stands in the choice. */
  places: UsagePlaces;
};

/** One choice of a completion while its chunks come in. */
export class Choice {
  readonly index: number;
  readonly #context: StreamContext;
  readonly #options: ChoiceOptions;
  readonly #message: Message;
  readonly #kept: Kept;
  /** Whether the text came as that of a text completion. */
  #isText = false;
  #logprobs: Logprobs | undefined;
  #finish: string | null = null;
  #native: string | null = null;

  constructor(index: number, context: StreamContext, options: ChoiceOptions) {
    this.index = index;
    this.#context = context;
    this.#options = options;
    this.#message = new Message(index, context, options);
    this.#kept = new Kept(context);
  }

  /** Whether the provider said that this choice is whole. */
  get isFinished(): boolean {
    return this.#finish !== null || this.#message.isOver;
  }

  /** Whether more of the text is only put behind it, whatever it is. */
  get isSettled(): boolean {
    return this.#message.content.isSettled;
  }

  /** Adds what a chunk says of this choice. */
  add(choice: Members): void {
    const wasFinished = this.#finish !== null;
    const before = this.#context.size;
    const { delta, text } = choice;
    if (typeof text === "string" && text !== "") this.#addText(text, delta);
    if (isObject(delta)) this.#message.add(delta, delta === choice.message);
    if (wasFinished && this.#context.size > before)
      this.#note("C10", "content comes behind the finish reason; it is kept");
    for (const name in choice) {
      switch (name) {
        case "delta":
          if (choice[name] !== null && !isObject(choice[name])) this.#badMember(name, choice[name]);
          break;
        case "text":
          if (choice[name] !== null && typeof choice[name] !== "string") this.#badMember(name, choice[name]);
          break;
        // What these say is read elsewhere, or is padding.
        case "index":
        case "message":
        case "error":
        case "obfuscation":
          break;
        case "usage":
          this.#options.places.add(name, choice[name]);
          break;
        case "finish_reason":
          this.#addFinish(choice[name]);
          break;
        case "native_finish_reason":
          this.#addNative(choice[name]);
          break;
        case "logprobs":
          if (isObject(choice[name])) (this.#logprobs ??= new Logprobs(this.#context)).add(choice[name]);
          else if (choice[name] !== null) this.#badMember(name, choice[name]);
          break;
        default:
          this.#kept.add(name, choice[name]);
      }
    }
  }

  result(): CompletionChoice {
    const message = this.#message.result();
    return {
      index: this.index,
      message,
      ...(this.#isText ? { text: message.content } : {}),
      finish_reason: this.#finish ?? (this.#message.isOver ? "stop" : null),
      ...(this.#native === null ? {} : { native_finish_reason: this.#native }),
      logprobs: this.#logprobs?.result() ?? null,
      ...this.#kept.result(),
    };
  }

  /** Notes what is known only when the stream is over. */
  noteEnd(): void {
    this.#message.noteEnd(this.isFinished);
    if (this.#message.hasTools && this.#finish === "stop")
      this.#note("C11", "the finish reason is stop, although tools are called");
    if (this.#message.content.isRepeated)
      this.#note("C14", "each piece of content repeats the ones before it; the last is the whole");
  }

  /** Takes over the text of a choice that is a piece of this one (quirk C3). */
  absorb(piece: CompletionChoice): void {
    const { message, finish_reason: finish, logprobs, extra } = piece;
    this.#message.absorb(message);
    if (logprobs) (this.#logprobs ??= new Logprobs(this.#context)).add(logprobs);
    for (const [name, value] of Object.entries({
      ...extra,
      content_filter_results: piece.content_filter_results,
    }))
      this.#kept.add(name, value);
    if (finish !== null) this.#setFinish(finish, piece.native_finish_reason ?? null);
  }

  #addText(text: string, delta: unknown): void {
    if (isObject(delta) && typeof delta.content === "string" && delta.content !== "") {
      this.#note("C13", "the text stands beside the content; it is counted once");
      return;
    }
    this.#isText = true;
    this.#message.content.add(text);
  }

  #addFinish(stated: unknown): void {
    if (stated === null || stated === undefined) return;
    if (typeof stated !== "string") {
      this.#badMember("finish_reason", stated);
    } else if (stated === "" || stated === "null") {
      this.#context.noteHabit("C8", `the finish reason is "${stated}" where null is meant`, this.index);
    } else {
      const { reason, isStandard } = readFinishReason(stated);
      if (!isStandard && reason !== "error") this.#note("C9", `the finish reason is ${stated}`);
      if (this.#finish !== null)
        this.#note("C10", `a second finish reason, ${reason}; the first was ${this.#finish}`);
      this.#setFinish(reason, reason === stated ? null : stated);
    }
  }

  #setFinish(reason: string, native: string | null): void {
    this.#native = this.#finish === null ? (this.#native ?? native) : native;
    this.#finish = reason;
    this.#context.watch.note("finish");
    this.#context.revision++;
  }

  /** OpenRouter tells the upstream's own word. */
  #addNative(stated: unknown): void {
    if (typeof stated !== "string" || stated === "" || stated === this.#native) return;
    this.#native = stated;
    this.#context.revision++;
  }

  #badMember(name: string, value: unknown): void {
    this.#context.noteBadMember(name, value, this.index);
  }

  #note(code: string, message: string): void {
    this.#context.note(code, message, this.index);
  }
}
