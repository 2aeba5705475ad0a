import { InvalidDocumentError } from "@waybill/core";
import { describe, expect, it } from "vitest";

import {
  canonicalRequest,
  deterministicId,
  float,
  floatReadings,
  hashesOf,
  modelListDigest,
  readJson,
  readRecording,
  recordingFileName,
  requestHash,
  UnwritableValueError,
  type HashVersion,
  type InferenceRequest,
} from "../src/index.js";

const url = "http://h/v1/v1/chat/completions";
/** The canonical body with its numbers as they are spelled. */
function canonicalBody(body: unknown, version: HashVersion = 7): unknown {
  const canonical = canonicalRequest({ url, body }, { version });
  const spelled = canonical.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  return (JSON.parse(spelled) as { body: unknown }).body;
}

describe("a body", () => {
  it.each<[string, unknown, string]>([
    ["text", '{"a": 1.0, "b": 1, "c": 1e0, "d": 1E4}', '{"a": 1.0, "b": 1, "c": 1.0, "d": 10000.0}'],
    [
      "a value",
      { a: 1, b: 1.5, c: 1e21, d: -0, e: 2 ** 53 },
      '{"a": 1, "b": 1.5, "c": 1e+21, "d": 0, "e": 9007199254740992}',
    ],
    ["a value with marks", { a: float(1), b: [float(-0)], c: 1 }, '{"a": 1.0, "b": [-0.0], "c": 1}'],
    [
      "a value that was read",
      readJson('{"a":1.0,"b":[-0,12345678901234567890]}'),
      '{"a": 1.0, "b": [0, 12345678901234567890]}',
    ],
    [
      "what JSON.stringify would send",
      { a: undefined, b: [undefined], c: new Date(0), d: 1n },
      '{"b": [null], "c": "1970-01-01T00:00:00.000Z", "d": 1}',
    ],
    ["nothing", undefined, "{}"],
    ["an own __proto__", readJson('{"__proto__":1.0}'), '{"__proto__": 1.0}'],
    ["keys that come twice", '{"a":1.0,"b":{"c":2.0},"a":1,"b":{"c":2}}', '{"a": 1, "b": {"c": 2}}'],
  ])("may be %s", (_, body, canonical) => {
    expect(canonicalRequest({ url, body })).toBe(
      `{"body": ${canonical}, "endpoint": "/v1/v1/chat/completions", "method": "POST", "test_id": null}`,
    );
  });

  it("that was read and changed hashes as it is now", () => {
    const body = readJson('{"temperature":1.0,"top_p":1.0}') as Record<string, unknown>;
    body["temperature"] = 2;
    expect(canonicalBody({ ...body, top_p: 1 })).toEqual({ temperature: "2", top_p: "1" });
    expect(canonicalBody(body)).toEqual({ temperature: "2", top_p: "1.0" });
  });

  it("must be JSON, finite and without cycles", async () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    expect(() => canonicalRequest({ url, body: '{"a":' })).toThrow(InvalidDocumentError);
    expect(() => canonicalRequest({ url, body: { a: [Number.NaN] } })).toThrow(/^\/a\/0: JSON has no NaN$/);
    expect(() => canonicalRequest({ url, body: cycle })).toThrow(UnwritableValueError);
    await expect(requestHash({ url, body: cycle })).rejects.toThrow(UnwritableValueError);
  });
});

describe("keys", () => {
  it.each([
    ["10", "9"],
    ["B", "a"],
    ["", "a"],
    ["a", "ab"],
    ["\uff61", "\u{1f600}"],
    ["\uffff", "\u{10000}"],
    ["\ud800", "\ue000"],
    ["\ud83d", "\u{1f600}"],
    ["\ud83dz", "\u{1f600}"],
    ["\u{1f600}", "\u{1f600}a"],
    ["\u{1f600}", "\u{1f601}"],
    ["\u{1f600}\uff61", "\u{1f600}\u{1f600}"],
  ])("%j comes before %j", (first, second) => {
    for (const body of [
      { [first]: 1, [second]: 2 },
      { [second]: 2, [first]: 1 },
    ])
      expect(canonicalRequest({ url, body })).toMatch(/": 1, .*": 2/);
  });
});

