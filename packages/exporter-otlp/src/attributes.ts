import type { AnyValue, KeyValue } from "./wire.js";

/** Attributes as a plain object; what is undefined is left out. */
export type Attributes = Record<string, string | number | boolean | readonly string[] | undefined>;

/** Values of any shape by the name of their attribute. */
type Values = Record<string, unknown>;

/** Attributes in OTLP's form. Whole numbers become integers; numbers that JSON cannot write are left out. */
export function toKeyValues(attributes: Attributes): KeyValue[] {
  return write(
    attributes,
    (value) => textOf(value) ?? listOf(value) ?? flagOf(value) ?? intOf(value) ?? doubleOf(value),
  );
}

/*
 * Attributes of one type each; a value that is not of the type is left out, and so is text without anything in it.
 */

export const texts = (values: Values): KeyValue[] =>
  write(values, (value) => (value === "" ? undefined : textOf(value)));
export const ints = (values: Values): KeyValue[] => write(values, intOf);
export const doubles = (values: Values): KeyValue[] => write(values, doubleOf);
export const flags = (values: Values): KeyValue[] => write(values, flagOf);
export const lists = (values: Values): KeyValue[] => write(values, listOf);

/** Most of what an export costs is here, so there is nothing in between. */
function write(values: Values, valueOf: (value: unknown) => AnyValue | undefined): KeyValue[] {
  const attributes: KeyValue[] = [];
  for (const key of Object.keys(values)) {
    const value = valueOf(values[key]);
    if (value) attributes.push({ key, value });
  }
  return attributes;
}

function textOf(value: unknown): AnyValue | undefined {
  return typeof value === "string" ? { stringValue: value } : undefined;
}

function intOf(value: unknown): AnyValue | undefined {
  return Number.isSafeInteger(value) ? { intValue: String(value) } : undefined;
}

function doubleOf(value: unknown): AnyValue | undefined {
  return Number.isFinite(value) ? { doubleValue: value as number } : undefined;
}

function flagOf(value: unknown): AnyValue | undefined {
  return typeof value === "boolean" ? { boolValue: value } : undefined;
}

/** A list without any text in it says nothing. */
function listOf(value: unknown): AnyValue | undefined {
  const values = Array.isArray(value) ? value.flatMap((each) => textOf(each) ?? []) : [];
  return values.length > 0 ? { arrayValue: { values } } : undefined;
}
