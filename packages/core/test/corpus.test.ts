import { describe, expect, it } from "vitest";

import { checkText, detect, parseJsonText, type SchemaName } from "../src/index.js";
import { hasCorpus, readCorpus, readDirectory, seedDirectory, type NamedText } from "./documents.js";

function expectAccepted({ name, text }: NamedText, schema: SchemaName): void {
  const parsed = parseJsonText(text);
  expect(parsed, name).toMatchObject({ ok: true });
  if (!parsed.ok) return;
  expect(detect(parsed.value), name).toBe(schema);
  expect(checkText(text, schema), name).toMatchObject({ ok: true });
}

describe("the seeds", () => {
  const seeds = readDirectory(seedDirectory);

  it("are five", () => {
    expect(seeds).toHaveLength(5);
  });

  it.each(seeds)("$name is named right and accepted", (seed) => {
    const schema = seed.name.startsWith("recording")
      ? "recording"
      : seed.name.startsWith("langfuse")
        ? "langfuse-batch"
        : "standard-logging-payload";
    expectAccepted(seed, schema);
  });
});

describe.skipIf(!hasCorpus)(`the corpus${hasCorpus ? "" : " (skipped: no corpus)"}`, () => {
  it("has 60 recordings, all named right and accepted", () => {
    const recordings = readCorpus("recordings");
    expect(recordings).toHaveLength(60);
    for (const recording of recordings) expectAccepted(recording, "recording");
  });

  it("has 9 Langfuse batches, all named right and accepted", () => {
    const batches = readCorpus("litellm/langfuse_expected_request_body");
    expect(batches).toHaveLength(9);
    for (const batch of batches) expectAccepted(batch, "langfuse-batch");
  });

  it("has an older payload, named right and accepted", () => {
    const [payload] = readCorpus("litellm/gcs_pub_sub_body").filter(({ name }) => !name.includes("schema"));
    expectAccepted(payload as NamedText, "standard-logging-payload");
  });
});
