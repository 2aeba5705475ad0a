import type { CostEngine } from "@waybill/cost";
import type { LiveCall } from "@waybill/fetch";

import { membersOf, textOf } from "../ledger/members.js";

/** Characters of a token, more or less. */
const CHARACTERS = 4;

/** The price of a call while it is being answered: an estimate, of which nothing is ever added up. */
export class RunningPrice {
  readonly #engine: CostEngine;
  readonly #model: string | null;
  readonly #provider: string;
  readonly #request: object;
  #resolution: ReturnType<CostEngine["resolve"]> | undefined;
  #promptTokens: number | null | undefined;

  constructor(engine: CostEngine, { request, provider }: LiveCall) {
    this.#engine = engine;
    this.#model = textOf(membersOf(request).model);
    this.#provider = provider;
    this.#request = request;
  }

  /** Tokens of the prompt; null when the request is too large to be looked through. */
  get promptTokens(): number | null {
    if (this.#promptTokens === undefined) this.#promptTokens = promptTokensOf(this.#request);
    return this.#promptTokens;
  }

  /** USD for an answer of so many tokens so far; null when it has no price. */
  of(out: number): string | null {
    const input = this.promptTokens;
    if (this.#model === null || input === null) return null;
    const usage = { prompt_tokens: input, completion_tokens: out, total_tokens: input + out };
    this.#resolution ??= this.#engine.resolve(this.#model, this.#provider);
    const amount = this.#engine.amount(this.#resolution, usage);
    if (amount) return amount.exact;
    return this.#engine.price({ model: this.#model, provider: this.#provider, usage }).exact;
  }
}

/** The members of a request that become the prompt. */
const prompts = ["messages", "prompt", "input", "instructions", "system", "tools", "functions"];

/** Values that are looked at before one gives up. */
const MOST_VALUES = 100_000;

/** About how many tokens a request's prompt has. Images and sounds are not text, and not counted. */
export function promptTokensOf(request: object): number | null {
  const members = membersOf(request);
  const waiting: unknown[] = prompts.map((name) => members[name]);
  let [characters, values] = [0, 0];
  while (waiting.length > 0) {
    if (++values > MOST_VALUES) return null;
    const value = waiting.pop();
    if (typeof value === "string") {
      if (!value.startsWith("data:")) characters += value.length;
    } else if (Array.isArray(value)) {
      if (value.length > MOST_VALUES) return null;
      for (const each of value as unknown[]) waiting.push(each);
    } else if (typeof value === "object" && value !== null) {
      for (const each of Object.values(value)) waiting.push(each);
    }
  }
  return Math.ceil(characters / CHARACTERS);
}
