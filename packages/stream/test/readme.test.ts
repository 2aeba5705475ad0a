import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

const source = new URL("../src/", import.meta.url);
const code = readdirSync(source)
  .map((file) => readFileSync(new URL(file, source), "utf8"))
  .join("\n");
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const diagnostics = readme.slice(readme.indexOf("## Diagnostics"), readme.indexOf("## Limits"));

/** Every word that a diagnostic can have, as the sources write it. */
const written = [
  ...code.matchAll(
    /(?:note|noteHabit|stated|#add)\(\s*"([A-Z]\d+|[a-z]+(?:-[a-z]+)+|limit|duplicate|aborted|unreadable)"/g,
  ),
  ...code.matchAll(/code: "([A-Z]\d+|[a-z]+(?:-[a-z]+)+)"/g),
  ...code.matchAll(/\? "([A-Z]\d+)" : "[A-Z]\d+"/g),
  ...code.matchAll(/\? "[A-Z]\d+" : "([A-Z]\d+)"/g),
].map(([, word]) => word ?? "");

describe("the README", () => {
  it("lists the codes of all diagnostics, and no others", () => {
    const listed = [...diagnostics.matchAll(/^\| (.+?) +\|/gm)].flatMap(([, cell]) =>
      [...(cell ?? "").matchAll(/`([^`]+)`/g)].map(([, word]) => word),
    );
    expect(new Set(listed)).toEqual(new Set(written));
  });
});
