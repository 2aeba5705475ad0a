import type { Losses } from "./losses.js";

/** The bounds that values from outside are held to. */
const limits = {
  /** Deepest nesting of what is kept. */
  depth: 64,
  /** Most items of an array or members of an object. */
  items: 100_000,
  /** Longest text, in UTF-16 units. */
  textLength: 16 * 1024 * 1024,
  /** Most values of a document; items of arrays that are no objects count a sixteenth. */
  values: 1_000_000,
};

/**
 * A value as JSON can hold it: itself where it is that already, else a copy without what throws, runs in circles, goes
 * too deep or is no JSON, each named in `losses`. Functions and symbols are left out as JSON leaves them out; bytes become
 * `[bytes:COUNT]`, maps and headers objects, sets arrays, errors their words. Never throws, and never changes the value.
 */
export function toPlain(value: unknown, losses: Losses): unknown {
  return new Plainer(losses).read(value, 0);
}

class Plainer {
  readonly #losses: Losses;
  /** The objects that are being read, to see circles. */
  readonly #open = new Set<object>();
  #values = 0;

  constructor(losses: Losses) {
    this.#losses = losses;
  }

  read(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case "string":
        return value.length > limits.textLength ? this.#cut(value) : value;
      case "number":
        return Number.isFinite(value) ? value : this.#lose("a number that JSON does not have", null);
      case "bigint":
        return this.#lose("a bigint, kept as text", String(value));
      case "object":
        return value === null ? null : this.#object(value, depth);
      case "function":
      case "symbol":
        return undefined;
      default:
        return value;
    }
  }

  #object(value: object, depth: number): unknown {
    if (this.#open.has(value)) return this.#lose("a circle", "[circular]");
    if (depth > limits.depth) return this.#lose(`what lies deeper than ${limits.depth} levels`, "[too deep]");
    if (++this.#values > limits.values)
      return this.#lose(`what comes after ${limits.values} values`, "[too large]");
    this.#open.add(value);
    try {
      if (Array.isArray(value)) return this.#array(value as unknown[], depth);
      const other = otherForm(value);
      return other === value ? this.#members(value, depth) : this.read(other, depth + 1);
    } catch {
      return this.#lose("what throws when it is read", "[unreadable]");
    } finally {
      this.#open.delete(value);
    }
  }

  #array(list: readonly unknown[], depth: number): readonly unknown[] {
    const length = Math.min(list.length, limits.items);
    if (length < list.length) this.#losses.add(`items beyond ${limits.items}`);
    this.#values += length >> 4;
    let copy: unknown[] | undefined = length < list.length ? [] : undefined;
    for (let index = 0; index < length; index++) {
      const item = list[index];
      const read = this.read(item, depth + 1);
      if (read !== item && !copy) copy = list.slice(0, index);
      copy?.push(read);
    }
    return copy ?? list;
  }

  #members(value: object, depth: number): object {
    const keys = Object.keys(value);
    const length = Math.min(keys.length, limits.items);
    if (length < keys.length) this.#losses.add(`members beyond ${limits.items}`);
    this.#values += length >> 4;
    let copy: Record<string, unknown> | undefined;
    for (let index = 0; index < length; index++) {
      const key = keys[index] as string;
      // A getter may answer differently the next time, or throw: it is asked once, and its answer kept.
      const isGetter = Object.getOwnPropertyDescriptor(value, key)?.get !== undefined;
      const member = this.#ask(value, key);
      const read = this.read(member, depth + 1);
      if ((read !== member || isGetter || length < keys.length) && !copy) {
        copy = {};
        for (const before of keys.slice(0, index))
          setMember(copy, before, (value as Record<string, unknown>)[before]);
      }
      if (copy && read !== undefined) setMember(copy, key, read);
    }
    return copy ?? value;
  }

  #ask(value: object, key: string): unknown {
    try {
      return (value as Record<string, unknown>)[key];
    } catch {
      return this.#lose("a getter that throws", "[unreadable]");
    }
  }

  #cut(text: string): string {
    return this.#lose(`text beyond ${limits.textLength} characters`, text.slice(0, limits.textLength));
  }

  #lose<Stand>(what: string, stand: Stand): Stand {
    this.#losses.add(what);
    return stand;
  }
}

/** Objects around a single value, which JSON writes as the value. */
const boxes = new Set(["String", "Number", "Boolean", "BigInt"].map((name) => `[object ${name}]`));

/** What stands for an object that is no record of members; the object itself when it is one. */
function otherForm(value: object): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null)
    return "toJSON" in value ? callToJson(value) : value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[bytes:${value.byteLength}]`;
  if (typeof Blob === "function" && value instanceof Blob)
    return "name" in value && typeof value.name === "string" ? value.name : `[bytes:${value.size}]`;
  if (value instanceof Error) {
    const { name, message, stack, constructor } = value;
    // Most classes of errors do not set their name.
    return { ...(value as object), name: name === "Error" ? constructor.name : name, message, stack };
  }
  if (value instanceof Set) return firstOf(value);
  if (isMapLike(value)) return membersOfPairs(firstOf(value));
  if (boxes.has(Object.prototype.toString.call(value))) return value.valueOf();
  return "toJSON" in value ? callToJson(value) : value;
}

function callToJson(value: { toJSON: unknown }): unknown {
  return typeof value.toJSON === "function" ? (value.toJSON() as unknown) : value;
}

/** A Map, or the Headers of any implementation of fetch. */
function isMapLike(value: object): value is Iterable<unknown> {
  return "get" in value && "has" in value && "entries" in value && Symbol.iterator in value;
}

/** What an iterable gives, up to the limit: one of its own making may never end. */
function firstOf(values: Iterable<unknown>): unknown[] {
  const list: unknown[] = [];
  for (const value of values) if (list.push(value) >= limits.items) break;
  return list;
}

function membersOfPairs(pairs: readonly unknown[]): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const pair of pairs)
    if (Array.isArray(pair) && typeof pair[0] === "string") setMember(members, pair[0], pair[1]);
  return members;
}

/** As JSON.parse does it: a member named `__proto__` is a member like any other. */
export function setMember(members: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(members, key, { value, writable: true, enumerable: true, configurable: true });
  else members[key] = value;
}
