import type { ChatCompletionEmit } from "@waybill/core";

import { weightOf, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

/** The log probabilities of a choice. */
export type LogprobsResult = NonNullable<ChatCompletionEmit["choices"][number]["logprobs"]>;

const MAX_WEIGHT = 16 * 1024 * 1024;
const MAX_LISTS = 16;

/**
 * Log probabilities of a choice: lists are put behind each other. `content` and `refusal` are OpenAI's; text completions
 * and Together's older answers have lists of other names.
 */
export class Logprobs {
  readonly #context: StreamContext;
  readonly #lists = new Map<string, unknown[]>([
    ["content", []],
    ["refusal", []],
  ]);
  #hasAny = false;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  add(logprobs: Members): void {
    this.#hasAny = true;
    this.#context.revision++;
    for (const name in logprobs) {
      const value = logprobs[name];
      if (!Array.isArray(value) || name === "__proto__") continue;
      const weight = weightOf(value, MAX_WEIGHT);
      const isKept = weight !== Infinity && (this.#lists.has(name) || this.#lists.size < MAX_LISTS);
      if (!isKept) this.#context.note("too-large", "log probabilities are too much to be kept");
      else if (this.#context.hold(weight)) this.#append(name, value);
    }
  }

  #append(name: string, items: readonly unknown[]): void {
    const known = this.#lists.get(name);
    if (!known) this.#lists.set(name, [...items]);
    else for (const item of items) known.push(item);
  }

  result(): LogprobsResult | null {
    if (!this.#hasAny) return null;
    const isEmpty = (name: string, list: unknown[]) =>
      list.length === 0 && (name === "content" || name === "refusal");
    const entries = [...this.#lists].map(([name, list]) => [name, isEmpty(name, list) ? null : list]);
    return Object.fromEntries(entries) as LogprobsResult;
  }
}
