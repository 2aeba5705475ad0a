import { isObject, weightOf, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

const MAX_DEPTH = 16;
const MAX_MEMBERS = 10_000;
const MAX_WEIGHT = 16 * 1024 * 1024;

/**
 * Objects of a stream merged into one, as LiteLLM's `provider_specific_fields` and Gemini's `extra_content` need it: in a
 * list, an object with the id of an earlier one adds its members to that one (the first value of each stays), and others
 * are put behind; of scalars the last stays.
 */
export class DeepMerge {
  readonly #name: string;
  readonly #context: StreamContext;
  #value: Members | undefined;
  #members = 0;

  constructor(name: string, context: StreamContext) {
    this.#name = name;
    this.#context = context;
  }

  get value(): Members | undefined {
    return this.#value;
  }

  add(value: Members): void {
    const weight = weightOf(value, MAX_WEIGHT);
    if (weight > MAX_WEIGHT) {
      this.#refuse();
      return;
    }
    this.#context.revision++;
    this.#context.size += weight;
    this.#value ??= {};
    this.#merge(this.#value, value, 0, false);
  }

  #merge(known: Members, later: Members, depth: number, isFirstKept: boolean): void {
    for (const name of Object.keys(later)) {
      const value = later[name];
      const before = Object.hasOwn(known, name) ? known[name] : undefined;
      if (value === null || value === undefined) {
        known[name] = before ?? null;
      } else if (before === undefined || before === null) {
        if (this.#members++ >= MAX_MEMBERS) this.#refuse();
        // A copy: what a provider sent is not changed by what it sends next.
        else known[name] = structuredClone(value);
      } else if (isObject(before) && isObject(value) && depth < MAX_DEPTH) {
        this.#merge(before, value, depth + 1, isFirstKept);
      } else if (Array.isArray(before) && Array.isArray(value)) {
        for (const item of value) this.#append(before, item, depth);
      } else if (!isFirstKept) {
        known[name] = structuredClone(value);
      }
    }
  }

  #append(list: unknown[], item: unknown, depth: number): void {
    const id = isObject(item) ? item.id : undefined;
    const known =
      id === undefined || id === null ? undefined : list.find((each) => isObject(each) && each.id === id);
    if (isObject(known) && isObject(item) && depth < MAX_DEPTH) this.#merge(known, item, depth + 1, true);
    else if (this.#members++ >= MAX_MEMBERS) this.#refuse();
    else list.push(structuredClone(item));
  }

  #refuse(): void {
    this.#context.note("too-large", `${this.#name} is too large or too deep to be kept`);
  }
}
