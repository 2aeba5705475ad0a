import type { StandardLoggingPayload } from "@waybill/core";
import { checkLangfuseBatch } from "@waybill/core/langfuse-batch";
import { describe, expect, it } from "vitest";

import { toLangfuseBatch, type LitellmOptions } from "../src/index.js";
import { pythonText } from "../src/python-text.js";
import {
  corpusNote,
  differences,
  hasCorpus,
  readFixture,
  readSeed,
  reconstruct,
} from "./litellm-fixtures.js";
import { ours, seedPayload } from "./payloads.js";

type Members = Record<string, unknown>;

function map(payload: StandardLoggingPayload, options: Partial<LitellmOptions> = {}) {
  const batch = toLangfuseBatch([payload], { compat: "litellm", ...options });
  const checked = checkLangfuseBatch(batch);
  expect(checked.ok ? [] : checked.issues).toEqual([]);
  const bodies = batch.batch.map(({ body }) => body as Members);
  return { batch, trace: bodies[0] as Members, generation: bodies.at(-1) as Members, bodies };
}

/** What a value is made of: names and types; a text's length and a list's content are not part of it. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

/** What LiteLLM takes from its clock and its random numbers; a payload does not hold it. */
const ownMaking = [
  "/batch/0/id",
  "/batch/0/timestamp",
  "/batch/0/body/timestamp",
  "/batch/1/id",
  "/batch/1/timestamp",
];

