import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { AuditAnswerSchema, type AuditAnswer } from "../../server/api/schemas.js";
import { seedsDirectory } from "../../server/bundled-files.js";
import { payloadOf } from "../ledger/calls.js";
import { harness, type Harness } from "./api-harness.js";

let test: Harness;
beforeAll(async () => {
  test = await harness();
});
afterAll(async () => test.close());

async function audited(body: string | Uint8Array<ArrayBuffer>): Promise<AuditAnswer> {
  return test.read<AuditAnswer>("/api/audit", AuditAnswerSchema, { method: "POST", body });
}

function seed(name: string): string {
  return readFileSync(new URL(name, seedsDirectory), "utf8");
}

describe("the five seeds", () => {
  it.each<[string, string, boolean, string]>([
    ["recording-with-usage.json", "recording", true, "unverifiable"],
    ["recording-without-usage.json", "recording", true, "unverifiable"],
    ["standard-logging-payload.json", "standard-logging-payload", true, "match"],
    ["langfuse-batch-without-output.json", "langfuse-batch", true, "mismatch"],
    ["langfuse-batch-with-output.json", "langfuse-batch", true, "match"],
  ])("%s is a %s, and its costs are a %s", async (name, detected, ok, verdict) => {
    const answer = await audited(seed(name));
    expect([answer.detected, answer.check.ok, answer.audit.verdict]).toEqual([detected, ok, verdict]);
  });

  it("name the claim that does not add up, with what it should be and why", async () => {
    const { audit } = await audited(seed("langfuse-batch-without-output.json"));
    const claim = audit.claims.find(({ verdict }) => verdict === "mismatch");
    expect(claim?.path).toMatch(/^\/batch\/1\/body\/metadata/);
    expect(claim?.claimed).not.toBe(claim?.computed);
    expect(claim?.causes.length).toBeGreaterThan(0);
  });

  it("of recordings come to a completion with a price, or without one", async () => {
    const { normalized } = await audited(seed("recording-with-usage.json"));
    expect(normalized).toMatchObject({ status: "complete", cost: { status: "priced", linesAgree: true } });
    const without = await audited(seed("recording-without-usage.json"));
    expect(without.normalized).toMatchObject({ cost: { status: "no_usage", exact: null } });
  });
});

const chunk = (delta: object, more: object = {}): object => ({
  id: "c1",
  object: "chat.completion.chunk",
  created: 1_766_000_000,
  model: "gpt-4o",
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
});
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const chunks = [
  chunk({ role: "assistant", content: "Sat" }),
  chunk({ content: "urn" }, { choices: [{ index: 0, delta: { content: "urn" }, finish_reason: "stop" }] }),
  chunk({}, { choices: [], usage }),
];

describe("a document", () => {
  it.each<[string, string]>([
    [
      "captured as it came",
      chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("") + "data: [DONE]\n\n",
    ],
    [
      "captured with comments before it",
      `: hello\n\n${chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("")}`,
    ],
    ["of chunks as a list", JSON.stringify(chunks)],
  ])("that is a stream %s comes to one completion with its price", async (_, body) => {
    const answer = await audited(body);
    expect(answer).toMatchObject({
      detected: "chat-completion-chunk",
      normalized: {
        status: "complete",
        completion: { choices: [{ message: { content: "Saturn" } }] },
        cost: { status: "priced", exact: "0.000225" },
      },
    });
  });

  it("that is a record of ours is right", async () => {
    const answer = await audited(JSON.stringify(payloadOf({ id: "a" })));
    expect(answer).toMatchObject({ detected: "standard-logging-payload", check: { ok: true } });
  });

  it("that is only usage is told apart into disjoint counts", async () => {
    const { normalized } = await audited(
      JSON.stringify({ ...usage, prompt_tokens_details: { cached_tokens: 4 } }),
    );
    expect(normalized?.usage?.input).toMatchObject({ text: 6, cacheRead: 4 });
  });

  it.each<[string, string, string]>([
    ["JSON of no known format", '{"hello": 1}', "unknown-format"],
    ["no JSON", "hello", "syntax"],
    ["cut off", '{"batch": [', "truncated"],
    ["nested too deep", `${"[".repeat(100_000)}${"]".repeat(100_000)}`, "too-deep"],
    ["an attack on prototypes", '{"__proto__": {"polluted": true}, "messages": []}', "forbidden-key"],
    ["a number beyond all numbers", '{"prompt_tokens": 1e999, "completion_tokens": 1}', "number-overflow"],
  ])("that is %s is an issue, not a failure", async (_, body, code) => {
    const answer = await audited(body);
    expect(answer).toMatchObject({ detected: null, check: { ok: false }, normalized: null });
    expect(answer.check.issues[0]?.code).toBe(code);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("with more faults than anybody reads says how many more", async () => {
    const batch = Array.from({ length: 5000 }, () => ({ type: 7 }));
    const { check } = await audited(JSON.stringify({ batch }));
    expect(check.issues.length).toBeLessThan(200);
    expect(check.issues.at(-1)?.message).toMatch(/more/);
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, number, string]>([
    ["nothing", " \n", 400, "empty"],
    ["larger than 16 MiB", "x".repeat(16 * 1024 * 1024 + 1), 413, "request_too_large"],
    ["no text", new Uint8Array([0xff, 0xfe, 0x00]), 400, "bad_text"],
  ])("that is %s is refused", async (_, body, status, code) => {
    expect(await test.refusal("/api/audit", { method: "POST", body })).toMatchObject({ status, code });
  });

  it("that states its size falsely is read no further than it may be", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1024 * 1024;
        controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20));
      },
    });
    const init = { method: "POST", body, duplex: "half", headers: { "content-length": "5" } };
    expect(await test.refusal("/api/audit", init as RequestInit)).toMatchObject({
      code: "request_too_large",
    });
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });
});
