import { wordsOf } from "@waybill/core/thrown";

/** A copy of a value as JSON would have it. */
export type Snapshot = {
  value: unknown;
  /** About as many bytes as its JSON text has. */
  bytes: number;
  /** What of the value is not in the copy, in words. */
  missing: string[];
};

/** As deep as a payload may be; what lies deeper would break the stack of whoever writes it. */
const MAX_DEPTH = 64;

/**
 * Copies a value as `JSON.parse(JSON.stringify(value))` would, in one walk that also measures it. The caller may go on with
 * its objects (a chat appends to its list of messages), and what is sent later, or again, is what was handed in. Strings
 * are shared, so that the copy is small. Never throws: cycles, depths, getters that throw and bigints are told in `missing`.
 * Undefined when the value is larger than `maxBytes`.
 */
export function snapshotOf(value: unknown, maxBytes: number): Snapshot | undefined {
  const walk: Walk = { bytes: 0, maxBytes, missing: new Set() };
  const copy = copyOf(value, 0, walk);
  if (walk.bytes > maxBytes) return undefined;
  return { value: copy === absent ? null : copy, bytes: walk.bytes, missing: [...walk.missing] };
}

type Walk = { bytes: number; readonly maxBytes: number; readonly missing: Set<string> };

/** Stands for what JSON leaves out: undefined, functions and symbols. */
const absent = Symbol("absent");

function copyOf(value: unknown, depth: number, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
      walk.bytes += value.length + 2;
      return value;
    case "number":
      walk.bytes += 8;
      return Number.isFinite(value) ? value : null;
    case "boolean":
      walk.bytes += 5;
      return value;
    case "bigint":
      walk.missing.add("a bigint became text");
      walk.bytes += 20;
      return String(value);
    case "object":
      return value === null ? nothing(walk) : containerOf(value, depth, walk);
    default:
      return absent;
  }
}

function nothing(walk: Walk): null {
  walk.bytes += 4;
  return null;
}

function containerOf(value: object, depth: number, walk: Walk): unknown {
  // A walk that is too large already only has to end. That also ends lists that hold themselves many times over.
  if (walk.bytes > walk.maxBytes) return null;
  if (depth >= MAX_DEPTH) {
    walk.missing.add(`what lies deeper than ${MAX_DEPTH} levels, or in a circle, is left out`);
    return nothing(walk);
  }
  walk.bytes += 2;
  try {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") return copyOf(toJSON.call(value), depth + 1, walk);
    return Array.isArray(value) ? arrayOf(value, depth, walk) : objectOf(value, depth, walk);
  } catch (error) {
    walk.missing.add(`what cannot be read is left out: ${wordsOf(error).slice(0, 200)}`);
    return nothing(walk);
  }
}

function arrayOf(list: readonly unknown[], depth: number, walk: Walk): unknown[] {
  const copy: unknown[] = [];
  for (let at = 0; at < list.length && walk.bytes <= walk.maxBytes; at++) {
    const item = copyOf(list[at], depth + 1, walk);
    copy.push(item === absent ? nothing(walk) : item);
    walk.bytes++;
  }
  return copy;
}

function objectOf(value: object, depth: number, walk: Walk): object {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = memberOf(value, key, depth, walk);
    if (member === absent) continue;
    walk.bytes += key.length + 4;
    if (walk.bytes > walk.maxBytes) break;
    // An assignment to this name would set the prototype.
    if (key === "__proto__")
      Object.defineProperty(copy, key, {
        value: member,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    else copy[key] = member;
  }
  return copy;
}

/** One member that cannot be read must not take the others with it. */
function memberOf(value: object, key: string, depth: number, walk: Walk): unknown {
  let member: unknown;
  try {
    member = (value as Record<string, unknown>)[key];
  } catch (error) {
    walk.missing.add(`what cannot be read is left out: ${key}: ${wordsOf(error).slice(0, 200)}`);
    return absent;
  }
  return copyOf(member, depth + 1, walk);
}
