import { describe, expect, it } from "vitest";

import { lint, type SchemaName } from "../src/index.js";
import { readSeed } from "./documents.js";

const payload = { id: "x", status: "success", prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const generation = (body: object) => ({
  batch: [
    { type: "trace-create", body: { id: "t" } },
    { type: "generation-create", body: { traceId: "t", ...body } },
  ],
});
const stream = (...ids: string[]) => ({
  response: { is_streaming: true, body: ids.map((id) => ({ __type__: "c", __data__: { id } })) },
});

const found: [SchemaName, code: string, path: string, document: unknown][] = [
  ["standard-logging-payload", "total-tokens", "/total_tokens", { ...payload, total_tokens: 4 }],
  ["standard-logging-payload", "end-before-start", "/endTime", { ...payload, startTime: 2, endTime: 1 }],
  [
    "standard-logging-payload",
    "completion-start-outside",
    "/completionStartTime",
    { ...payload, startTime: 1, completionStartTime: 4, endTime: 3 },
  ],
  [
    "standard-logging-payload",
    "completion-start-is-end",
    "/completionStartTime",
    { ...payload, stream: true, startTime: 1, completionStartTime: 3, endTime: 3 },
  ],
  ["standard-logging-payload", "cost-without-usage", "/response_cost", { total_tokens: 0, response_cost: 1 }],
  [
    "standard-logging-payload",
    "cost-breakdown",
    "/cost_breakdown/total_cost",
    { response_cost: 1, cost_breakdown: { total_cost: 2 } },
  ],
  [
    "standard-logging-payload",
    "failure-without-error",
    "/error_information",
    { ...payload, status: "failure" },
  ],
  ["standard-logging-payload", "trace-is-session", "/trace_id", { trace_id: "a", session_id: "a" }],
  ["langfuse-batch", "missing-id", "/batch/0/body/id", { batch: [{ type: "trace-create", body: {} }] }],
  ["langfuse-batch", "missing-id", "/batch/0/body/id", { batch: [{ type: "score-create", body: {} }] }],
  ["langfuse-batch", "missing-trace-id", "/batch/1/body/traceId", generation({ traceId: undefined })],
  ["langfuse-batch", "orphan-trace-id", "/batch/1/body/traceId", generation({ traceId: "other" })],
  [
    "langfuse-batch",
    "end-before-start",
    "/batch/1/body/endTime",
    generation({ startTime: "2026-01-01T00:00:01Z", endTime: "2026-01-01T00:00:00Z" }),
  ],
  ["langfuse-batch", "negative-usage", "/batch/1/body/usage", generation({ usage: { input: -1 } })],
  ["langfuse-batch", "usage-snake-case", "/batch/1/body/usage", generation({ usage: { prompt_tokens: 1 } })],
  [
    "langfuse-batch",
    "cost-without-total",
    "/batch/1/body/costDetails",
    generation({ costDetails: { input: 1, output: 1, input_cached_tokens: 1 } }),
  ],
  ["recording", "ids-differ", "/response/body/2/__data__/id", stream("a", "a", "b")],
  [
    "recording",
    "streaming-without-chunks",
    "/response/is_streaming",
    { response: { is_streaming: true, body: {} } },
  ],
];

describe("lint", () => {
  it.each(found)("%s: %s at %s", (name, code, path, document) => {
    expect(lint(name, document)).toContainEqual(expect.objectContaining({ code, path }));
  });

  it("finds nothing in clean documents", () => {
    expect(lint("standard-logging-payload", payload)).toEqual([]);
    expect(lint("langfuse-batch", generation({ usage: { input: 1 } }))).toEqual([]);
    expect(lint("recording", stream("a", "a"))).toEqual([]);
    expect(lint("usage", { total_tokens: 1 })).toEqual([]);
  });

  it("names the stray trace id and the two costs of the seed batches", () => {
    const codes = (seed: string) => lint("langfuse-batch", readSeed(seed)).map(({ code }) => code);
    expect(codes("langfuse-batch-with-output.json")).toContain("orphan-trace-id");
    expect(codes("langfuse-batch-without-output.json")).toContain("costs-disagree");
  });

  it("answers for documents that are nothing of the kind", () => {
    for (const name of ["standard-logging-payload", "langfuse-batch", "recording"] as const) {
      for (const value of [null, 1, "x", [], { batch: 1, response: 1 }, { batch: [null, { body: null }] }]) {
        expect(Array.isArray(lint(name, value))).toBe(true);
      }
    }
  });
});
