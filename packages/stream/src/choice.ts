import type { ChatCompletionChunk, ChatCompletionEmit } from "@waybill/core";

import type { Stopwatch } from "./timing.js";
import { ToolCalls } from "./tool-calls.js";

type ChunkChoice = NonNullable<ChatCompletionChunk["choices"]>[number];
type Delta = NonNullable<ChunkChoice["delta"]>;
type CompletionChoice = ChatCompletionEmit["choices"][number];
type Logprobs = NonNullable<CompletionChoice["logprobs"]>;

/** Finish reasons that mean one of OpenAI's in other words. */
const aliases: Record<string, string> = {
  eos: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_length: "length",
  tool_use: "tool_calls",
};

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
  #role = "";
  #finish: string | null = null;

  constructor(index: number) {
    this.index = index;
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
      this.#content.push(content);
      if (content !== "") watch.note("firstContent");
    }
    if (typeof refusal === "string") {
      this.#refusal.push(refusal);
      if (refusal !== "") watch.note("firstContent");
    }
    const reasoning = delta.reasoning_content ?? delta.reasoning;
    if (reasoning) {
      this.#reasoning.push(reasoning);
      watch.note("firstReasoning");
    }
    for (const fragment of delta.tool_calls ?? []) {
      this.#hasTools = true;
      this.#tools.add(fragment);
      watch.note("firstTool");
    }
    if (delta.function_call) {
      const { name, arguments: text } = delta.function_call;
      this.#functionCall ??= { name: "", arguments: "" };
      this.#functionCall.name ||= name ?? "";
      this.#functionCall.arguments += typeof text === "string" ? text : "";
      watch.note("firstTool");
    }
  }

  #addLogprobs({ content, refusal }: Logprobs): void {
    this.#logprobs ??= { content: null, refusal: null };
    if (content) (this.#logprobs.content ??= []).push(...content);
    if (refusal) (this.#logprobs.refusal ??= []).push(...refusal);
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
      finish_reason: this.#finish === null ? null : (aliases[this.#finish.toLowerCase()] ?? this.#finish),
      logprobs: this.#logprobs,
    };
  }
}
