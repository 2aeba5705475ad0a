import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { beforeAll, describe, expect, it } from "vitest";

import { canonicalJson } from "../src/hash/canonical-json.js";
import { splitUrl } from "../src/hash/url-path.js";
import { readJson } from "../src/json/read-json.js";
import { writeJson } from "../src/json/write-json.js";

const python = "/usr/bin/python3";
const hasPython = existsSync(python);
const CASES = 3000;

type Reference = {
  cases: { text: string; body: string; canonical: Record<string, string> }[];
  urls: [url: string, authority: string, path: string][];
};

describe.skipIf(!hasPython)(`CPython${hasPython ? "" : " (skipped: no python3)"}`, () => {
  let reference: Reference;

  beforeAll(() => {
    const script = fileURLToPath(new URL("fixtures/python-reference.py", import.meta.url));
    const seed = process.env["WAYBILL_SEED"] ?? "1";
    const written = execFileSync(python, [script, String(CASES), seed], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    reference = JSON.parse(written) as Reference;
  });

  it("gives back what json.dumps wrote, whatever the layout", () => {
    for (const { text } of reference.cases) expect(writeJson(readJson(text))).toBe(text);
  });

  it("writes what json.dumps writes, with no text to fall back on", () => {
    // Without ensure_ascii Python leaves half a surrogate pair as it is, which no UTF-8 file can hold.
    const texts = reference.cases.map(({ text }) => text).filter(isWellFormed);
    for (const text of texts) expect(writeJson({ ...(readJson(text) as object) })).toBe(text);
  });

  it.each([2, 3, 6, 7])("has the same canonical text in version %i", (version) => {
    const normalisation = {
      decimals: version >= 3,
      projectId: version >= 6,
      fileSearch: version >= 7,
      streamOptions: false,
    };
    for (const { body, canonical } of reference.cases)
      expect(canonicalJson(readJson(body), normalisation), body).toBe(canonical[version]);
  });

  it("splits URLs as urlparse does", () => {
    for (const [url, authority, path] of reference.urls)
      expect(splitUrl(url), JSON.stringify(url)).toEqual({ authority, path });
  });
});

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
