import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startLangfuseStub, type LangfuseStub } from "../src/index.js";

let stub: LangfuseStub;
beforeAll(async () => {
  stub = await startLangfuseStub({ maxBodyBytes: 10_000 });
});
afterAll(() => stub.close());

let ids = 0;
const event = (type: string, body: object, more: object = {}) => ({
  id: `event-${++ids}`,
  timestamp: "2026-01-02T03:04:05.678Z",
  type,
  body,
  ...more,
});

async function post(body: unknown, headers: Record<string, string> = {}) {
  const authorization = `Basic ${btoa(`${stub.publicKey}:${stub.secretKey}`)}`;
  const response = await fetch(`${stub.baseUrl}/api/public/ingestion`, {
    method: "POST",
    headers: { authorization, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, text };
}

const refused: [title: string, event: unknown, message: string][] = [
  ["no id", { ...event("trace-create", {}), id: undefined }, "id: expected"],
  [
    "a time without a zone",
    event("trace-create", {}, { timestamp: "2026-01-02T03:04:05" }),
    "timestamp: expected",
  ],
  ["an unknown type", event("trace-made", {}), 'type: "trace-made"'],
  ["no body", event("trace-create", {}, { body: undefined }), "body: expected"],
  ["a lower-case level", event("generation-create", { id: "g", level: "error" }), "body.level: expected"],
  [
    "a time that is a number",
    event("generation-create", { id: "g", startTime: 5 }),
    "body.startTime: expected",
  ],
  [
    "nested parameters",
    event("generation-create", { modelParameters: { a: { b: 1 } } }),
    "body.modelParameters",
  ],
  ["a long name", event("trace-create", { id: "t", name: "x".repeat(1001) }), "body.name"],
];

describe("the Langfuse stub", () => {
  it("answers 207 with a verdict for each event and stores what it accepted", async () => {
    const good = event("trace-create", { id: "t1", name: "a" });
    const bad = event("generation-create", { id: "g1", level: "error" });
    const { status, text } = await post({ batch: [good, bad, event("sdk-log", { log: 1 })] });
    expect(status).toBe(207);
    expect(JSON.parse(text)).toMatchObject({
      successes: [{ id: good.id, status: 201 }],
      errors: [{ id: bad.id, status: 400, message: "Invalid request data" }],
    });
    expect(stub.stored.traces.get("t1")).toEqual({ id: "t1", name: "a" });
    expect(stub.stored.generations.has("g1")).toBe(false);
  });

  it.each(refused)("refuses %s", async (_, bad, message) => {
    const { text } = await post({ batch: [bad] });
    expect((JSON.parse(text) as { errors: { error: string }[] }).errors[0]?.error).toContain(message);
  });

  it("merges what is sent for one id, and an envelope sent twice changes nothing", async () => {
    const first = event("generation-create", {
      id: "g2",
      startTime: "2026-01-01T00:00:00Z",
      metadata: { a: 1 },
      tags: ["b"],
    });
    const second = event("generation-update", {
      id: "g2",
      startTime: "2026-02-02T00:00:00Z",
      metadata: { b: 2 },
      tags: ["a"],
      output: "",
      model: null,
    });
    await post({ batch: [first, second] });
    await post({ batch: [first] });
    expect(stub.stored.generations.get("g2")).toEqual({
      id: "g2",
      startTime: "2026-01-01T00:00:00Z",
      metadata: { a: 1, b: 2 },
      tags: ["a", "b"],
      model: null,
    });
  });

  it("answers 201 for a trace without an id and does not store it", async () => {
    const before = stub.stored.traces.size;
    const { text } = await post({ batch: [event("trace-create", { name: "lost" })] });
    expect(JSON.parse(text)).toMatchObject({ successes: [{ status: 201 }], errors: [] });
    expect(stub.stored.traces.size).toBe(before);
  });

  it.each([
    ["a wrong key", { batch: [] }, { authorization: "Basic eDp5" }, 401],
    ["broken JSON", "{", {}, 400],
    ["no batch", { events: [] }, {}, 400],
    ["a huge body", { batch: ["x".repeat(20_000)] }, {}, 413],
  ])("answers %s with its status", async (_, body, headers, status) => {
    expect((await post(body, headers)).status).toBe(status);
  });

  it("answers a health check and refuses other paths and methods", async () => {
    const statusOf = async (path: string) => (await fetch(`${stub.baseUrl}${path}`)).status;
    expect(await statusOf("/api/public/health")).toBe(200);
    expect(await statusOf("/api/public/other")).toBe(404);
    expect(await statusOf("/api/public/ingestion")).toBe(405);
  });
});
