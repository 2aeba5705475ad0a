import { isSame, weightOf, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

const MAX_MEMBERS = 100;
const MAX_WEIGHT = 64 * 1024;

/**
 * Members that no rule is about, kept for who knows them: the last value of each that says anything, and the first where
 * it was another.
 */
export class Extra {
  readonly #context: StreamContext;
  #last: Map<string, unknown> | undefined;
  #first: Map<string, unknown> | undefined;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  add(name: string, value: unknown): void {
    if (value === null || value === undefined || value === "") return;
    const last = (this.#last ??= new Map());
    const known: unknown = last.get(name);
    if (known === value) return;
    if (typeof value === "object") {
      // An empty object takes nothing back.
      if (known !== undefined && Object.keys(value).length === 0) return;
      if (isSmall(value)) {
        if (known !== undefined && isSame(known, value)) return;
      } else {
        this.#context.note("too-large", `the member ${name} is too large or too deep to be kept`);
        return;
      }
    } else if (typeof value === "string" && value.length > MAX_WEIGHT) {
      this.#context.note("too-large", `the member ${name} is too large to be kept`);
      return;
    }
    if (known === undefined && (last.size >= MAX_MEMBERS || name === "__proto__")) {
      this.#context.note(
        "too-many-members",
        `more than ${MAX_MEMBERS} unknown members; the rest is left out`,
      );
      return;
    }
    this.#context.revision++;
    if (known !== undefined && !this.#first?.has(name)) (this.#first ??= new Map()).set(name, known);
    last.set(name, value);
  }

  /** The members as `extra`, and as `extra_first` what they were at first. Those in `known` stand at their own place. */
  result(known: readonly string[] = []): Members {
    if (!this.#last || this.#last.size === 0) return {};
    const placed = [...this.#last].filter(([name]) => known.includes(name));
    const rest = [...this.#last].filter(([name]) => !known.includes(name));
    return {
      ...Object.fromEntries(placed),
      ...(rest.length > 0 ? { extra: Object.fromEntries(rest) } : {}),
      ...(this.#first ? { extra_first: Object.fromEntries(this.#first) } : {}),
    };
  }
}

function isSmall(value: object): boolean {
  return weightOf(value, MAX_WEIGHT) <= MAX_WEIGHT;
}
