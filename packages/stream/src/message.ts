import type { ChatCompletionEmit } from "@waybill/core";

import { Audio } from "./audio.js";
import { Content } from "./content.js";
import { Kept } from "./kept.js";
import { isObject, jsonText, type Members } from "./members.js";
import { Parts } from "./parts.js";
import { Reasoning } from "./reasoning.js";
import type { StreamContext } from "./stream-context.js";
import { Text } from "./text.js";
import { ToolCalls, type ToolOptions } from "./tool-calls.js";

type CompletionMessage = ChatCompletionEmit["choices"][number]["message"];

/** The message of a choice while its deltas come in. */
export class Message {
  readonly #context: StreamContext;
  /** The index of the choice. */
  readonly #choice: number;
  readonly #options: ToolOptions;
  readonly #parts: Parts;
  readonly content: Content;
  readonly #kept: Kept;
  #reasoning: Reasoning | undefined;
  #tools: ToolCalls | undefined;
  /** Whether a delta came last, and no whole message. */
  #hasDeltas = false;
  #refusal: Text | undefined;
  #functionCall: { name: string; text: Text } | undefined;
  #audio: Audio | undefined;
  #role = "";

  constructor(choice: number, context: StreamContext, options: ToolOptions) {
    this.#choice = choice;
    this.#context = context;
    this.#options = options;
    this.#parts = new Parts(context);
    this.content = new Content(context, this.#parts);
    this.#kept = new Kept(context);
  }

  /** Whether a spoken answer is over: some models say it so, and give no finish reason. */
  get isOver(): boolean {
    return this.#audio?.isOver === true;
  }

  get hasTools(): boolean {
    return this.#tools !== undefined;
  }

  /** Adds a delta, or a whole message in place of one. */
  add(delta: Members, isWhole: boolean): void {
    this.#addDelta(isWhole && this.#hasDeltas ? this.#withoutRepeats(delta) : delta);
    this.#hasDeltas = !isWhole;
  }

  result(): CompletionMessage {
    const tools = this.#tools?.result();
    const ordered = this.#parts.ordered(tools?.places);
    const functionCall = this.#functionCall;
    return {
      role: this.#role || "assistant",
      content: this.content.value,
      refusal: this.#refusal?.toString() ?? null,
      ...this.#reasoning?.result(),
      ...(tools && tools.calls.length > 0 ? { tool_calls: tools.calls } : {}),
      ...(functionCall
        ? { function_call: { name: functionCall.name, arguments: functionCall.text.toString() } }
        : {}),
      ...(this.#audio ? { audio: this.#audio.result() } : {}),
      ...(ordered ? { ordered_parts: ordered } : {}),
      ...this.#kept.result(),
    };
  }

  /** Notes what is known only when the stream is over. `isFinished`: the provider says that this is all. */
  noteEnd(isFinished: boolean): void {
    this.#tools?.noteEnd(isFinished);
  }

  /** Takes over the text of a message that is a piece of this one (quirk C3). */
  absorb({ reasoning_content: reasoning, reasoning_source: source, content }: CompletionMessage): void {
    if (reasoning) this.#openReasoning().text(reasoning, source ?? "reasoning_content");
    if (content !== null) this.content.add(content);
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
          if (isText) this.content.add(value);
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
          if (!isSpelling(name, value)) this.#kept.add(name, value);
          // All spellings at once, when the first of them is met.
          else if (!hasReasoning) {
            this.#openReasoning().add(delta);
            hasReasoning = true;
          }
          continue;
        case "obfuscation":
          continue;
        default:
          this.#kept.add(name, value);
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

  /** Content as a list of parts (quirk C7): text is content, thinking is reasoning, and the rest is kept in order. */
  #addParts(parts: readonly unknown[]): void {
    this.#note("C7", "the content is a list of parts");
    for (const part of parts) {
      if (typeof part === "string") this.content.add(part);
      else if (isObject(part) && typeof part.text === "string" && part.type !== "thinking")
        this.content.add(part.text);
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
    return (this.#reasoning ??= new Reasoning(this.#context, this.#parts, this.#choice));
  }

  #openTools(): ToolCalls {
    return (this.#tools ??= new ToolCalls(this.#context, this.#parts, this.#choice, this.#options));
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

  #badMember(name: string, value: unknown): void {
    this.#context.noteBadMember(name, value, this.#choice);
  }

  #note(code: string, message: string): void {
    this.#context.note(code, message, this.#choice);
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
