import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";

import type { OpenAIFault } from "@waybill/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chat, startGateway, type Charge, type GatewayOptions, type TestGateway } from "./start-gateway.js";

/** How a call goes. */
type Outcome = {
  name: string;
  body: Record<string, unknown>;
  fault?: OpenAIFault;
  /** The caller leaves when the answer is held. */
  leaves?: true;
  /** What is done with what was held; `the price` is the record's. */
  charge: "released" | "the price" | "what was held";
};

const stream = chat({ stream: true });
const outcomes: readonly Outcome[] = [
  { name: "answered", body: chat(), charge: "the price" },
  { name: "streamed", body: stream, charge: "the price" },
  { name: "streamed without usage", body: { ...stream, stream_options: {} }, charge: "what was held" },
  { name: "of a model without a price", body: chat({ model: "gpt-nobody" }), charge: "what was held" },
  { name: "refused by the API", body: chat(), fault: { kind: "status", status: 400 }, charge: "released" },
  { name: "one too many", body: stream, fault: { kind: "status", status: 429 }, charge: "released" },
  { name: "failed by the API", body: chat(), fault: { kind: "status", status: 500 }, charge: "released" },
  { name: "reset before its answer", body: chat(), fault: { kind: "reset-before" }, charge: "what was held" },
  {
    name: "sent elsewhere",
    body: chat(),
    fault: { kind: "redirect", location: "/" },
    charge: "what was held",
  },
  { name: "cut before usage", body: stream, fault: { kind: "cut", after: 3 }, charge: "what was held" },
  { name: "cut after usage", body: stream, fault: { kind: "cut", after: 9 }, charge: "the price" },
  {
    name: "cut, and plain",
    body: chat(),
    fault: { kind: "cut", after: 0, inside: true },
    charge: "what was held",
  },
  {
    name: "failed in its stream",
    body: stream,
    fault: { kind: "error-in-stream", after: 2 },
    charge: "what was held",
  },
  { name: "no JSON", body: chat(), fault: { kind: "invalid-json", body: "{" }, charge: "what was held" },
  {
    name: "left",
    body: stream,
    fault: { kind: "hold", at: "after-chunk-2" },
    leaves: true,
    charge: "what was held",
  },
];

/** Makes a call, and waits for its record. */
async function go(gateway: TestGateway, { body, fault, leaves }: Outcome): Promise<void> {
  const before = gateway.records.length;
  gateway.stub.faults = [fault];
  if (leaves) {
    const headers = { "content-type": "application/json" };
    const to = { port: gateway.port, path: "/v1/chat/completions", method: "POST", headers, agent: false };
    const outgoing = httpRequest(to);
    outgoing.on("error", () => {});
    outgoing.end(JSON.stringify(body));
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    answer.on("error", () => {});
    await once(answer, "data");
    outgoing.destroy();
  } else await gateway.post("/v1/chat/completions", body);
  await gateway.record(before + 1);
}

describe("what is held for a call", () => {
  it.each(outcomes)("that is $name ends as it should: $charge", async (outcome) => {
    const gateway = await startGateway();
    await go(gateway, outcome);
    const exact = gateway.records[0]?.waybill.cost.exact ?? null;
    const expected: Charge = outcome.charge === "released" ? "released" : { settled: exact };
    expect(gateway.charges).toEqual([[expected]]);
    expect(exact !== null).toBe(outcome.charge === "the price");
    expect(gateway.live.size).toBe(0);
  });

  const unreachable = (code: string): GatewayOptions => {
    const cause = Object.assign(new Error("no"), { code });
    return { upstream: { fetch: () => Promise.reject(new TypeError("fetch failed", { cause })) } };
  };

  it.each<[string, Charge]>([
    ["ECONNREFUSED", "released"],
    ["ENOTFOUND", "released"],
    ["EAI_AGAIN", "released"],
    ["UND_ERR_CONNECT_TIMEOUT", "released"],
    ["ECONNRESET", { settled: null }],
    ["UND_ERR_SOCKET", { settled: null }],
    ["UND_ERR_HEADERS_TIMEOUT", { settled: null }],
  ])("that fails with %s ends once", async (code, expected) => {
    const gateway = await startGateway(unreachable(code));
    await gateway.post("/v1/chat/completions", chat());
    expect(gateway.charges).toEqual([[expected]]);
    expect(gateway.records).toHaveLength(1);
  });

  it("that waited too long is charged: the API may have answered to nobody", async () => {
    const limits = { maxBodyBytes: 10_000, headersMs: 50, idleMs: 60_000 };
    const gateway = await startGateway({ limits, stub: { faults: [{ kind: "stall" }] } });
    await gateway.post("/v1/chat/completions", chat());
    expect(gateway.charges).toEqual([[{ settled: null }]]);
  });

  it("that turns out to ask no model is given back", async () => {
    const gateway = await startGateway();
    await gateway.post("/v1/messages", { text: "of a chat program" });
    expect(gateway.charges).toEqual([["released"]]);
    expect(gateway.records).toEqual([]);
  });

  it("that has usage asked for it is charged, and the caller sees no more than was asked", async () => {
    const gateway = await startGateway({ includeUsage: true });
    const { text } = await gateway.post("/v1/chat/completions", { ...stream, stream_options: undefined });
    expect(text).not.toContain('"usage":{');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    const exact = gateway.records[0]?.waybill.cost.exact;
    expect(exact).not.toBeNull();
    expect(gateway.charges).toEqual([[{ settled: exact }]]);
  });

  it("ends once, and with one record, whatever came before", async () => {
    const gateway = await startGateway();
    const sequences = fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        const [records, charges] = [gateway.records.length, gateway.charges.length];
        for (const outcome of sequence) await go(gateway, outcome);
        const made = gateway.records.slice(records);
        expect(gateway.charges.slice(charges)).toEqual(
          sequence.map(({ charge }, n) => [
            charge === "released" ? "released" : { settled: made[n]?.waybill.cost.exact },
          ]),
        );
        expect(made).toHaveLength(sequence.length);
        expect(new Set(gateway.records.map(({ id }) => id)).size).toBe(gateway.records.length);
        expect(gateway.live.size).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it("ends once for calls at the same time, too", async () => {
    const gateway = await startGateway();
    const mixes = fc.array(fc.constantFrom(...outcomes.filter(({ leaves }) => !leaves)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(mixes, async (mix) => {
        const [records, charges] = [gateway.records.length, gateway.charges.length];
        gateway.stub.faults = mix.map(({ fault }) => fault);
        await Promise.all(mix.map(({ body }) => gateway.post("/v1/chat/completions", body)));
        expect(gateway.records.length - records).toBe(mix.length);
        expect(gateway.charges.slice(charges).map((charged) => charged.length)).toEqual(mix.map(() => 1));
      }),
      { numRuns: 10 },
    );
  });
});
