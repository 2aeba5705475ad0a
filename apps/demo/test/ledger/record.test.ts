import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { LedgerRecord } from "../../server/ledger/ledger-record.js";
import { toLedgerRecord } from "../../server/ledger/record.js";
import { NOON, payloadOf } from "./calls.js";

type Loose = Parameters<typeof toLedgerRecord>[0];

function mapped(payload: object): LedgerRecord {
  const result = toLedgerRecord(payload as Loose);
  if ("refused" in result) throw new Error(`${result.refused}: ${result.reason}`);
  return result.record;
}

function withWaybill(members: object): object {
  const payload = payloadOf();
  return { ...payload, waybill: { ...payload.waybill, ...members } };
}

const timing = {
  headers: 90,
  firstChunk: 95,
  firstContent: 400.5,
  firstReasoning: 120.25,
  firstTool: null,
  finish: 1400,
  usage: 1405,
  lastChunk: 1410,
  close: 1420,
  chunks: 20,
  gaps: { p50: 20, p95: 40, max: 220.5, maxAt: 7 },
  ticks: [],
};

const rows: [what: string, payload: object, expected: Partial<LedgerRecord>][] = [
  [
    "a call of a cached prompt has its tokens, its price and what the cache saved",
    payloadOf(),
    {
      status: "complete",
      cost: "0.00672",
      saved: "0.00128",
      tokens: { in: 2000, out: 300, cacheRead: 1024, cacheWrite: 0, reasoning: 100, total: 2300 },
      freshIn: 976,
      plainOut: 200,
      usageSource: "provider",
    },
  ],
  [
    "the served model stands beside the one that was asked for",
    payloadOf(),
    { model: "gpt-4o-2024-08-06", modelAsked: "gpt-4o" },
  ],
  [
    "a time of microseconds keeps them",
    payloadOf({ startTime: NOON + 0.123456 }),
    { started: NOON * 1e6 + 123456 },
  ],
  [
    "an older payload's time without a zone is UTC",
    { ...payloadOf(), startTime: "2025-12-17 19:33:20.5" },
    { started: NOON * 1e6 + 500_000 },
  ],
  [
    "a payload without a start has its end for one",
    { ...payloadOf(), startTime: null },
    { started: (NOON + 1.5) * 1e6 },
  ],
  [
    "a stream's first token is the first of content, reasoning and tools, by its own clock",
    { ...withWaybill({ timing }), stream: true },
    { ttft: 120_250, total: 1_420_000, gap: 220_500, stream: true },
  ],
  ["a call that is not streamed has no first token", withWaybill({ timing }), { ttft: null, stream: false }],
  [
    "a rate is of what came after the first token",
    { ...withWaybill({ timing }), stream: true },
    { rate: expect.closeTo(299 / 1.27975, 9) as number },
  ],
  ["a rate of estimated tokens is none", withWaybill({ timing, usageSource: "estimated" }), { rate: null }],
  ["a clock that was put back tells no duration", payloadOf({ endTime: NOON - 5 }), { total: null }],
  [
    "a failed call has its class, status and words, and no price",
    payloadOf({
      response: undefined,
      cost: undefined,
      error: { message: "Rate limit\nreached", status: 429, class: "RateLimitError" },
    }),
    {
      status: "failure",
      errorClass: "RateLimitError",
      errorStatus: 429,
      errorMessage: "Rate limit reached",
      cost: null,
      saved: null,
      preview: "Rate limit reached",
    },
  ],
  [
    "an error's code that is no status is its class where it has none",
    {
      ...payloadOf(),
      status: "failure",
      error_information: { error_code: "insufficient_quota", error_message: "spent" },
    },
    { errorClass: "insufficient_quota", errorStatus: null },
  ],
  [
    "an answer that was cut is incomplete, also where the record is a failure's",
    { ...withWaybill({ status: "incomplete" }), status: "failure" },
    { status: "incomplete" },
  ],
  [
    "a failure without words is one all the same",
    { ...payloadOf(), status: "failure" },
    { status: "failure", errorMessage: "" },
  ],
  [
    "usage that nobody knows is null, not zero",
    { ...withWaybill({ usage: null }), prompt_tokens: null, completion_tokens: null, total_tokens: null },
    {
      tokens: { in: null, out: null, cacheRead: null, cacheWrite: null, reasoning: null, total: null },
      freshIn: null,
      plainOut: null,
    },
  ],
  [
    "a payload of LiteLLM's states no exact cost",
    { ...payloadOf(), waybill: undefined },
    {
      cost: null,
      costStatus: "unpriced",
      costReason: "the record states no exact cost",
      usageSource: "missing",
    },
  ],
  [
    "a key has its alias and its last four characters",
    payloadOf({
      context: {
        key: "a".repeat(64),
        proxyMetadata: { user_api_key_alias: "docs-bot", user_api_key_auth_metadata: { last_four: "3fa1" } },
      },
    }),
    { caller: { id: "a".repeat(64), alias: "docs-bot", lastFour: "3fa1" } },
  ],
  [
    "diagnostics are told once each",
    withWaybill({ diagnostics: ["F3", "U2", "F3"].map((code) => ({ code, message: "", chunk: 1 })) }),
    { diagnostics: ["F3", "U2"] },
  ],
  [
    "a name that is half of a pair is marked",
    payloadOf({ context: { tags: ["a\uD800b"] } }),
    { tags: ["a\uFFFDb"] },
  ],
  [
    "a call without an answer shows what was asked",
    { ...payloadOf(), response: null },
    { preview: "Which planet has rings?" },
  ],
];

describe("a payload as a record", () => {
  it.each(rows)("%s", (_, payload, expected) => {
    expect(mapped(payload)).toMatchObject(expected);
  });

  it("holds the payload to the last character", () => {
    const payload = payloadOf({ text: "\0\uD800 \u202E" });
    expect(JSON.parse(mapped(payload).payload)).toEqual(JSON.parse(JSON.stringify(payload)));
  });

  it("tells two answers with one short id apart by their time, as Ollama needs it", () => {
    const keys = [0, 1].map((later) => mapped(payloadOf({ id: "chatcmpl-7", startTime: NOON + later })).key);
    expect(new Set(keys).size).toBe(2);
  });

  it.each([
    ["no-id", { ...payloadOf(), id: "", litellm_call_id: undefined }],
    ["bad-id", { ...payloadOf(), id: "a\uDC00" }],
    ["no-time", { ...payloadOf(), startTime: null, endTime: "yesterday" }],
    ["no-time", { ...payloadOf(), startTime: 1e300, endTime: -1 }],
    [
      "amount-too-fine",
      withWaybill({ cost: { status: "priced", exact: `0.${"0".repeat(24)}1`, lines: [] } }),
    ],
    ["amount-too-large", withWaybill({ cost: { status: "priced", exact: "100000000000000", lines: [] } })],
    ["bad-amount", withWaybill({ cost: { status: "priced", exact: "many", lines: [] } })],
    [
      "unreadable",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
    ],
    ["unreadable", { ...payloadOf(), messages: [1n] }],
  ])("is refused as %s", (code, payload) => {
    expect(toLedgerRecord(payload as Loose)).toMatchObject({ refused: code });
  });

  it("never throws, whatever the members of a payload are", () => {
    const names = Object.keys(payloadOf());
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...names), fc.anything()),
        fc.object(),
        (members, waybill) => {
          const result = toLedgerRecord({ ...payloadOf(), ...members, waybill } as unknown as Loose);
          expect("record" in result || result.refused !== "").toBe(true);
        },
      ),
    );
  });
});
