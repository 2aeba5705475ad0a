import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import * as payload from "../src/index.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const source = (file: string) => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");

describe("the README", () => {
  it("names every export", () => {
    for (const name of Object.keys(payload)) expect(readme).toContain(`\`${name}(`);
  });

  it.each(["options.ts", "redact/options.ts"])("has a row for every option of %s", (file) => {
    const [type = ""] = /export type \w+Options = \{[^]*?\n\};/.exec(source(file)) ?? [];
    const names = [...type.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, "m"));
  });

  it("shows what the redactor writes", () => {
    const text = payload
      .createRedactor({ key: "of this installation" })
      .text('curl -H "x-api-key: abc12345"');
    expect(readme).toContain(`// ${text}\n`);
  });
});
