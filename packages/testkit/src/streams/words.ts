import type { Random } from "./random.js";

/** What the text of a generated stream is made of. */
export type TextKind = "ascii" | "mixed";

const ascii = [
  " the",
  " of",
  " planet",
  " rings",
  " is",
  " visible",
  " to",
  "ation",
  " and",
  "s",
  ",",
  ".",
].concat([
  " which",
  " around",
  " our",
  " solar",
  " system",
  "ing",
  " a",
  " with",
  " light",
  "ed",
  "\n\n",
  ' "',
]);

const mixed = [...ascii, " für", " été", "naïve", " мир", "世界", "の", "안녕", "😀", "👩‍🚀", " –", "…", "‘"];

/** A piece of text as long as a token. */
export function word(kind: TextKind, source: Random): string {
  return source.pick(kind === "ascii" ? ascii : mixed);
}
