import type { ChatCompletionChunk, ChatCompletionEmit } from "@waybill/core";

import type { Stopwatch } from "./timing.js";
import { ToolCalls } from "./tool-calls.js";

type ChunkChoice = NonNullable<ChatCompletionChunk["choices"]>[number];
type Delta = NonNullable<ChunkChoice["delta"]>;
type CompletionChoice = ChatCompletionEmit["choices"][number];
type Logprobs = NonNullable<CompletionChoice["logprobs"]>;

/** Finish reasons that mean one of OpenAI's in other words. */
const aliases = new Map([
  ["eos", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["tool_use", "tool_calls"],
]);

/** One choice of a completion while its chunks come in. */
export class Choice {
  readonly index: number;
  /** Text in pieces, joined once: appending to one string makes a chain that has to be flattened later. */
  readonly #content: string[] = [];
  readonly #refusal: string[] = [];
  readonly #reasoning: string[] = [];
  readonly #tools = new ToolCalls();
  #hasTools = false;
  #functionCall: { name: string; arguments: string } | undefined;
  #logprobs: Logprobs | null = null;
  #size = 0;
  #role = "";
  #finish: string | null = null;

  constructor(index: number) {
    this.index = index;
  }

  /** Characters of text kept so far. */
  get size(): number {
    return this.#size;
  }

  /** Fragments of tool calls beyond the limit, which are lost. */
  get droppedFragments(): number {
    return this.#tools.dropped;
  }

  get isFinished(): boolean {
    return this.#finish !== null;
  }

  add(choice: ChunkChoice, watch: Stopwatch): void {
    if (choice.delta) this.#addDelta(choice.delta, watch);
    if (choice.logprobs) this.#addLogprobs(choice.logprobs);
    const { finish_reason: reason } = choice;
    // "" and "null" are what some servers write for "not yet".
    if (reason && reason !== "null") {
      this.#finish = reason;
      watch.note("finish");
    }
  }

  #addDelta(delta: Delta, watch: Stopwatch): void {
    this.#role ||= delta.role ?? "";
    const { content, refusal } = delta;
    if (typeof content === "string") {
      this.#keep(this.#content, content);
      if (content !== "") watch.note("firstContent");
    }
    if (typeof refusal === "string") {
      this.#keep(this.#refusal, refusal);
      if (refusal !== "") watch.note("firstContent");
    }
    const reasoning = delta.reasoning_content ?? delta.reasoning;
    if (reasoning) {
      this.#keep(this.#reasoning, reasoning);
      watch.note("firstReasoning");
    }
    for (const fragment of delta.tool_calls ?? []) {
      this.#hasTools = true;
      this.#size += this.#tools.add(fragment);
      watch.note("firstTool");
    }
    if (delta.function_call) {
      const { name, arguments: text } = delta.function_call;
      this.#functionCall ??= { name: "", arguments: "" };
      this.#functionCall.name ||= name ?? "";
      const more = typeof text === "string" ? text : "";
      this.#size += more.length;
      this.#functionCall.arguments += more;
      watch.note("firstTool");
    }
  }

  #keep(pieces: string[], text: string): void {
    pieces.push(text);
    this.#size += text.length;
  }

  #addLogprobs({ content, refusal }: Logprobs): void {
    this.#logprobs ??= { content: null, refusal: null };
    for (const item of content ?? []) (this.#logprobs.content ??= []).push(item);
    for (const item of refusal ?? []) (this.#logprobs.refusal ??= []).push(item);
  }

  result(): CompletionChoice {
    return {
      index: this.index,
      message: {
        role: this.#role || "assistant",
        content: this.#content.length > 0 ? this.#content.join("") : null,
        refusal: this.#refusal.length > 0 ? this.#refusal.join("") : null,
        ...(this.#reasoning.length > 0 ? { reasoning_content: this.#reasoning.join("") } : {}),
        ...(this.#hasTools ? { tool_calls: this.#tools.result() } : {}),
        ...(this.#functionCall ? { function_call: this.#functionCall } : {}),
      },
      finish_reason: this.#finish === null ? null : (aliases.get(this.#finish.toLowerCase()) ?? this.#finish),
      logprobs: this.#logprobs,
    };
  }
}
