import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import type { Vector } from "../scripts/vectors/define.js";
import { check, checkEmit, type SchemaName } from "../src/registry.js";

const json = new URL("../json/", import.meta.url);
const released = new URL("vectors/released/", json);
/** The current vectors, and those of every released version: what was valid stays valid. */
const directories = [
  new URL("vectors/", json),
  ...(existsSync(released) ? readdirSync(released).map((version) => new URL(`${version}/`, released)) : []),
];

type VectorFile = { schema: string; vectors: Vector[] };
const files = directories.flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({
      name,
      content: JSON.parse(readFileSync(new URL(name, directory), "utf8")) as VectorFile,
    })),
);

function checkWith(file: string, document: unknown) {
  const name = file.replace(/(\.emit)?\.json$/, "") as SchemaName;
  return file.endsWith(".emit.json") ? checkEmit(name, document) : check(name, document);
}

describe("the conformance vectors", () => {
  it.each(files)(
    "of $name are at least 40 valid and 40 invalid documents, each with a title of its own",
    ({ content }) => {
      const { vectors } = content;
      expect(vectors.filter(({ valid }) => valid).length).toBeGreaterThanOrEqual(40);
      expect(vectors.filter(({ valid }) => !valid).length).toBeGreaterThanOrEqual(40);
      expect(new Set(vectors.map((vector) => JSON.stringify(vector.document))).size).toBe(vectors.length);
      expect(new Set(vectors.map(({ title }) => title)).size).toBe(vectors.length);
    },
  );

  it.each(files)("of $name get their verdict, and the first issue its place", ({ name, content }) => {
    const wrong = content.vectors.filter((vector) => {
      const result = checkWith(name, vector.document);
      if (vector.valid) return !result.ok;
      return result.ok || result.issues[0]?.path !== vector.path;
    });
    expect(wrong.map(({ title }) => title)).toEqual([]);
  });

  it.each(files)("of $name get the same verdict from AJV on the published file", ({ content }) => {
    const schema = JSON.parse(readFileSync(new URL(content.schema, json), "utf8")) as object;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
    const wrong = content.vectors.filter(({ document, valid }) => validate(document) !== valid);
    expect(wrong.map(({ title }) => title)).toEqual([]);
  });

  it("of emit schemas that are valid are accepted by the reader's schema", () => {
    const emitted = files.filter(({ name }) => name.endsWith(".emit.json"));
    const refused = emitted.flatMap(({ name, content }) =>
      content.vectors
        .filter(
          ({ valid, document }) => valid && !check(name.replace(".emit.json", "") as SchemaName, document).ok,
        )
        .map(({ title }) => `${name}: ${title}`),
    );
    expect(refused).toEqual([]);
  });
});

/** A Python that has Debian's python3-jsonschema, or undefined. */
const python = ["/usr/bin/python3", "python3"].find((command) => {
  try {
    execFileSync(command, ["-c", "import jsonschema"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

describe.skipIf(!python)(`python3-jsonschema${python ? "" : " (skipped: not installed)"}`, () => {
  it("agrees on every verdict and place", () => {
    const runner = fileURLToPath(new URL("vectors/run_vectors.py", json));
    const output = execFileSync(python as string, [runner], { encoding: "utf8" });
    const count = files.reduce((sum, { content }) => sum + content.vectors.length, 0);
    expect(output.trim()).toBe(`${count} vectors, 0 disagree`);
  });
});
