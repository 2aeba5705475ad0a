import { isObject } from "./copy-with.js";

/** Whether an item of a body is an envelope: it has both members of one. */
export function isEnvelope(item: unknown): item is { __type__: unknown; __data__: unknown } {
  return isObject(item) && "__type__" in item && "__data__" in item;
}

/** What an item of a body holds, without its envelope. */
export function unwrap(item: unknown): unknown {
  return isEnvelope(item) ? item.__data__ : item;
}

/** The members of what an item holds; none if it is no object. */
export function dataOf(item: unknown): Record<string, unknown> {
  const data = unwrap(item);
  return isObject(data) ? data : {};
}

/** The type of an envelope without its module; undefined for what is none. */
export function typeOf(item: unknown): string | undefined {
  if (!isEnvelope(item)) return undefined;
  return typeof item.__type__ === "string" ? (item.__type__.split(".").at(-1) ?? "") : "";
}
