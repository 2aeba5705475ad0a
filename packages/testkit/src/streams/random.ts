/** A source of numbers that gives the same ones for the same seed, on every machine. */
export type Random = {
  /** A number from 0 up to, but not, 1. */
  next(): number;
  /** A whole number of this range, both ends included. */
  integer(from: number, to: number): number;
  /** One of the items, of which there must be one. */
  pick<Item>(items: readonly Item[]): Item;
  /** Letters and digits, this many. */
  letters(count: number): string;
};

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Makes a generator (mulberry32) for tests and benches; nothing about it is secret or strong. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  function pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError("there is nothing to pick from");
    return items[integer(0, items.length - 1)] as Item;
  }
  const letters = (count: number) => Array.from({ length: count }, () => alphabet[integer(0, 61)]).join("");
  return { next, integer, pick, letters };
}
