import type { Members } from "./members.js";
import type { Text } from "./text.js";
import { copiedUnits, copyString } from "./utf8-string.js";
import type { Workbench } from "./workbench.js";

/** A place in an event where the bytes may differ from those it was learned from. */
export type Hole =
  /** A string that goes behind a text. A template has one. */
  | { kind: "text" }
  /** A string that says nothing: padding. */
  | { kind: "padding" }
  /** A whole number that says nothing: a time when there is one already. */
  | { kind: "number" }
  /** A whole number of a usage object. */
  | { kind: "count"; holder: Members; name: string };

/** A run of fixed bytes, and the hole behind it. */
export type Cut = { start: number; end: number; hole: Hole | undefined };

/** What an event does that fits. */
export type Effect = {
  /** The text that it adds to. */
  text: Text;
  /** The usage object that its counts belong to. */
  usage: Members | undefined;
  /** Deviations that every such event has; each counts once more. */
  habits: readonly { count: number }[];
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Bytes that end a run of plain characters of a JSON string: quote, backslash, controls and what is not ASCII. */
const isSpecial = new Uint8Array(256).map((_, byte) =>
  byte < 0x20 || byte >= 0x80 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/** Whole numbers of so many digits are exact as doubles. */
const MAX_DIGITS = 15;

/** Text up to this length is copied in a loop, which is faster than a call. */
const SHORT = 48;

/**
 * The bytes of an event with holes. An event that equals it outside the holes, and has well-formed values in them, is the
 * same event with other values there: it says nothing else, and nothing else needs to be read.
 */
export class Template {
  /** Fixed bytes: one run in front of each hole, and one behind the last. */
  readonly #runs: readonly Run[];
  readonly #holes: readonly Hole[];
  readonly #least: number;
  readonly #text: Text;
  /** Counts of the event at hand, put into their holders only when all of it fits. */
  readonly #counts: number[] = [];
  readonly usage: Effect["usage"];
  readonly habits: Effect["habits"];
  /** The template of the event that came behind such an event. */
  next: Template | undefined;
  /** UTF-16 units that the last match put behind the text. */
  units = 0;

  /**
   * @param cuts where each run begins and ends in `bytes`, and the hole behind it; the last run has none.
   */
  constructor(bytes: Uint8Array, cuts: readonly Cut[], effect: Effect) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#runs = cuts.map(({ start, end }) => new Run(view, start, end));
    this.#holes = cuts.flatMap(({ hole }) => hole ?? []);
    this.#least = cuts.reduce((sum, { start, end }) => sum + end - start, 0);
    this.#text = effect.text;
    this.usage = effect.usage;
    this.habits = effect.habits;
  }

  /**
   * Takes the event at `start`, if it fits: puts its text behind the text and its counts into their holders. Returns where
   * it ends, or 0. Behind `end` stand control characters, which no string holds, so that scans need no bound.
   */
  take({ bytes, view }: Workbench, start: number, end: number): number {
    if (start + this.#least > end) return 0;
    const holes = this.#holes;
    let at = start;
    let textStart = 0;
    let textEnd = 0;
    let isPlain = true;
    let counted = 0;
    for (let place = 0; place < holes.length; place++) {
      const run = this.#runs[place] as Run;
      if (at + run.length > end || !run.equals(view, at)) return 0;
      at += run.length;
      const hole = holes[place] as Hole;
      if (hole.kind === "text") {
        textStart = at;
        at = skipPlain(view, at);
        for (let byte = bytes[at] as number; byte !== QUOTE; byte = bytes[at] as number) {
          if (isSpecial[byte] === 0) at++;
          else if (byte < 0x20) return 0;
          else {
            isPlain = false;
            at += byte === BACKSLASH ? 2 : 1;
          }
        }
        textEnd = at;
      } else if (hole.kind === "padding") {
        at = skipPlain(view, at);
        while (isSpecial[bytes[at] as number] === 0) at++;
      } else {
        const first = at;
        let value = 0;
        for (let digit = digitAt(bytes, at); digit >= 0; digit = digitAt(bytes, at)) {
          value = value * 10 + digit;
          at++;
        }
        const length = at - first;
        if (length === 0 || length > MAX_DIGITS || (length > 1 && bytes[first] === 0x30)) return 0;
        if (hole.kind === "count") this.#counts[counted++] = value;
      }
    }
    const last = this.#runs[holes.length] as Run;
    if (at + last.length > end || !last.equals(view, at)) return 0;
    if (!this.#append(bytes, textStart, textEnd, isPlain)) return 0;
    if (counted > 0) this.#setCounts();
    return at + last.length;
  }

  #append(bytes: Uint8Array, start: number, end: number, isPlain: boolean): boolean {
    const length = end - start;
    this.units = length;
    if (length === 0) return true;
    const text = this.#text;
    text.reserve(length);
    const target = text.bytes;
    let to = text.length;
    if (!isPlain) {
      to = copyString(bytes, start, end, target, to);
      if (to < 0) return false;
      this.units = copiedUnits;
    } else if (length <= SHORT) {
      for (let at = start; at < end; at++) target[to++] = bytes[at] as number;
    } else {
      target.set(bytes.subarray(start, end), to);
      to += length;
    }
    text.length = to;
    return true;
  }

  #setCounts(): void {
    let counted = 0;
    for (const hole of this.#holes)
      if (hole.kind === "count") hole.holder[hole.name] = this.#counts[counted++];
  }
}

/**
 * Bytes that are compared eight at a time, as doubles. Equal doubles are equal bytes but for zeros, of which there are
 * two: and eight bytes of JSON are no zero. What is no number equals nothing, and then the run never fits. They stand in a
 * plain array, because a typed one weighs more than they do.
 */
class Run {
  readonly length: number;
  readonly #words: readonly number[];
  /** The last eight bytes, which may overlap those before. */
  readonly #last: number;

  constructor(view: DataView, start: number, end: number) {
    this.length = end - start;
    const isShort = this.length < 8;
    this.#last = isShort ? 0 : view.getFloat64(end - 8, true);
    const words: number[] = [];
    if (isShort) for (let at = start; at < end; at++) words.push(view.getUint8(at));
    else for (let at = start; at + 8 <= end; at += 8) words.push(view.getFloat64(at, true));
    // A copy has no room to grow.
    this.#words = words.slice();
  }

  /** From the last byte on: templates of one stream differ most near the hole. */
  equals(view: DataView, start: number): boolean {
    const { length } = this;
    const words = this.#words;
    if (length < 8) {
      for (let at = 0; at < length; at++) if (view.getUint8(start + at) !== words[at]) return false;
      return true;
    }
    if (view.getFloat64(start + length - 8, true) !== this.#last) return false;
    for (let word = words.length - 1; word >= 0; word--)
      if (view.getFloat64(start + (word << 3), true) !== words[word]) return false;
    return true;
  }
}

/** Where the first byte is that is no plain character of a JSON string, or a little before it. */
function skipPlain(view: DataView, start: number): number {
  let at = start;
  for (;;) {
    const word = view.getInt32(at, true);
    const quotes = word ^ 0x22222222;
    const slashes = word ^ 0x5c5c5c5c;
    // Subtracting sets the top bit of a byte that is smaller: than a space, or, of what is 0 where it is equal, than 1.
    const small = (word - 0x20202020) & ~word;
    const special = small | ((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes) | word;
    if ((special & 0x80808080) !== 0) return at;
    at += 4;
  }
}

function digitAt(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] as number) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
