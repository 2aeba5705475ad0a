import type { TextLimits } from "@waybill/core";

import { deepest } from "./json-limits.js";
import { JsonTokens } from "./json-tokens.js";
import { keepNotes, type Notes, type Spelling } from "./notes.js";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads JSON text into plain values and keeps notes of what they do not tell. Differs from `JSON.parse` in that a key
 * `__proto__` is data like any other, numbers beyond the range of a double are refused, and limits hold.
 */
export class JsonReader {
  readonly #text: string;
  readonly #limits: TextLimits;
  readonly #tokens: JsonTokens;
  #depth = 0;
  /** The notes of the container that was just read. */
  #inner: Notes | undefined;

  constructor(text: string, limits: TextLimits) {
    this.#text = text;
    this.#limits = { ...limits, depth: Math.min(limits.depth, deepest) };
    this.#tokens = new JsonTokens(text, limits);
  }

  /** @throws Refusal */
  read(): unknown {
    const value = this.#value();
    if (!Number.isNaN(this.#tokens.next()))
      this.#tokens.refuse("syntax", "there is more text behind the document");
    return value;
  }

  #value(): unknown {
    const unit = this.#tokens.next();
    if (unit === OPEN_OBJECT) return this.#object();
    return unit === OPEN_ARRAY ? this.#array() : this.#tokens.scalar(unit);
  }

  #object(): Record<string, unknown> {
    const tokens = this.#tokens;
    const object: Record<string, unknown> = {};
    let notes = this.#enter();
    let count = 0;
    let unit = tokens.next();
    while (unit !== CLOSE_OBJECT || count > 0) {
      if (unit !== QUOTE) tokens.unexpected("a key in double quotes");
      const key = tokens.string();
      notes = this.#noteKey(notes, object, key);
      if (tokens.next() !== COLON) tokens.unexpected("a colon");
      tokens.at++;
      const value = this.#value();
      if (key === "__proto__") defineMember(object, key, value);
      else object[key] = value;
      notes = this.#note(notes, key, value);
      unit = tokens.next();
      if (unit === CLOSE_OBJECT) break;
      if (unit !== COMMA) tokens.unexpected('a comma or "}"');
      this.#goOn(++count);
      unit = tokens.next();
    }
    return this.#leave(object, notes);
  }

  #array(): unknown[] {
    const tokens = this.#tokens;
    const array: unknown[] = [];
    let notes = this.#enter();
    let unit = tokens.next();
    while (unit !== CLOSE_ARRAY || array.length > 0) {
      const value = this.#value();
      notes = this.#note(notes, array.length, value);
      array.push(value);
      unit = tokens.next();
      if (unit === CLOSE_ARRAY) break;
      if (unit !== COMMA) tokens.unexpected('a comma or "]"');
      this.#goOn(array.length);
    }
    return this.#leave(array, notes);
  }

  /**
   * Goes into a container. The root and what stands right in it always have notes: who copies the root still finds the
   * style of the text by its members.
   */
  #enter(): Notes | undefined {
    const { depth } = this.#limits;
    if (this.#depth++ >= depth) this.#tokens.refuse("too-deep", `nested deeper than ${depth} levels`);
    this.#tokens.at++;
    return this.#depth <= 2 ? this.#newNotes() : undefined;
  }

  #leave<Container extends object>(container: Container, notes: Notes | undefined): Container {
    this.#tokens.at++;
    this.#depth--;
    this.#inner = notes;
    if (notes) keepNotes(container, notes);
    return container;
  }

  /** Behind a comma, with so many items before it. */
  #goOn(count: number): void {
    const { items } = this.#limits;
    this.#tokens.at++;
    if (count >= items) this.#tokens.refuse("too-many-items", `more than ${items} items`);
  }

  #newNotes(): Notes {
    return { text: this.#text, isRoot: this.#depth === 1 };
  }

  /** Notes what is to know about the key that was just read. */
  #noteKey(notes: Notes | undefined, object: object, key: string): Notes | undefined {
    const { odd } = this.#tokens;
    let noted = notes;
    if (odd !== undefined) {
      noted ??= this.#newNotes();
      (noted.keySpellings ??= new Map()).set(key, odd);
      this.#tokens.odd = undefined;
    }
    // Up to the first key that may be an integer, JavaScript has the keys in the order of the text.
    if (mayBeInteger(key)) (noted ??= this.#newNotes()).order ??= Object.keys(object);
    if (noted?.order && !Object.hasOwn(object, key)) noted.order.push(key);
    return noted;
  }

  /** Notes what is to know about the member that was just read. */
  #note(notes: Notes | undefined, name: string | number, value: unknown): Notes | undefined {
    const { odd } = this.#tokens;
    const inner = this.#inner;
    const isPlain = odd === undefined && inner === undefined;
    if (isPlain && notes === undefined) return undefined;
    const noted = notes ?? this.#newNotes();
    this.#tokens.odd = undefined;
    this.#inner = undefined;
    // The last one of equal keys wins, also over the notes.
    if (odd === undefined) noted.spellings?.delete(name);
    else (noted.spellings ??= new Map()).set(name, { value, text: odd } as Spelling);
    if (inner === undefined) noted.inside?.delete(name);
    else (noted.inside ??= new Map()).set(name, inner);
    return noted;
  }
}

function mayBeInteger(key: string): boolean {
  const unit = key.charCodeAt(0);
  return unit >= 0x30 && unit <= 0x39;
}

/** Sets a member as data where an assignment would set the prototype. */
function defineMember(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
