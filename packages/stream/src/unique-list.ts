import { jsonText, weightOf } from "./members.js";
import type { StreamContext } from "./stream-context.js";

const MAX_ITEMS = 10_000;
const MAX_ITEM = 16 * 1024 * 1024;

/** Lists of a stream put behind each other; an item that came before is not taken twice. */
export class UniqueList {
  readonly #name: string;
  readonly #context: StreamContext;
  readonly #items = new Map<string, unknown>();

  constructor(name: string, context: StreamContext) {
    this.#name = name;
    this.#context = context;
  }

  get length(): number {
    return this.#items.size;
  }

  add(items: readonly unknown[]): void {
    for (const item of items) {
      const weight = weightOf(item, MAX_ITEM);
      const text = weight <= MAX_ITEM ? jsonText(item) : undefined;
      if (text === undefined || this.#items.size >= MAX_ITEMS) {
        this.#context.note(
          "too-large",
          `items of ${this.#name} are too many, too large or too deep to be kept`,
        );
      } else if (!this.#items.has(text)) {
        this.#context.revision++;
        this.#context.size += weight;
        this.#items.set(text, item);
      }
    }
  }

  result(): unknown[] {
    return [...this.#items.values()];
  }
}
