import { isObject, isSame, weightOf, type Members } from "./members.js";
import type { StreamContext } from "./stream-context.js";

const MAX_MEMBERS = 100;
const MAX_ITEMS = 1000;
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
  #last: Map<string, unknown> | undefined;
  #first: Map<string, unknown> | undefined;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  add(name: string, value: unknown): void {
    if (value === null || value === undefined || value === "") return;
    const last = (this.#last ??= new Map<string, unknown>());
    const known = last.get(name);
    if (known === value) return;
    const isGathered = LISTS.has(name) || MERGED.has(name);
    if (isGathered && !(LISTS.has(name) ? Array.isArray(value) : isObject(value))) {
      this.#context.note("bad-member", `${name} is not what it should be; it is left out`);
      return;
    }
    const weight = weightOf(value, isGathered ? MAX_GATHERED : MAX_LAST);
    if (weight === Infinity || (known === undefined && (last.size >= MAX_MEMBERS || name === "__proto__"))) {
      this.#context.note("too-large", `${name} is too much to be kept`);
      return;
    }
    if (isGathered) {
      last.set(name, gather(known, value, true, 0));
      this.#context.size += weight;
    } else if (known !== undefined && (isEmpty(value) || isSame(known, value))) return;
    else {
      if (known !== undefined && !this.#first?.has(name)) (this.#first ??= new Map()).set(name, known);
      last.set(name, value);
    }
    this.#context.revision++;
  }

  result(): Members {
    const placed: Members = {};
    const extra: Members = {};
    for (const [name, value] of this.#last ?? []) (isPlaced(name, value) ? placed : extra)[name] = value;
    return {
      ...placed,
      ...(isEmpty(extra) ? {} : { extra }),
      ...(this.#first ? { extra_first: Object.fromEntries(this.#first) } : {}),
    };
  }
}

function isPlaced(name: string, value: unknown): boolean {
  const isList = Array.isArray(value) && name.startsWith("prompt_");
  return LISTS.has(name) || MERGED.has(name) || (PLACED.has(name) && (isList || isObject(value)));
}

/**
 * Puts a later value to an earlier one: objects member by member, lists behind each other, of scalars the last. In a list,
 * an object with the id of an earlier one gives that one the members that it lacks. `isUnique`: what a list has already is
 * not taken twice. What a provider sent is copied: it is not changed by what it sends next.
 */
function gather(known: unknown, later: unknown, isUnique: boolean, depth: number): unknown {
  if (depth < MAX_DEPTH && isObject(known) && isObject(later)) {
    for (const name of Object.keys(later))
      if (later[name] !== null || !(name in known))
        known[name] = gather(known[name], later[name], false, depth + 1);
    return known;
  }
  if (!Array.isArray(later)) return structuredClone(later);
  const list: unknown[] = Array.isArray(known) ? known : [];
  for (const item of later) {
    const same = list.find((each) =>
      isUnique ? isSame(each, item) : isObject(each) && isObject(item) && item.id && each.id === item.id,
    );
    if (same === undefined && list.length < MAX_ITEMS) list.push(structuredClone(item));
    else if (!isUnique && isObject(same))
      for (const name of Object.keys(item)) same[name] ??= structuredClone(item[name]);
  }
  return list;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