describe("normalisation", () => {
  const uuid = "3ad3371d-04a9-4fa3-b837-d6dd716348e7";

  it.each<[string, HashVersion, unknown, unknown]>([
    ["floats stay in version 2", 2, { a: 0.1234567 }, { a: "0.1234567" }],
    [
      "floats have five decimals",
      3,
      { a: [0.1234567, 0.015625, -1e-9, 1e22] },
      { a: ["0.12346", "0.01562", "-0.0", "1e+22"] },
    ],
    ["integers stay", 7, { a: [12345678, 0] }, { a: ["12345678", "0"] }],
    ["decimals in strings stay in version 2", 2, { a: "0.123456" }, { a: "0.123456" }],
    [
      "decimals in strings have five",
      3,
      { a: "0.123456, 1.2345 1.234 .12345 1.2.34567" },
      { a: "0.12346, 1.23450 1.234 .12345 1.2.34567" },
    ],
    [
      "no float has an exponent in a string",
      7,
      { a: `1${"0".repeat(22)}.0000` },
      { a: `1${"0".repeat(22)}.00000` },
    ],
    ["no float is beyond infinity", 7, { a: `-${"9".repeat(400)}.0000` }, { a: "-inf" }],
    [
      "digits of any script count",
      7,
      { a: "٣.١٤١٥٩٢ 𝟘.𝟙𝟚𝟛𝟜 １.２３４５６" },
      { a: "3.14159 0.12340 1.23456" },
    ],
    ["keys stay", 7, { "0.123456": "score: 1" }, { "0.123456": "score: __NORMALIZED__" }],
    [
      "project ids stay in version 5",
      5,
      { extra_body: { project_id: "p" } },
      { extra_body: { project_id: "p" } },
    ],
    [
      "project ids go at the top",
      6,
      { extra_body: { project_id: "p" }, extra_query: { project_id: "p", k: "v" } },
      { extra_body: {}, extra_query: { k: "v" } },
    ],
    [
      "project ids stay inside of objects",
      6,
      { a: { extra_body: { project_id: "p" } } },
      { a: { extra_body: { project_id: "p" } } },
    ],
    [
      "project ids go in items",
      6,
      { a: { b: [[{ extra_body: { project_id: "p" } }]] } },
      { a: { b: [[{ extra_body: {} }]] } },
    ],
    [
      "only an object has one to lose",
      6,
      { extra_body: [{ project_id: "p" }], extra_query: "project_id" },
      { extra_body: [{ project_id: "p" }], extra_query: "project_id" },
    ],
    [
      "file searches stay in version 6",
      6,
      { a: `score: 0.5 document_id: ${uuid}` },
      { a: `score: 0.5 document_id: ${uuid}` },
    ],
    [
      "scores are masked",
      7,
      { a: "score:.5 score: +1e-5 score:\u001c\u00857 score:\ufeff1 score: x" },
      { a: "score: __NORMALIZED__ score: __NORMALIZED__ score: __NORMALIZED__ score:\ufeff1 score: x" },
    ],
    [
      "attributes go",
      7,
      { a: "a ,\n attributes: {'b': {}}, attributes:{} attributes: {" },
      { a: "a } attributes: {" },
    ],
    ["attributes go with one comma", 7, { a: "a,, \u001fattributes: {},attributes: {b}c" }, { a: "a,c" }],
    [
      "document ids are masked",
      7,
      { a: `document_id:\n${uuid} document_id: ${uuid.toUpperCase()} document_id: file-1` },
      { a: `document_id: __NORMALIZED__ document_id: ${uuid.toUpperCase()} document_id: file-1` },
    ],
    [
      "citations are masked",
      7,
      { a: `<|${uuid}|> <|file-1|> ${uuid}` },
      { a: `<|__NORMALIZED__|> <|file-1|> ${uuid}` },
    ],
    [
      "scores are masked before decimals are rounded",
      7,
      { a: "score: 0.123456 0.123456" },
      { a: "score: __NORMALIZED__ 0.12346" },
    ],
  ])("%s", (_, version, body, normalised) => {
    expect(canonicalBody(body, version)).toEqual(normalised);
  });

  it.each([
    ["digits", "1".repeat(300_000)],
    ["white space", " ".repeat(300_000)],
    ["braces that nothing closes", "attributes:{".repeat(50_000)],
    ["white space before attributes", `${" ".repeat(300_000)}attributes: {}`],
    ["scores without numbers", `score:${" ".repeat(300_000)}`],
    ["minus signs", "-".repeat(300_000)],
  ])("takes no more than linear time for %s", (_, text) => {
    const started = performance.now();
    canonicalRequest({ url, body: { text: `${text} 0.123456` } });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("leaves tools alone and gives HTTP everything but Bedrock's rule", () => {
    const body = { stream_options: 1.123456, extra_body: { project_id: 1 } };
    const call = { url: "https://bedrock.aws/v1/models", body, testId: "t" };
    expect(canonicalRequest({ provider: "p", toolName: "t", kwargs: body })).toBe(
      '{"kwargs": {"extra_body": {"project_id": 1}, "stream_options": 1.123456}, "provider": "p", "tool_name": "t"}',
    );
    expect(canonicalRequest(call, { recipe: "http" })).toBe(
      '{"method": "POST", "payload": {"extra_body": {}, "stream_options": 1.12346}, "test_id": "t", "url": "https://bedrock.aws/v1/models"}',
    );
    expect(canonicalRequest(call)).toBe(
      '{"body": {"extra_body": {}}, "endpoint": "/v1/models", "method": "POST"}',
    );
    expect(canonicalRequest(call, { version: 4 })).toContain('"stream_options": 1.12346');
    // Only the authority tells Bedrock.
    expect(canonicalRequest({ ...call, url: "https://h/bedrock" })).toContain('"stream_options": 1.12346');
  });
});

describe("what is hashed beside the body", () => {
  it.each<[string, Partial<InferenceRequest>, HashVersion, string]>([
    ["no test", {}, 7, '"method": "POST", "test_id": null}'],
    ["a test", { testId: "t::é" }, 7, String.raw`"test_id": "t::\u00e9"}`],
    ["a test in version 1", { testId: "t" }, 1, '"method": "POST"}'],
    ["another method", { method: "get" }, 7, '"method": "GET", '],
    [
      "a shared path",
      { url: "http://h/api/tags?x", testId: "t" },
      2,
      '"endpoint": "/api/tags", "method": "POST"}',
    ],
    [
      "a path that is shared later",
      { url: "http://h/v1/openai/v1/models", testId: "t" },
      3,
      '"test_id": "t"}',
    ],
    [
      "a path that is shared now",
      { url: "http://h/v1/openai/v1/models", testId: "t" },
      4,
      '"method": "POST"}',
    ],
    ["a path like a shared one", { url: "http://h/v1/models/", testId: "t" }, 7, '"test_id": "t"}'],
  ])("%s", (_, request, version, end) => {
    expect(canonicalRequest({ url, ...request }, { version })).toContain(end);
  });

  it("a file processor's file, with what was chosen for it", () => {
    expect(
      canonicalRequest({ fileId: "f", testId: "t", chunkingStrategy: { type: "auto" }, options: {} }),
    ).toBe(
      '{"api": "file_processors", "chunking_strategy": {"type": "auto"}, "file_id": "f", "options": {}, "test_id": "t"}',
    );
    expect(canonicalRequest({ fileId: "f" })).toBe(
      '{"api": "file_processors", "file_id": "f", "test_id": null}',
    );
  });

  it.each<[string, () => unknown]>([
    ["unknown-version", () => canonicalRequest({ url }, { version: 8 as HashVersion })],
    ["unknown-recipe", () => canonicalRequest({ url }, { recipe: "toString" as "http" })],
    ["incomplete-request", () => canonicalRequest({} as InferenceRequest)],
    ["incomplete-request", () => canonicalRequest({ url }, { recipe: "tool" })],
  ])("not what is asked for wrongly: %s", (code, hash) => {
    expect(hash).toThrow(expect.objectContaining({ name: "RequestHashError", code }));
  });
});

describe("floatReadings", () => {
  it("are every choice of floats among the four, all of them first", () => {
    const readings = floatReadings({ temperature: 0, top_p: 1, seed: 1, presence_penalty: 0.5 });
    expect(readings.map((body) => canonicalBody(body))).toEqual([
      { temperature: "0.0", top_p: "1.0", seed: "1", presence_penalty: "0.5" },
      { temperature: "0.0", top_p: "1", seed: "1", presence_penalty: "0.5" },
      { temperature: "0", top_p: "1.0", seed: "1", presence_penalty: "0.5" },
    ]);
    const four = { temperature: 1, top_p: 1, frequency_penalty: 1, presence_penalty: 1 };
    expect(floatReadings(four)).toHaveLength(15);
  });

  it("keep what was read of the rest", () => {
    const [reading] = floatReadings('{"temperature":1,"top_p":1.0,"seed":12345678901234567890}');
    expect(canonicalBody(reading)).toEqual({
      temperature: "1.0",
      top_p: "1.0",
      seed: "12345678901234567890",
    });
  });

  it.each([
    ["floats", '{"temperature":1.0}'],
    ["marked floats", { temperature: float(1) }],
    ["fractions", { temperature: 0.5 }],
    ["no such members", { temperature: null, top_p: "1" }],
    ["a list", [1]],
    ["nothing", undefined],
  ])("are none for %s", (_, body) => {
    expect(floatReadings(body)).toEqual([]);
  });
});

describe("names", () => {
  const list = (endpoint: string, body: unknown) =>
    readRecording(JSON.stringify({ request: { url: `http://h${endpoint}`, endpoint }, response: { body } }));

  it("are twelve digits in version 1, and have a digest for lists", () => {
    const hash = "0123456789abcdef".repeat(4);
    expect(recordingFileName(hash)).toBe(`${hash}.json`);
    expect(recordingFileName(hash, 1)).toBe("0123456789ab.json");
    expect(recordingFileName(hash, 7, "01234567")).toBe(`models-${hash}-01234567.json`);
  });

  it("have the same digest whatever the order of the models", async () => {
    const named = (...ids: string[]) =>
      list(
        "/v1/models",
        ids.map((id) => ({ __type__: "M", __data__: { id } })),
      );
    expect(await modelListDigest(named("b", "a", "b"))).toBe(await modelListDigest(named("a", "b")));
    expect(await modelListDigest(named("a"))).not.toBe(await modelListDigest(named("b")));
    const tags = list("/api/tags", { __type__: "L", __data__: { models: [{ model: "b" }, { model: "a" }] } });
    expect(await modelListDigest(tags)).toBe(await modelListDigest(named("a", "b")));
    expect((await hashesOf(tags))[0]?.fileName).toMatch(/^models-[0-9a-f]{64}-[0-9a-f]{8}\.json$/);
  });

  it("do not take a recorded string for JSON text", async () => {
    const recording = list("/x", null);
    recording.request.body = "{";
    expect((await hashesOf(recording))[0]?.hash).toBe(await requestHash({ url: "http://h/x", body: '"{"' }));
  });

  it("of a file processor's recording are those with and without the usual chunks", async () => {
    const recording = readRecording(
      JSON.stringify({
        request: { test_id: "t", api: "file_processors", file_id: "f" },
        response: { body: null },
      }),
    );
    expect(await hashesOf(recording)).toMatchObject([
      { recipe: "file-processor", version: 7 },
      { recipe: "file-processor", version: 7 },
    ]);
  });
});

describe("deterministicId", () => {
  const test =
    "tests/integration/responses/test_tool_responses.py::test_response_non_streaming_file_search[openai_client-txt=azure/gpt-4o:emb=sentence-transformers/nomic-ai/nomic-embed-text-v1.5:dim=768-llama_experts_pdf]";

  it.each([
    ["file", 1, "file-371170885258"],
    ["vector_store", 1, "vs_371170885258"],
    ["batch", 2, "batch_371170885259"],
    ["tool_call", 10, "call_371170885267"],
  ] as const)("of %s %i is %s", async (kind, n, id) => {
    expect(await deterministicId(kind, test, n)).toBe(id);
  });
});
