import type { ChatCompletionEmit } from "@waybill/core";

import { Audio } from "./audio.js";
import { readFinishReason } from "./finish-reason.js";
import { Kept } from "./kept.js";
import { Logprobs } from "./logprobs.js";
import { isObject, jsonText, type Members } from "./members.js";
import { Parts } from "./parts.js";
import { Reasoning } from "./reasoning.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";
import { ToolCalls, type ToolOptions } from "./tool-calls.js";
import type { UsagePlaces } from "./usage-places.js";

type CompletionChoice = ChatCompletionEmit["choices"][number];

/** A stream is believed to repeat its text from this many pieces and characters on (quirk C14). */
const MIN_REPEATS = 5;
const MIN_REPEATED = 16;

/** How to read a choice. */
export type ChoiceOptions = ToolOptions & {
  /** Hears of usage that stands in the choice. */
  places: UsagePlaces;
};

/** One choice of a completion while its chunks come in. */
export class Choice {
  readonly index: number;
  readonly #context: StreamContext;
  readonly #parts: Parts;
  readonly #options: ChoiceOptions;
  readonly #kept: Kept;
  readonly #messageKept: Kept;
  #reasoning: Reasoning | undefined;
  #tools: ToolCalls | undefined;
  #hasContent = false;
  /** Whether a delta came last, and no whole message. */
  #hasDeltas = false;
  /** Whether the text came as that of a text completion. */
  #isText = false;
  #refusal: Text | undefined;
  #functionCall: { name: string; text: Text } | undefined;
  #logprobs: Logprobs | undefined;
  #audio: Audio | undefined;
  #role = "";
  #finish: string | null = null;
  #native: string | null = null;
  /** The last piece of content, as long as each one began with the one before it. */
  #repeated: string | undefined = "";
  #repeats = 0;

  constructor(index: number, context: StreamContext, options: ChoiceOptions) {
    this.index = index;
    this.#context = context;
    this.#parts = new Parts(context);
    this.#options = options;
    this.#kept = new Kept(context);
    this.#messageKept = new Kept(context);
  }

  /** Whether the provider said that this choice is whole. */
  get isFinished(): boolean {
    return this.#finish !== null || this.#audio?.isOver === true;
  }

  /** Whether more of the text is only put behind it, whatever it is. */
  get isSettled(): boolean {
    return this.#repeated === undefined || this.#repeated === "";
  }

