import type { Usage } from "@waybill/core";

type Members = Record<string, unknown>;

/** Usage objects are flat; what is nested deeper, or has more members, is none and could only do harm. */
const MAX_DEPTH = 4;
const MAX_MEMBERS = 500;

/**
 * The usage of a stream, merged from every usage object on it, member by member. A later value wins, but null never
 * erases a value, and a later 0 erases a number only when it stands in the stream's last word on usage (a chunk without
 * choices whose usage has a positive main count). Values are never added up: providers that repeat usage repeat running
 * totals.
 */
export class UsageMerge {
  #usage: Members | null = null;
  #members = 0;

  get value(): Usage | null {
    return this.#usage;
  }

  add(later: Usage, isTerminal: boolean): void {
    const zerosCount = isTerminal && (isPositive(later.prompt_tokens) || isPositive(later.completion_tokens));
    this.#usage ??= {};
    this.#merge(this.#usage, later, zerosCount, 1);
  }

  #merge(known: Members, later: Members, zerosCount: boolean, depth: number): void {
    for (const [name, value] of Object.entries(later)) {
      const isKnown = Object.hasOwn(known, name);
      // An own `__proto__` would be a setter call here.
      if (name === "__proto__" || (!isKnown && this.#members >= MAX_MEMBERS)) continue;
      if (!isKnown) this.#members++;
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

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
