import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { quirkCases, type QuirkCase } from "../src/index.js";

const page = readFileSync(new URL("../../../docs/quirks.md", import.meta.url), "utf8");
const documented = [...page.matchAll(/^\| `([A-Z]\d+)`/gm)].map(([, code]) => code as string);

/** Quirks that a diagnostic names: what was repaired, guessed, dropped or is wrong. All others are legal variety. */
const named = new Set(
  [
    ["T5", "T6", "T8", "T9", "T10", "T12", "T13", "T14"],
    ["E1", "E2", "E3", "E4", "E5"],
    ["H4", "H6"],
    ["C1", "C2", "C3", "C4", "C7", "C8", "C9", "C10", "C11", "C13", "C14"],
    ["R3", "R5"],
    ["F1", "F2", "F3", "F4", "F8", "F9", "F10", "F13"],
    ["U3", "U5", "U6", "U7", "U15", "U17"],
  ].flat(),
);

/** Named only when the content is split at its tags, which a reader does on request. */
const onRequest = new Set(["R5"]);

function textOf({ reads }: QuirkCase): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return reads.map((read) => decoder.decode(read, { stream: true })).join("") + decoder.decode();
}

const wordsOf = (cases: readonly QuirkCase[]) => cases.map(({ name }) => name);

describe("the quirk cases", () => {
  it("are about every documented quirk", () => {
    expect(documented.length).toBeGreaterThan(70);
    const about = new Set(quirkCases.map(({ codes }) => codes[0]));
    expect(documented.filter((code) => !about.has(code))).toEqual([]);
  });

  it("show no quirk that is not documented", () => {
    const codes = quirkCases.flatMap((each) => each.codes);
    expect(codes.filter((code) => !documented.includes(code))).toEqual([]);
  });

  it("have names of their own and codes without repetition", () => {
    expect(new Set(wordsOf(quirkCases)).size).toBe(quirkCases.length);
    expect(wordsOf(quirkCases.filter(({ codes }) => new Set(codes).size < codes.length))).toEqual([]);
  });

  it("are UTF-8, in reads that are not empty", () => {
    for (const each of quirkCases) expect(textOf(each), each.name).not.toBe("");
    expect(wordsOf(quirkCases.filter(({ reads }) => reads.some(({ length }) => length === 0)))).toEqual([]);
  });

  it("expect diagnostics in order, once each, of quirks that they show and that are named", () => {
    for (const { name, codes, expected } of quirkCases) {
      expect(expected.diagnostics, name).toEqual([...new Set(expected.diagnostics)].toSorted());
      expect(
        expected.diagnostics.filter((code) => !named.has(code) || !codes.includes(code)),
        name,
      ).toEqual([]);
    }
  });

  it("have a case in which each named quirk stands alone", () => {
    const alone = new Set(
      quirkCases.flatMap(({ expected }) => (expected.diagnostics.length === 1 ? expected.diagnostics : [])),
    );
    expect([...named].filter((code) => !alone.has(code) && !onRequest.has(code))).toEqual([]);
  });

  it("end in [DONE], or say by a code why they do not", () => {
    const others = new Set(["T5", "T6", "T8", "T9", "T10", "T12", "T14", "E1", "E3", "E4", "E5"]);
    const bare = quirkCases.filter((each) => !/^data: ?\[DONE\]\s+(?:: keep-alive\s+)*$/m.test(textOf(each)));
    expect(wordsOf(bare.filter(({ codes }) => !codes.some((code) => others.has(code))))).toEqual([]);
  });

  it("expect an error exactly where the stream fails", () => {
    for (const { name, expected } of quirkCases) {
      const hasErrorCode = expected.diagnostics.some((code) => code === "T8" || code.startsWith("E"));
      expect(hasErrorCode, name).toBe(expected.status === "error");
    }
  });

  it("count consistently where no code says otherwise", () => {
    const odd = new Set(["U7", "U15"]);
    for (const { name, codes, expected } of quirkCases) {
      if (expected.usage === null || codes.some((code) => odd.has(code))) continue;
      const { prompt_tokens, completion_tokens, total_tokens } = expected.usage as Record<string, number>;
      expect(total_tokens, name).toBe((prompt_tokens ?? NaN) + (completion_tokens ?? NaN));
    }
  });
});