  /** Adds what a chunk says of this choice. */
  add(choice: Members): void {
    const wasFinished = this.#finish !== null;
    const before = this.#context.size;
    const { delta, text } = choice;
    if (typeof text === "string" && text !== "") this.#addText(text, delta);
    if (isObject(delta)) {
      const isWhole = delta === choice.message;
      this.#addDelta(isWhole && this.#hasDeltas ? this.#withoutRepeats(delta) : delta);
      this.#hasDeltas = !isWhole;
    }
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
    const tools = this.#tools?.result();
    const ordered = this.#parts.ordered(tools?.places);
    const content = this.#hasContent ? this.#parts.join("text") : null;
    const functionCall = this.#functionCall;
    const native = this.#native;
    return {
      index: this.index,
      message: {
        role: this.#role || "assistant",
        content,
        refusal: this.#refusal?.toString() ?? null,
        ...this.#reasoning?.result(),
        ...(tools && tools.calls.length > 0 ? { tool_calls: tools.calls } : {}),
        ...(functionCall
          ? { function_call: { name: functionCall.name, arguments: functionCall.text.toString() } }
          : {}),
        ...(this.#audio ? { audio: this.#audio.result() } : {}),
        ...(ordered ? { ordered_parts: ordered } : {}),
        ...this.#messageKept.result(),
      },
      ...(this.#isText ? { text: content } : {}),
      finish_reason: this.#finish ?? (this.#audio?.isOver ? "stop" : null),
      ...(native === null ? {} : { native_finish_reason: native }),
      logprobs: this.#logprobs?.result() ?? null,
      ...this.#kept.result(),
    };
  }

  /** Notes what is known only when the stream is over. */
  noteEnd(): void {
    this.#tools?.noteEnd(this.isFinished);
    if (this.#tools && this.#finish === "stop")
      this.#note("C11", "the finish reason is stop, although tools are called");
    if (this.#repeats >= MIN_REPEATS)
      this.#note("C14", "each piece of content repeats the ones before it; the last is the whole");
  }

  /** Takes over the text of a choice that is a piece of this one (quirk C3). */
  absorb(piece: CompletionChoice): void {
    const { message, finish_reason: finish, logprobs, extra } = piece;
    if (message.reasoning_content)
      this.#openReasoning().text(message.reasoning_content, message.reasoning_source ?? "reasoning_content");
    if (message.content !== null) this.#addContent(message.content);
    if (logprobs) (this.#logprobs ??= new Logprobs(this.#context)).add(logprobs);
    for (const [name, value] of Object.entries({
      ...extra,
      content_filter_results: piece.content_filter_results,
    }))
      this.#kept.add(name, value);
    if (finish !== null) this.#setFinish(finish, piece.native_finish_reason ?? null);
  }

  /** A whole message behind its own deltas, without what they have told. */
  #withoutRepeats(message: Members): Members {
    const thinking = this.#parts.join("thinking");
    const told: Members = {
      content: this.#parts.join("text"),
      reasoning_content: thinking,
      reasoning: thinking,
      refusal: this.#refusal?.toString(),
    };
    const rest = Object.entries(message).filter(([name, value]) => value !== told[name] || value === "");
    const { tool_calls: calls, ...others } = Object.fromEntries(rest);
    const areTold =
      Array.isArray(calls) && calls.every((call) => isObject(call) && this.#tools?.has(call.id));
    return areTold || calls === undefined ? others : { ...others, tool_calls: calls };
  }

  #addDelta(delta: Members): void {
    let hasReasoning = false;
    for (const name in delta) {
      const value = delta[name];
      if (value === null || value === undefined) continue;
      const isText = typeof value === "string";
      switch (name) {
        case "content":
          if (isText) this.#addContent(value);
          else if (Array.isArray(value)) this.#addParts(value);
          else break;
          continue;
        case "role":
          if (!isText) break;
          this.#addRole(value);
          continue;
        case "refusal":
          if (!isText) break;
          this.#addRefusal(value);
          continue;
        case "tool_calls":
          if (!Array.isArray(value)) break;
          this.#addTools(value);
          continue;
        case "function_call":
          if (!isObject(value)) break;
          this.#addFunctionCall(value);
          continue;
        case "audio":
          if (!isObject(value)) break;
          (this.#audio ??= new Audio(this.#context)).add(value);
          continue;
        case "reasoning_content":
        case "reasoning":
        case "reasoning_details":
        case "thinking_blocks":
          if (!isSpelling(name, value)) this.#messageKept.add(name, value);
          // All spellings at once, when the first of them is met.
          else if (!hasReasoning) {
            this.#openReasoning().add(delta);
            hasReasoning = true;
          }
          continue;
        case "obfuscation":
          continue;
        default:
          this.#messageKept.add(name, value);
          continue;
      }
      this.#badMember(name, value);
    }
  }

  #addRole(role: string): void {
    if (role === "" || role === this.#role) return;
    if (this.#role === "") this.#role = role;
    else this.#note("role-changed", `the role is ${role}, and was ${this.#role}; the first is kept`);
    this.#context.revision++;
  }

  #addContent(content: string): void {
    if (!this.#hasContent) {
      this.#hasContent = true;
      this.#context.revision++;
    }
    if (content === "") return;
    if (this.#repeated !== undefined && this.#isRepeat(content)) return;
    this.#append(content);
  }

  #append(content: string): void {
    this.#context.append(this.#parts.open("text"), content);
    if (this.#context.watch.note("firstContent")) this.#context.revision++;
  }

  /**
   * Whether the piece is all of the text so far, and more of it (quirk C14). A few such pieces may be chance; when there
   * are more, the text is only what the last one adds.
   */
  #isRepeat(content: string): boolean {
    const known = this.#repeated as string;
    const isBelieved = this.#repeats >= MIN_REPEATS;
    if (!content.startsWith(known) || (content === known && !isBelieved)) {
      this.#repeated = undefined;
      return false;
    }
    this.#repeated = content;
    if (isBelieved) {
      if (content !== known) this.#append(content.slice(known.length));
      return true;
    }
    this.#repeats++;
    // Numbers and lines of one character grow like this, too.
    if (this.#repeats < MIN_REPEATS || content.length < MIN_REPEATED || new Set(content).size < 2) {
      this.#repeats = Math.min(this.#repeats, MIN_REPEATS - 1);
      return false;
    }
    // The pieces before this one were put behind each other.
    if (this.#context.hold(content.length)) this.#parts.replaceText(content);
    this.#context.revision++;
    return true;
  }

  #addText(text: string, delta: unknown): void {
    if (isObject(delta) && typeof delta.content === "string" && delta.content !== "") {
      this.#note("C13", "the text stands beside the content; it is counted once");
      return;
    }
    this.#isText = true;
    this.#addContent(text);
  }

  /** Content as a list of parts (quirk C7): text is content, thinking is reasoning, and the rest is kept in order. */
  #addParts(parts: readonly unknown[]): void {
    this.#note("C7", "the content is a list of parts");
    for (const part of parts) {
      if (typeof part === "string") this.#addContent(part);
      else if (isObject(part) && typeof part.text === "string" && part.type !== "thinking")
        this.#addContent(part.text);
      else if (isObject(part) && part.type === "thinking") this.#addThinking(part);
      else this.#parts.other(part);
    }
  }

  #addThinking({ thinking, text, signature }: Members): void {
    const told = textOf(thinking ?? text);
    if (told !== "") this.#openReasoning().text(told, "content");
    if (typeof signature === "string" && signature !== "") this.#parts.sign(signature);
  }

  #addRefusal(refusal: string): void {
    if (!this.#refusal) {
      this.#refusal = new Text();
      this.#context.revision++;
    }
    if (refusal === "") return;
    this.#context.append(this.#refusal, refusal);
    if (this.#context.watch.note("firstContent")) this.#context.revision++;
  }

  #addTools(fragments: readonly unknown[]): void {
    for (const fragment of fragments) {
      if (isObject(fragment)) this.#openTools().add(fragment);
      else this.#badMember("tool_calls", fragment);
      if (this.#context.watch.note("firstTool")) this.#context.revision++;
    }
  }

  #openReasoning(): Reasoning {
    return (this.#reasoning ??= new Reasoning(this.#context, this.#parts, this.index));
  }

  #openTools(): ToolCalls {
    return (this.#tools ??= new ToolCalls(this.#context, this.#parts, this.index, this.#options));
  }

  #addFunctionCall({ name, arguments: stated }: Members): void {
    if (!this.#functionCall) {
      this.#functionCall = { name: "", text: new Text() };
      this.#context.revision++;
    }
    if (typeof name === "string" && name !== "" && name !== this.#functionCall.name) {
      this.#functionCall.name = name;
      this.#context.revision++;
    }
    if (stated !== undefined && stated !== null) {
      const text = typeof stated === "string" ? stated : (jsonText(stated) ?? "");
      if (text !== stated) this.#note("F8", "arguments that are no text; they are written as JSON");
      this.#context.append(this.#functionCall.text, text);
    }
    if (this.#context.watch.note("firstTool")) this.#context.revision++;
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
    const kind = Array.isArray(value) ? "a list" : typeof value;
    this.#note("bad-member", `${name} is ${kind}, which has no meaning there; it is left out`);
  }

  #note(code: string, message: string): void {
    this.#context.note(code, message, this.index);
  }
}

/** Whether reasoning is of the kind that its name stands for: text, or a list. */
function isSpelling(name: string, value: unknown): boolean {
  return name === "reasoning_content" || name === "reasoning"
    ? typeof value === "string"
    : Array.isArray(value);
}

/** The text of a thinking part: a string, or a list of text parts. */
function textOf(thinking: unknown): string {
  if (typeof thinking === "string") return thinking;
  if (!Array.isArray(thinking)) return "";
  return thinking
    .map((part: unknown) => (isObject(part) && typeof part.text === "string" ? part.text : ""))
    .join("");
}
