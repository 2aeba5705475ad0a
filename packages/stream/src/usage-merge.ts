import type { Usage } from "@waybill/core";

import { isObject, weightOf, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

/** Usage objects are flat; what is nested deeper, or has more members, is none and could only do harm. */
const MAX_DEPTH = 4;
const MAX_MEMBERS = 500;
const MAX_TEXT = 1024;
const MAX_LIST = 64 * 1024;

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
    for (const name in later) {
      const told = later[name];
      const last = known[name];
      // What most members are, on servers that send usage with every chunk: the same again, a count that grows, details.
      if (told === last && told !== undefined) continue;
      if (typeof told === "number" && typeof last === "number" && told !== 0) {
        known[name] = told;
        continue;
      }
      if (isObject(told) && isObject(last) && Object.hasOwn(known, name)) {
        this.#merge(last, told, zerosCount, depth + 1);
        continue;
      }
      // PHP writes an empty object as a list.
      const value = isEmptyList(told) ? null : told;
      const isKnown = Object.hasOwn(known, name);
      if (!isMeant(name, value)) {
        this.#context.note("bad-member", `${name} of the usage is ${typeof value}; it is left out`);
        continue;
      }
      // An own `__proto__` would be a setter call here. The main counts have room, however late they come.
      const isFull = this.#members >= MAX_MEMBERS && !MAIN.has(name);
      if (name === "__proto__" || (!isKnown && isFull) || !isUsage(value) || depth > MAX_DEPTH) {
        this.#context.note("too-large", `the usage is too large or too deep; ${name} is left out`);
        continue;
      }
      if (!isKnown) {
        this.#members++;
        this.#context.revision++;
      }
      const before = isKnown ? last : undefined;
      if (isObject(value)) {
        const inner: Members = {};
        known[name] = inner;
        this.#merge(inner, value, zerosCount, depth + 1);
      } else if (value === null || value === undefined) {
        if (!isKnown) known[name] = null;
      } else if (!isZero(value) || zerosCount || !isPositive(before)) {
        known[name] = value;
      }
    }
  }
}

const MAIN = new Set(["prompt_tokens", "completion_tokens", "total_tokens"]);

/** Whether a value may stand in usage: lists and texts there are short. */
function isUsage(value: unknown): boolean {
  if (Array.isArray(value)) return weightOf(value, MAX_LIST) !== Infinity;
  return typeof value !== "string" || value.length <= MAX_TEXT;
}

/** Whether a value is of the kind that the name of the member stands for. */
function isMeant(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const isCount = typeof value === "number" || typeof value === "string";
  if (name.endsWith("_tokens")) return isCount;
  if (name.endsWith("_tokens_details")) return isObject(value);
  return name !== "cost" || isCount || isObject(value);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** 0, as a number or in other words. */
function isZero(value: unknown): boolean {
  return typeof value !== "object" && Number(value) === 0;
}

/** Whether a usage object can be the last word: both main counts, and not only zeros. */
function hasBothCounts({ prompt_tokens: prompt, completion_tokens: completion }: Members): boolean {
  const areNumbers = typeof prompt === "number" && typeof completion === "number";
  return areNumbers && (isPositive(prompt) || isPositive(completion));
}

/** Whether no member of a usage object counts anything. */
export function isAllZero(usage: Members, depth = 0): boolean {
  return Object.values(usage).every((value) =>
    isObject(value) && depth < MAX_DEPTH ? isAllZero(value, depth + 1) : !isPositive(value),
  );
}

function isPositive(value: unknown): boolean {
  return typeof value === "string" ? Number(value) > 0 : typeof value === "number" && value > 0;
}
