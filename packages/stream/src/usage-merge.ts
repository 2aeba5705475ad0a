import type { Usage } from "@waybill/core";

import { isObject, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

/** Usage objects are flat; what is nested deeper, or has more members, is none and could only do harm. */
const MAX_DEPTH = 4;
const MAX_MEMBERS = 500;

/**
 * The usage of a stream, merged from every usage object on it, member by member. A later value wins, but null never
 * erases a value, and a later 0 erases a number only when it stands in the stream's last word on usage (a chunk without
 * choices, or the last of all, that has both main counts and not only zeros). Values are never added up: providers that
 * repeat usage repeat running totals.
 */
export class UsageMerge {
  readonly #context: StreamContext;
  #usage: Members | null = null;
  #members = 0;
  /** The last usage object and the number of its chunk. */
  #last: Members | undefined;
  #lastChunk = -1;
  #hasEmpty = false;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  get value(): Usage | null {
    return this.#usage;
  }

  /** Adds the usage object of the chunk at hand. `isTerminal`: the chunk has no choices. */
  add(later: Members, isTerminal: boolean): void {
    const isEmpty =
      !isPositive(later.prompt_tokens) && !isPositive(later.completion_tokens) && isAllZero(later);
    if (isEmpty && !this.#hasEmpty) {
      this.#hasEmpty = true;
      this.#context.revision++;
    }
    this.#last = later;
    this.#lastChunk = this.#context.chunk;
    if (this.#usage === null) {
      this.#usage = {};
      this.#context.revision++;
    }
    this.#merge(this.#usage, later, isTerminal && hasBothCounts(later), 1);
  }

  /** Says that the stream is over, so that the last chunk is known to be the last. */
  end(): void {
    if (!this.#usage || !this.#last) return;
    if (this.#lastChunk === this.#context.chunk && hasBothCounts(this.#last))
      this.#merge(this.#usage, this.#last, true, 1);
    if (this.#hasEmpty && !isAllZero(this.#usage))
      this.#context.note(
        "U5",
        "a usage object without numbers stands beside one with numbers, which is kept",
      );
  }

  #merge(known: Members, later: Members, zerosCount: boolean, depth: number): void {
    for (const name of Object.keys(later)) {
      const value = later[name];
      const isKnown = Object.hasOwn(known, name);
      // An own `__proto__` would be a setter call here.
      if (name === "__proto__" || (!isKnown && this.#members >= MAX_MEMBERS)) continue;
      if (!isKnown) {
        this.#members++;
        this.#context.revision++;
      }
      const before = isKnown ? known[name] : undefined;
      if (isObject(value)) {
        if (depth >= MAX_DEPTH) continue;
        const inner: Members = isObject(before) ? before : {};
        known[name] = inner;
        this.#merge(inner, value, zerosCount, depth + 1);
      } else if (value === null || value === undefined) {
        if (!isKnown) known[name] = null;
      } else if (Array.isArray(value)) {
        // No provider counts in arrays that matter here, and an array may nest as deep as it likes.
        if (value.every((item) => typeof item !== "object" || item === null)) known[name] = value;
      } else if (value !== 0 || zerosCount || !isPositive(before)) {
        known[name] = value;
      }
    }
  }
}

/** Whether a usage object can be the last word: both main counts, and not only zeros. */
function hasBothCounts({ prompt_tokens: prompt, completion_tokens: completion }: Members): boolean {
  const areNumbers = typeof prompt === "number" && typeof completion === "number";
  return areNumbers && (isPositive(prompt) || isPositive(completion));
}

/** Whether no member of a usage object counts anything. */
function isAllZero(usage: Members): boolean {
  return Object.values(usage).every((value) => (isObject(value) ? isAllZero(value) : !isPositive(value)));
}

function isPositive(value: unknown): boolean {
  return typeof value === "string" ? Number(value) > 0 : typeof value === "number" && value > 0;
}
