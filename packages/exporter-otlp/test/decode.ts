import type { AnyValue, KeyValue } from "../src/index.js";

/** A value of either encoder as a plain one: an integer and a double of one number are equal. */
export function plain(value: AnyValue): unknown {
  if ("stringValue" in value) return value.stringValue;
  if ("boolValue" in value) return value.boolValue;
  if ("intValue" in value) return Number(value.intValue);
  if ("doubleValue" in value) return value.doubleValue;
  return (value.arrayValue.values ?? []).map(plain);
}

/** Attributes as a plain object, so that their order does not matter. */
export function plainAttributes(attributes: readonly KeyValue[] = []): Record<string, unknown> {
  const keys = new Set(attributes.map(({ key }) => key));
  if (keys.size !== attributes.length) throw new Error("an attribute comes twice");
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

/** A body of OTLP with plain attributes and without what means nothing: zeros, empty lists and empty texts. */
export function decoded(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(decoded);
  if (typeof body !== "object" || body === null) return body;
  const members = Object.entries(body).map(([name, value]): [string, unknown] => [
    name,
    name === "attributes" ? plainAttributes(value as KeyValue[]) : decoded(value),
  ]);
  return Object.fromEntries(members.filter(([, value]) => !isDefault(value)));
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === 0 || value === "" || value === "0") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
