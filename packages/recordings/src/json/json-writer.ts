import { pointer } from "@waybill/core";

import { UnwritableValueError } from "./errors.js";
import { isFloat } from "./float.js";
import { deepest } from "./json-limits.js";
import type { JsonStyle } from "./json-style.js";
import { writable, type Writable } from "./json-value.js";
import { keysOf, notesOf, spellingOf, type Notes } from "./notes.js";
import { pythonFloat, pythonNumber } from "./python-number.js";
import { pythonString } from "./python-string.js";

/** Writes values in one style, with the spellings that their notes remember. */
export class JsonWriter {
  readonly #style: JsonStyle;
  /** Line ends with their indentation, by depth. */
  readonly #breaks: string[] = [];
  /** The way from the root to the value that is being written. */
  readonly #way: (string | number)[] = [];

  constructor(style: JsonStyle) {
    this.#style = style;
  }

  /** A value as text, without what the style has around the document. */
  write(value: Writable, placeNotes: Notes | undefined): string {
    if (typeof value === "string") return pythonString(value, this.#style.ascii);
    if (typeof value === "number") return pythonNumber(this.#finite(value));
    if (typeof value === "bigint") return value.toString();
    if (value === null || typeof value === "boolean") return String(value);
    if (isFloat(value)) return pythonFloat(this.#finite(value.value));
    if (this.#way.length >= deepest) {
      throw new UnwritableValueError("too-deep", this.#path(), `nested deeper than ${deepest} levels`);
    }
    const notes = notesOf(value) ?? placeNotes;
    return Array.isArray(value)
      ? this.#writeArray(value as readonly unknown[], notes)
      : this.#writeObject(value as Record<string, unknown>, notes);
  }

  #writeArray(array: readonly unknown[], notes: Notes | undefined): string {
    const items = Array.from(array, (item, index) => this.#member(item, index, notes) ?? "null");
    return this.#around("[", items, "]");
  }

  #writeObject(object: Record<string, unknown>, notes: Notes | undefined): string {
    const { ascii, keySeparator } = this.#style;
    const members: string[] = [];
    for (const key of keysOf(object, notes)) {
      const member = this.#member(object[key], key, notes);
      if (member === undefined) continue;
      const name = notes?.keySpellings?.get(key) ?? pythonString(key, ascii);
      members.push(name + keySeparator + member);
    }
    return this.#around("{", members, "}");
  }

  #member(value: unknown, name: string | number, notes: Notes | undefined): string | undefined {
    const spelling = spellingOf(notes, name, value);
    if (spelling !== undefined) return spelling;
    const seen = writable(value, name);
    if (seen === undefined) return undefined;
    this.#way.push(name);
    const text = this.write(seen, notes?.inside?.get(name));
    this.#way.pop();
    return text;
  }

  /** The items of the container that is being written, between its brackets. */
  #around(open: string, items: readonly string[], close: string): string {
    const { lines, itemSeparator } = this.#style;
    if (items.length === 0) return open + close;
    if (!lines) return open + items.join(itemSeparator) + close;
    const inside = this.#lineBreak(this.#way.length + 1);
    return open + inside + items.join(itemSeparator + inside) + this.#lineBreak(this.#way.length) + close;
  }

  #lineBreak(depth: number): string {
    const { lines } = this.#style;
    return (this.#breaks[depth] ??= lines ? lines.end + lines.step.repeat(depth) : "");
  }

  #finite(value: number): number {
    if (Number.isFinite(value)) return value;
    throw new UnwritableValueError("not-finite", this.#path(), `JSON has no ${value}`);
  }

  #path(): string {
    return this.#way.reduce<string>(pointer, "");
  }
}
