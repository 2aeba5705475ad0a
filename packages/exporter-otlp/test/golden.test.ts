import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { toOtlpTraces } from "../src/index.js";
import { calls } from "./calls.js";

const folder = new URL("fixtures/", import.meta.url);

/** `UPDATE_GOLDEN=1 npx vitest run test/golden.test.ts` writes the files anew; look at what changed before you keep it. */
const isUpdate = process.env.UPDATE_GOLDEN === "1";

describe("the golden files", () => {
  it("are one for each call", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
    expect(files.toSorted()).toEqual(
      Object.keys(calls)
        .map((name) => `${name}.json`)
        .toSorted(),
    );
  });

  it.each(Object.keys(calls))("%s is mapped to the same bytes as ever", (name) => {
    const { payload, options } = calls[name]!;
    const traces = JSON.parse(JSON.stringify(toOtlpTraces([payload], options))) as unknown;
    const file = new URL(`${name}.json`, folder);
    if (isUpdate) writeFileSync(file, `${JSON.stringify(traces, null, 2)}\n`);
    expect(traces).toEqual(JSON.parse(readFileSync(file, "utf8")));
  });

  it.each(Object.keys(calls))("%s is mapped to the same text twice, and is not changed by it", (name) => {
    const { payload, options } = calls[name]!;
    const before = structuredClone(payload);
    const texts = [payload, structuredClone(payload)].map((each) =>
      JSON.stringify(toOtlpTraces([each], options)),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(payload).toEqual(before);
  });
});
