import { isObject, isSame, jsonText, weightOf, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

const MAX_MEMBERS = 100;
const MAX_ITEMS = 10_000;
const MAX_DEPTH = 16;
const MAX_LAST = 64 * 1024;
const MAX_GATHERED = 16 * 1024 * 1024;

/** Lists that are put behind each other over the chunks. */
const LISTS = new Set(["annotations", "citations", "images", "search_results"]);

/** Objects that are put into one over the chunks. */
const MERGED = new Set(["extra_content", "provider_specific_fields"]);

/** Other members that clients know at their own place; what is neither stands under `extra`. */
const PLACED = new Set([
  "content_filter_results",
  "moderation",
  "prompt_annotations",
  "prompt_filter_results",
]);

/**
 * Members that are kept for who knows them. Of most, the last value that says anything stays, and beside it the first
 * where that was another; some are gathered over all chunks.
 */
export class Kept {
  readonly #context: StreamContext;
  #last: Map<string, Entry> | undefined;
  #first: Map<string, unknown> | undefined;
  #ids: WeakMap<unknown[], Map<string | number, Members>> | undefined;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  add(name: string, value: unknown): void {
    if (value === null || value === undefined || value === "") return;
    const known = this.#last?.get(name);
    if (known?.value === value) return;
    const isList = LISTS.has(name);
    if ((isList && !Array.isArray(value)) || (MERGED.has(name) && !isObject(value))) {
      this.#context.note("bad-member", `${name} is not what it should be; it is left out`);
    } else if (!known && ((this.#last?.size ?? 0) >= MAX_MEMBERS || name === "__proto__")) {
      this.#context.note("too-large", `${name} is a member too many; it is left out`);
    } else if (isList || MERGED.has(name)) {
      this.#gather(name, value as Members | unknown[]);
    } else if (!known || !(isEmpty(value) || isSame(known.value, value))) {
      this.#replace(name, known, value);
    }
  }

  result(): Members {
    const placed: Members = {};
    const extra: Members = {};
    for (const [name, { value }] of this.#last ?? []) (isPlaced(name, value) ? placed : extra)[name] = value;
    return {
      ...placed,
      ...(isEmpty(extra) ? {} : { extra }),
      ...(this.#first ? { extra_first: Object.fromEntries(this.#first) } : {}),
    };
  }

  #replace(name: string, known: Entry | undefined, value: unknown): void {
    const weight = weightOf(value, MAX_LAST);
    if (weight === Infinity) {
      this.#context.note("too-large", `${name} is too large or too deep to be kept`);
      return;
    }
    if (!this.#context.hold(Math.max(0, weight - (known?.weight ?? 0)))) return;
    if (known && !this.#first?.has(name)) (this.#first ??= new Map()).set(name, known.value);
    (this.#last ??= new Map()).set(name, { value, weight });
    this.#context.revision++;
  }

  #gather(name: string, value: Members | unknown[]): void {
    const entry = this.#last?.get(name) ?? {
      value: Array.isArray(value) ? [] : {},
      weight: 0,
      texts: new Set(),
    };
    const isWhole = Array.isArray(value)
      ? this.#addItems(entry.value as unknown[], value, entry.texts)
      : this.#merge(entry.value as Members, value, 0);
    if (!isWhole) this.#context.note("too-large", `${name} is too large or too deep to be kept whole`);
    (this.#last ??= new Map()).set(name, entry);
  }

  /** Puts later members into earlier ones: objects into objects, lists behind each other, of scalars the last. */
  #merge(known: Members, later: Members, depth: number): boolean {
    let isWhole = true;
    for (const name of Object.keys(later)) {
      const [before, value] = [Object.hasOwn(known, name) ? known[name] : undefined, later[name]];
      if (value === before || (value === null && before !== undefined)) continue;
      if (isObject(before) && isObject(value) && depth < MAX_DEPTH)
        isWhole = this.#merge(before, value, depth + 1) && isWhole;
      else if (Array.isArray(before) && Array.isArray(value))
        isWhole = this.#addItems(before, value) && isWhole;
      else isWhole = this.#keep(value, (copy) => (known[name] = copy)) && isWhole;
    }
    return isWhole;
  }

  /**
   * Puts items behind a list. With `texts`, those it has already are passed over; without, an object with the id of an
   * earlier one gives that one the members that it lacks.
   */
  #addItems(list: unknown[], items: readonly unknown[], texts?: Set<string>): boolean {
    let isWhole = true;
    const byId = this.#idsOf(list);
    for (const item of items) {
      const text = texts ? (jsonText(item) ?? "") : "";
      const same = hasId(item) ? byId.get(item.id) : undefined;
      if (texts?.has(text)) continue;
      if (same && !texts) {
        const missing = Object.keys(item as Members).filter(
          (name) => same[name] === undefined || same[name] === null,
        );
        for (const name of missing)
          isWhole = this.#keep((item as Members)[name], (copy) => (same[name] = copy)) && isWhole;
      } else {
        const isKept = list.length < MAX_ITEMS && this.#keep(item, (copy) => list.push(copy));
        const copy = list.at(-1);
        if (isKept && hasId(copy)) byId.set(copy.id, copy);
        // The text weighs as much as the item.
        if (isKept && texts && this.#context.hold(text.length)) texts.add(text);
        isWhole &&= isKept;
      }
    }
    return isWhole;
  }

  /** The items of a list that have an id, remembered: lists grow with every chunk. */
  #idsOf(list: unknown[]): Map<string | number, Members> {
    this.#ids ??= new WeakMap();
    const known = this.#ids.get(list) ?? new Map(list.filter(hasId).map((each) => [each.id, each]));
    this.#ids.set(list, known);
    return known;
  }

  /** Hands on a copy of a value, if it may be kept: what a provider sent is not changed by what it sends next. */
  #keep(value: unknown, put: (copy: unknown) => void): boolean {
    const weight = weightOf(value, MAX_GATHERED);
    if (weight === Infinity || !this.#context.hold(weight)) return false;
    put(structuredClone(value));
    this.#context.revision++;
    return true;
  }
}

/** A member that is kept, and what it weighs; of a list, the items as text. */
type Entry = { value: unknown; weight: number; texts?: Set<string> };

function isPlaced(name: string, value: unknown): boolean {
  const isList = Array.isArray(value) && name.startsWith("prompt_");
  return LISTS.has(name) || MERGED.has(name) || (PLACED.has(name) && (isList || isObject(value)));
}

function hasId(item: unknown): item is Members & { id: string | number } {
  return isObject(item) && (typeof item.id === "string" || typeof item.id === "number");
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