describe("the payload of the seeds, as LiteLLM sends it", () => {
  const options = { publicKey: "pk-lf-1", utcOffsetMinutes: -480 };

  it("has the shape of the batch with an answer", () => {
    const { batch } = map(seedPayload, options);
    expect(differences(shapeOf(batch), shapeOf(readSeed("with-output"))).toSorted()).toEqual([
      // The call had no `extra_body`, and its LiteLLM kept no usage there.
      "/batch/1/body/metadata/hidden_params/usage_object",
      "/batch/1/body/modelParameters/extra_body",
    ]);
  });

  it("has the shape of the batch without an answer, when it has no choices", () => {
    const response = { ...(seedPayload.response as object), choices: [] };
    const { batch } = map({ ...seedPayload, response }, options);
    expect(differences(shapeOf(batch), shapeOf(readSeed("without-output"))).toSorted()).toEqual([
      "/batch/1/body/metadata/hidden_params/usage_object",
      "/batch/1/body/modelParameters/extra_body",
    ]);
  });

  it("has the values of its call", () => {
    const { trace, generation } = map(seedPayload);
    expect(trace).toEqual({
      id: "97311c60-9a61-4f48-a814-70139ee57868",
      timestamp: "2025-12-17T19:34:30.079350Z",
      name: "litellm-acompletion",
      input: { messages: [{ role: "user", content: "Hello, world!" }] },
      output: {
        content: "hi",
        role: "assistant",
        tool_calls: null,
        function_call: null,
        provider_specific_fields: null,
      },
      tags: [],
    });
    expect(generation).toMatchObject({
      id: "time-19-34-28-284660_chatcmpl-2299b6a2-82a3-465a-b47c-04e685a2227f",
      startTime: "2025-12-17T19:34:28.284660Z",
      completionStartTime: "2025-12-17T19:34:30.079350Z",
      usage: { input: 10, output: 20, unit: "TOKENS", totalCost: 0.00022500000000000002 },
      usageDetails: {
        input: 10,
        output: 20,
        total: 30,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
      metadata: { litellm_response_cost: 0.00022500000000000002, cache_hit: false, requester_metadata: {} },
    });
  });

  it.each([
    ["with-output", ["/batch/1/body/traceId"]],
    [
      "without-output",
      ["/batch/1/body/metadata/hidden_params/response_cost", "/batch/1/body/metadata/litellm_response_cost"],
    ],
  ])("the batch %s comes out again of what it was made of", (name, ownToTheFixture) => {
    const seed = readSeed(name);
    const { payload, options: given } = reconstruct(seed);
    // Costs in metadata that are stale stand in the fixture beside the right one; one payload has one cost.
    if (name === "without-output")
      payload.hidden_params = { ...payload.hidden_params, response_cost: payload.response_cost ?? null };
    const found = differences(toLangfuseBatch([payload], given), seed);
    expect(found.toSorted()).toEqual([...ownMaking, ...ownToTheFixture].toSorted());
  });
});

const folder = "langfuse_expected_request_body";

/** What differs from each fixture beside LiteLLM's clock and random numbers, and why. */
const fixtures: Record<string, string[]> = {
  completion_with_tags: [],
  completion_with_bedrock_call: [],
  completion_redacted: [],
  // LiteLLM's test copies the trace id in; where it did not, there is none.
  streaming_completion: ["/batch/1/body/traceId"],
  // The response has no id, so the generation's is random there and a hash here.
  embedding: ["/batch/1/body/id", "/batch/1/body/traceId"],
  custom_generation: [],
  completion_with_langfuse_metadata: [],
  completion_with_complex_metadata: [],
  // Two costs that disagree: LiteLLM never compares the metadata.
  metadata_with_lock: ["/batch/1/body/metadata/litellm_response_cost"],
};

describe.skipIf(!hasCorpus)(`LiteLLM's own batches${corpusNote}`, () => {
  it.each(Object.entries(fixtures))("%s comes out again of what it was made of", (name, excused) => {
    const fixture = readFixture(`${folder}/${name}`);
    const { payload, options } = reconstruct(fixture);
    const found = differences(toLangfuseBatch([payload], options), fixture);
    expect(found.toSorted()).toEqual([...ownMaking, ...excused].toSorted());
  });

  it("the older payload maps like any other", () => {
    const payload = readFixture<StandardLoggingPayload>("gcs_pub_sub_body/standard_logging_payload");
    expect(map(payload).generation).toMatchObject({
      model: "gpt-4o",
      usage: { input: 10, output: 20, unit: "TOKENS", totalCost: 0.00022500000000000002 },
    });
  });
});

describe("LiteLLM's options", () => {
  const cached = ours({
    prompt_tokens: 1000,
    completion_tokens: 50,
    total_tokens: 1050,
    response: { id: "r", usage: { prompt_tokens_details: { cached_tokens: 800 } }, choices: [] },
  });

  it.each([
    [
      "disjoint",
      { input: 200, output: 50, total: 1050, cache_creation_input_tokens: 0, cache_read_input_tokens: 800 },
    ],
    [
      "inclusive",
      { input: 1000, output: 50, total: 1050, cache_creation_input_tokens: 0, cache_read_input_tokens: 800 },
    ],
    [
      "without-total",
      { input: 1000, output: 50, cache_creation_input_tokens: 0, cache_read_input_tokens: 800 },
    ],
    ["none", undefined],
  ] as const)("write usageDetails %s", (usageDetails, expected) => {
    const { generation } = map(cached, { usageDetails });
    expect(generation.usageDetails).toEqual(expected);
    expect(generation.usage).toMatchObject({ input: 1000, output: 50 });
  });

  it("write a failure as LiteLLM does, without usage and without an id of a response", () => {
    const { trace, generation } = map(
      ours({
        status: "failure",
        response: {},
        error_str: "rate limited",
        prompt_tokens: 0,
        completion_tokens: 0,
        total_tokens: 0,
        response_cost: 0,
      }),
    );
    expect(trace).not.toHaveProperty("output");
    expect(generation).toMatchObject({
      level: "ERROR",
      output: "rate limited",
      statusMessage: "rate limited",
    });
    expect(generation).not.toHaveProperty("usage");
    expect(generation.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  const requesterOf = (requester: Members, members: Partial<StandardLoggingPayload> = {}) =>
    map(ours({ ...members, metadata: { ...members.metadata, requester_metadata: requester } }));

  it("mask what the caller wants masked, the text of an error too", () => {
    const { trace, generation } = requesterOf(
      { mask_input: true, mask_output: "true" },
      { status: "failure", error_str: "You said: secret" },
    );
    expect(trace.input).toBe("redacted-by-litellm");
    expect(generation).toMatchObject({
      input: "redacted-by-litellm",
      output: "redacted-by-litellm",
      statusMessage: "redacted-by-litellm",
    });
    const { batch } = map(ours({ error_str: "secret", status: "failure" }), { content: false });
    expect(JSON.stringify(batch)).not.toContain("secret");
  });

  it("change only what is asked for of a trace that is there already", () => {
    const { trace } = requesterOf({
      existing_trace_id: "t",
      update_trace_keys: ["output"],
      trace_name: "ignored",
    });
    expect(trace).toEqual({ id: "t", output: { role: "assistant", content: "A document." } });
  });

  it("link a prompt and name the generation by the key", () => {
    const { generation } = requesterOf(
      { prompt: { name: "p", version: 3 } },
      { metadata: { user_api_key_alias: "team-key", user_api_key_hash: null } },
    );
    expect(generation).toMatchObject({
      promptName: "p",
      promptVersion: 3,
      name: "litellm:team-key",
      metadata: { user_api_key_alias: "team-key" },
    });
    expect(generation.metadata).not.toHaveProperty("user_api_key_hash");
  });

  it("leave out what is known of the key, and keep the caller's metadata apart", () => {
    const payload = ours({
      metadata: { user_api_key_alias: "k", requester_metadata: { a: 1, api_key: "secret" } },
    });
    const { generation } = map(payload, { keyInfo: false, callerMetadata: "requester" });
    expect(generation.metadata).toMatchObject({ requester_metadata: { a: 1 } });
    expect(generation.metadata).not.toHaveProperty("user_api_key_alias");
    expect(JSON.stringify(generation)).not.toContain("secret");
  });

  it("write a span for each guardrail between the trace and the generation", () => {
    const guardrail_information = [
      {
        guardrail_name: "pii",
        guardrail_mode: "pre_call",
        start_time: 1766000068,
        end_time: 1766000068.5,
        guardrail_response: "ok",
      },
    ];
    const { batch, bodies } = map(ours({ guardrail_information }));
    expect(batch.batch.map(({ type }) => type)).toEqual(["trace-create", "span-create", "generation-create"]);
    expect(new Set(batch.batch.map(({ id }) => id)).size).toBe(3);
    expect(bodies[1]).toMatchObject({
      name: "guardrail",
      output: "ok",
      startTime: "2025-12-17T19:34:28Z",
      endTime: "2025-12-17T19:34:28.500000Z",
      metadata: { guardrail_name: "pii", guardrail_mode: "pre_call" },
    });
  });

  const outputs: [callType: string, response: unknown, output: unknown][] = [
    ["atext_completion", { choices: [{ text: "a time" }] }, "a time"],
    ["aembedding", { data: [{ embedding: [1] }] }, undefined],
    ["aimage_generation", { data: [{ url: "u" }] }, [{ url: "u" }]],
    ["atranscription", { text: "hello" }, "hello"],
    ["aspeech", {}, "speech-output"],
    ["arerank", { results: [{ index: 0 }] }, [{ index: 0 }]],
    ["aresponses", { output: [{ type: "message" }] }, [{ type: "message" }]],
    ["_arealtime", [{ type: "session.created" }], [{ type: "session.created" }]],
    ["pass_through_endpoint", { response: "passed" }, "passed"],
  ];

  it.each(outputs)("show the output of %s", (call_type, response, output) => {
    expect(map(ours({ call_type, response: response as never })).generation.output).toEqual(output);
  });

  it("write times in a zone, and no fraction where there is none", () => {
    const { generation } = map(ours({ startTime: 1766000068, endTime: 1766000069.000001 }), {
      utcOffsetMinutes: 330,
    });
    expect(generation).toMatchObject({
      startTime: "2025-12-18T01:04:28+05:30",
      endTime: "2025-12-18T01:04:29.000001+05:30",
    });
  });
});

describe("pythonText", () => {
  it.each<[unknown, string]>([
    [{}, "{}"],
    [["a", "it's", 'say "hi"', `both ' and "`], `['a', "it's", 'say "hi"', 'both \\' and "']`],
    [{ a: [1, null, true, 0.5, false] }, "{'a': [1, None, True, 0.5, False]}"],
    [null, "None"],
    ["text", "text"],
    ["line\n", "line\n"],
    [["line\n\\"], "['line\\n\\\\']"],
    [10n, "10"],
    [() => 1, "None"],
  ])("writes %o as %s", (value, text) => {
    expect(pythonText(value)).toBe(text);
  });

  it("ends in a cycle", () => {
    const cycle: Members = {};
    cycle.self = cycle;
    expect(pythonText(cycle)).toContain("...");
  });
});
