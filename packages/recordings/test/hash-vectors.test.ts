import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import {
  canonicalRequest,
  hashesOf,
  hashVersions,
  readJson,
  readRecording,
  recordingFileName,
  requestHash,
  type HashVersion,
  type Recipe,
  type RecordedRequest,
} from "../src/index.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles, versionsInIndex } from "./corpus.js";

type Vector = {
  name: string;
  recipe: Recipe;
  version: string | null;
  method: string;
  url: string;
  test_id: string | null;
  provider: string;
  tool_name: string;
  json: string;
  canonical: string;
  sha256: string;
};

const { vectors } = JSON.parse(
  readFileSync(new URL("fixtures/recordings-vectors.json", import.meta.url), "utf8"),
) as { vectors: Vector[] };

function requestOf(vector: Vector, body: unknown): RecordedRequest {
  return vector.recipe === "tool"
    ? { provider: vector.provider, toolName: vector.tool_name, kwargs: body }
    : { method: vector.method, url: vector.url, testId: vector.test_id, body };
}

describe("the vectors of the specification", () => {
  it.each(vectors)("$name $version: the same canonical text and hash", async (vector) => {
    const version = Number(vector.version?.slice(1) ?? 7) as HashVersion;
    const options = { recipe: vector.recipe, version };
    for (const body of [vector.json, readJson(vector.json)]) {
      const request = requestOf(vector, body);
      expect(canonicalRequest(request, options)).toBe(vector.canonical);
      expect(await requestHash(request, options)).toBe(vector.sha256);
    }
  });
});

describe("the seeds", () => {
  it.each([
    [
      "recording-without-usage.json",
      "cc0156eadb588e2cdfb9d4d0db0355b6a1d6c57e467f136f45586b73bf95766d",
      "04732110e5cd",
    ],
    [
      "recording-with-usage.json",
      "cd222f01d7ea1ac366a7047fec375e23501333a7e1173fc346f4eae530f6d3ee",
      "0c976442d3fd",
    ],
  ])("%s has its name in every version", async (name, hash, digits) => {
    const recording = readRecording(seedFiles.find((file) => file.name === name)?.text ?? "");
    const { method, url, body } = recording.request;
    const request = { method: method ?? "", url: url ?? "", body, testId: recording.test_id };
    for (const version of hashVersions) {
      const own = await requestHash(request, { version });
      expect(recordingFileName(own, version)).toBe(version === 1 ? `${digits}.json` : `${hash}.json`);
    }
    expect(await hashesOf(recording)).toContainEqual({
      recipe: "inference",
      version: 7,
      hash,
      fileName: `${hash}.json`,
    });
  });
});

describe.skipIf(!hasCorpus)(`the corpus${corpusNote}`, () => {
  const versions = hasCorpus ? versionsInIndex() : new Map<string, string>();

  it.each(corpusFiles)("$name was written with the versions that its index names", async ({ name, text }) => {
    const hashes = await hashesOf(readRecording(text));
    const written = hashes.filter(({ fileName }) => fileName === name);
    const digits = name.replace("models-", "").slice(0, 12);
    expect(written.map(({ recipe, version }) => `${recipe} ${version}`)).toEqual(
      namesOf(versions.get(digits) ?? "not in the index"),
    );
  });
});

/** "v3,v4" or "v2–v7" or a recipe's name, in the words of `hashesOf`. */
function namesOf(versions: string): string[] {
  if (versions === "NONE") return [];
  if (versions === "tool") return ["tool 7"];
  if (versions === "HTTP") return ["http 7", "http 6", "http 5"];
  const numbers = [...versions.matchAll(/\d/g)].map(Number);
  const [first = 0, last = 0] = numbers;
  const all = versions.includes("–")
    ? Array.from({ length: last - first + 1 }, (_, index) => first + index)
    : numbers;
  // Version 1 had no digests in the names of model lists.
  const named = versions === "v1–v7" ? all.filter((version) => version > 1) : all;
  return named.toReversed().map((version) => `inference ${version}`);
}
