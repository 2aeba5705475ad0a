import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { formats } from "../scripts/formats.js";
import { publishedFiles, vectorFiles } from "../scripts/published-files.js";
import { lint } from "../src/index.js";
import { check } from "../src/registry.js";

const directory = new URL("../json/", import.meta.url);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the published JSON Schema files", () => {
  const files = publishedFiles(sha256);

  it.each(files)("$file is what the schemas in memory say (else run: npm run schemas)", ({ file, text }) => {
    expect(readFileSync(new URL(file, directory), "utf8")).toBe(text);
  });

  it.each(vectorFiles())(
    "vectors/$file is what the tables of vectors say (else run: npm run schemas)",
    ({ file, text }) => {
      expect(readFileSync(new URL(`vectors/${file}`, directory), "utf8")).toBe(text);
    },
  );

  it("are all there is", () => {
    const committed = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(committed.map((entry) => entry.name).toSorted()).toEqual(files.map(({ file }) => file).toSorted());
  });

  it("of readers have an example that is valid and without findings", () => {
    for (const { name, accept } of formats) {
      const [example] = accept.examples as unknown[];
      expect(check(name, example), name).toMatchObject({ ok: true });
      expect(lint(name, example), name).toEqual([]);
    }
  });

  it("have no keyword that a strict validator does not know", () => {
    const known = new Set(
      "$schema $id $ref $defs title description examples type const enum properties required items additionalProperties oneOf anyOf not pattern minLength maxLength minimum maximum minItems maxItems".split(
        " ",
      ),
    );
    const keywords = new Set<string>();
    collectKeywords(
      files.filter(({ file }) => file !== "index.json").map(({ text }) => JSON.parse(text) as object),
      keywords,
    );
    expect([...keywords].filter((keyword) => !known.has(keyword))).toEqual([]);
  });

  it("take a publisher's address in place of the URN", () => {
    const [first] = publishedFiles(sha256, "https://schemas.example.com/llm");
    expect(JSON.parse(first?.text ?? "")).toMatchObject({
      $id: "https://schemas.example.com/llm/chat-completion-chunk.schema.json",
    });
  });
});

/** Collects keywords of schemas; the names under properties and $defs are not keywords. */
function collectKeywords(schemas: object[], keywords: Set<string>): void {
  for (const schema of schemas) {
    for (const [keyword, value] of Object.entries(schema)) {
      keywords.add(keyword);
      if (keyword === "properties" || keyword === "$defs")
        collectKeywords(Object.values(value as object), keywords);
      else if (keyword === "items" || keyword === "additionalProperties") {
        if (typeof value === "object") collectKeywords([value as object], keywords);
      } else if (keyword === "oneOf" || keyword === "anyOf") collectKeywords(value as object[], keywords);
    }
  }
}
