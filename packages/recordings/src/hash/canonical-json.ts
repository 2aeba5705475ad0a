import { pointer } from "@waybill/core";

import { UnwritableValueError } from "../json/errors.js";
import { isFloat } from "../json/float.js";
import { deepest } from "../json/json-limits.js";
import { writable, type Writable } from "../json/json-value.js";
import { notesOf, spellingOf, type Notes } from "../json/notes.js";
import { pythonFloat, pythonNumber, roundToFive } from "../json/python-number.js";
import { pythonString } from "../json/python-string.js";
import { sortKeys } from "./code-point-order.js";
import { maskFileSearch, roundDecimals } from "./normalise-text.js";

/** What is done to a body before it is hashed. */
export type Normalisation = {
  /** N1 and N2: five decimals in floats and inside strings. */
  decimals: boolean;
  /** N3: no `project_id` in `extra_body` and `extra_query`. */
  projectId: boolean;
  /** N4: the results of a file search masked. */
  fileSearch: boolean;
  /** No `stream_options` at the top, for Bedrock. */
  streamOptions: boolean;
};

/** Nothing is done. */
export const asItIs: Normalisation = {
  decimals: false,
  projectId: false,
  fileSearch: false,
  streamOptions: false,
};

/** Members that hold what the client library adds to a request. */
const extras = new Set(["extra_body", "extra_query"]);

/**
 * A value as Python's `json.dumps(value, sort_keys=True)` writes it after its normalisation. Numbers are floats when they
 * were read as floats, marked as floats, or not whole.
 */
export function canonicalJson(value: unknown, normalisation: Normalisation): string {
  return new CanonicalWriter(normalisation).write(value);
}

class CanonicalWriter {
  readonly #rules: Normalisation;
  /** The way from the root to the value that is being written. */
  readonly #way: (string | number)[] = [];

  constructor(rules: Normalisation) {
    this.#rules = rules;
  }

  write(value: unknown): string {
    return this.#write(writable(value, "") ?? null, undefined, undefined, undefined);
  }

  /** `omitted` is a member that is left out of the value; `spelling` is how the value was spelled, if that matters. */
  #write(
    value: Writable,
    spelling: string | undefined,
    placeNotes: Notes | undefined,
    omitted: string | undefined,
  ): string {
    if (typeof value === "string") return pythonString(this.#normaliseText(value));
    if (typeof value === "number") return this.#number(value, spelling);
    if (typeof value === "bigint") return value.toString();
    if (value === null || typeof value === "boolean") return String(value);
    if (isFloat(value)) return this.#float(value.value);
    if (this.#way.length >= deepest) {
      throw new UnwritableValueError("too-deep", this.#path(), `nested deeper than ${deepest} levels`);
    }
    const notes = notesOf(value) ?? placeNotes;
    return Array.isArray(value)
      ? this.#array(value as readonly unknown[], notes)
      : this.#object(value as Record<string, unknown>, notes, omitted);
  }

  #array(array: readonly unknown[], notes: Notes | undefined): string {
    const items = Array.from(array, (item, index) => this.#member(item, index, notes, undefined) ?? "null");
    return `[${items.join(", ")}]`;
  }

  #object(object: Record<string, unknown>, notes: Notes | undefined, omitted: string | undefined): string {
    // The recorder takes every item of an array for a root of its own.
    const isRoot = typeof (this.#way.at(-1) ?? 0) === "number";
    const leavesStreamOptions = this.#rules.streamOptions && this.#way.length === 0;
    let text = "";
    for (const key of sortKeys(Object.keys(object))) {
      if (key === omitted || (leavesStreamOptions && key === "stream_options")) continue;
      const inner = this.#rules.projectId && isRoot && extras.has(key) ? "project_id" : undefined;
      const member = this.#member(object[key], key, notes, inner);
      if (member === undefined) continue;
      text += `${text === "" ? "" : ", "}${pythonString(key)}: ${member}`;
    }
    return `{${text}}`;
  }

  #member(
    value: unknown,
    name: string | number,
    notes: Notes | undefined,
    omitted: string | undefined,
  ): string | undefined {
    const seen = writable(value, name);
    if (seen === undefined) return undefined;
    this.#way.push(name);
    const text = this.#write(seen, spellingOf(notes, name, value), notes?.inside?.get(name), omitted);
    this.#way.pop();
    return text;
  }

  #number(value: number, spelling: string | undefined): string {
    if (spelling === undefined) {
      const written = pythonNumber(this.#finite(value));
      return isInteger(written) ? written : this.#float(value);
    }
    if (!isInteger(spelling)) return this.#float(value);
    return spelling === "-0" ? "0" : spelling;
  }

  #float(value: number): string {
    const finite = this.#finite(value);
    return pythonFloat(this.#rules.decimals ? roundToFive(finite) : finite);
  }

  #normaliseText(text: string): string {
    const masked = this.#rules.fileSearch ? maskFileSearch(text) : text;
    return this.#rules.decimals ? roundDecimals(masked) : masked;
  }

  #finite(value: number): number {
    if (Number.isFinite(value)) return value;
    throw new UnwritableValueError("not-finite", this.#path(), `JSON has no ${value}`);
  }

  #path(): string {
    return this.#way.reduce<string>(pointer, "");
  }
}

/** Whether a number's text is an integer's. */
function isInteger(text: string): boolean {
  return !/[.eE]/.test(text);
}
