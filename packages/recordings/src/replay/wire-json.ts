import type { JsonStyle } from "../json/json-style.js";
import { writable } from "../json/json-value.js";
import { JsonWriter } from "../json/json-writer.js";

const compact: JsonStyle = {
  head: "",
  lines: undefined,
  itemSeparator: ",",
  keySeparator: ":",
  ascii: false,
  tail: "",
};

/** A value as a server sends it, on one line, with its numbers as they were spelled. */
export function wireJson(value: unknown): string {
  return new JsonWriter(compact).write(writable(value, "") ?? null, undefined);
}
