import { startLangfuseStub } from "@waybill/testkit";
import { describe, expect, it } from "vitest";

import { langfuseExporter } from "../src/index.js";
import { ourPayload } from "./payloads.js";

const keys = { publicKey: "pk", secretKey: "sk" };
const context = () => ({ signal: AbortSignal.timeout(10_000), attempt: 1 });
const payloads = ["a", "b", "c"].map((id) => ourPayload(id));

/** An exporter whose server answers with one function. */
function exporterOf(answer: (batch: { id: string }[]) => Response | Error) {
  const requests: number[] = [];
  const exporter = langfuseExporter({
    ...keys,
    transport: "batch",
    baseUrl: "http://127.0.0.1:1",
    fetch: async (_, init) => {
      const { batch } = JSON.parse(init?.body as string) as { batch: { id: string }[] };
      requests.push(batch.length);
      const answered = answer(batch);
      if (answered instanceof Error) throw answered;
      return answered;
    },
  });
  return { exporter, requests };
}

const statuses = async (answer: (batch: { id: string }[]) => Response | Error) => {
  const outcome = await exporterOf(answer).exporter.export(payloads, context());
  return { ...outcome, items: outcome.items.map(({ status }) => status) };
};

const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init);

describe("the Langfuse exporter", () => {
  it("delivers to a server over HTTP", async () => {
    const stub = await startLangfuseStub(keys);
    try {
      const exporter = langfuseExporter({ ...keys, transport: "batch", baseUrl: `${stub.baseUrl}/` });
      const { items } = await exporter.export(payloads, context());
      expect(items).toEqual([{ status: "accepted" }, { status: "accepted" }, { status: "accepted" }]);
      expect(stub.stored.generations.get("b")).toMatchObject({ traceId: "trace-of-b", model: "gpt-4o" });
      expect(stub.stored.traces.size).toBe(3);
      await exporter.export(payloads, context());
      expect(stub.stored.generations.size).toBe(3);
    } finally {
      await stub.close();
    }
  });

  it("keeps the payloads and pauses when the keys are wrong", async () => {
    const stub = await startLangfuseStub(keys);
    try {
      const options = { ...keys, secretKey: "no", transport: "batch" as const, baseUrl: stub.baseUrl };
      const outcome = await langfuseExporter(options).export(payloads, context());
      expect(outcome.items.every(({ status }) => status === "retry")).toBe(true);
      expect(outcome.pause?.reason).toContain("401");
    } finally {
      await stub.close();
    }
  });

  it("reads a verdict for each event: one bad payload of three is rejected alone", async () => {
    const { exporter } = exporterOf((batch) =>
      json(
        {
          successes: batch.filter(({ id }) => id !== "b:generation").map(({ id }) => ({ id, status: 201 })),
          errors: [{ id: "b:generation", status: 400, message: "Invalid request data", error: "body.level" }],
        },
        { status: 207 },
      ),
    );
    const { items } = await exporter.export(payloads, context());
    expect(items).toEqual([
      { status: "accepted" },
      { status: "rejected", code: "400", reason: "Invalid request data: body.level" },
      { status: "accepted" },
    ]);
  });

  it("sends again what failed on the server's side or was not named", async () => {
    const answer = (batch: { id: string }[]) =>
      json(
        { successes: [{ id: batch[0]?.id }, { id: batch[1]?.id }], errors: [{ id: "b:trace", status: 500 }] },
        { status: 207 },
      );
    expect((await statuses(answer)).items).toEqual(["accepted", "retry", "retry"]);
    expect((await statuses(() => new Response("<html>", { status: 207 }))).items).toEqual([
      "retry",
      "retry",
      "retry",
    ]);
  });

  it("splits a batch that is too large, down to single payloads", async () => {
    const { exporter, requests } = exporterOf((batch) =>
      batch.length > 2
        ? new Response("too large", { status: 413 })
        : json({ successes: batch }, { status: 207 }),
    );
    const { items } = await exporter.export(payloads, context());
    expect(items.map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted"]);
    expect(requests).toEqual([6, 4, 2, 2, 2]);
    const { items: refused } = await exporterOf(() => new Response("", { status: 413 })).exporter.export(
      payloads,
      context(),
    );
    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });

  it.each([
    ["a server error", () => new Response("oops", { status: 500 }), "retry"],
    ["a proxy's error page", () => new Response("<html>", { status: 502 }), "retry"],
    ["a dropped connection", () => new Error("reset"), "retry"],
    ["a refused body", () => json({ message: "Invalid request data" }, { status: 400 }), "rejected"],
  ])("answers %s for every payload", async (_, answer, status) => {
    expect((await statuses(answer)).items).toEqual([status, status, status]);
  });

  it.each([
    '{"successes":5}',
    '{"successes":[null,5,{"id":1}],"errors":{}}',
    '{"errors":"x","successes":[]}',
    '{"errors":[null]}',
    "[]",
    "null",
    "",
  ])("takes the 207 body %s for no verdict", async (body) => {
    expect((await statuses(() => new Response(body, { status: 207 }))).items).toEqual([
      "retry",
      "retry",
      "retry",
    ]);
  });

  it("rejects a payload that cannot be written, and sends the others", async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const { exporter } = exporterOf((batch) => json({ successes: batch }, { status: 207 }));
    const odd = [{ messages: [cyclic] }, { model_parameters: { a: 1n } }, { waybill: 5 }].map(
      (members, index) => ({
        ...ourPayload(`odd-${index}`),
        ...members,
      }),
    ) as never[];
    const { items } = await exporter.export([...odd, ourPayload("good")], context());
    expect(items).toMatchObject([
      { status: "rejected", code: "unmappable" },
      { status: "rejected", code: "unmappable" },
      { status: "accepted" },
      { status: "accepted" },
    ]);
  });

  it("keeps the payloads when the address is not Langfuse's, and tries again on a time-out", async () => {
    const page = () => new Response("<html>Welcome</html>", { status: 200 });
    expect(await statuses(page)).toMatchObject({ items: ["retry", "retry", "retry"], pause: { ms: 60_000 } });
    expect((await statuses(() => new Response("", { status: 408 }))).items).toEqual([
      "retry",
      "retry",
      "retry",
    ]);
    const forever = () => new Response("", { status: 429, headers: { "retry-after": "9".repeat(400) } });
    expect(await statuses(forever)).toMatchObject({ pause: { ms: 3_600_000 } });
  });

  it("needs no context", async () => {
    const { exporter } = exporterOf((batch) => json({ successes: batch }, { status: 207 }));
    expect((await exporter.export(payloads, undefined as never)).items).toHaveLength(3);
  });

  it("waits as long as Retry-After says, in seconds or as a date", async () => {
    const limited = (value: string) => () =>
      new Response("", { status: 429, headers: { "retry-after": value } });
    expect(await statuses(limited("7"))).toMatchObject({ pause: { ms: 7000 } });
    const { pause } = await statuses(limited(new Date(Date.now() + 60_000).toUTCString()));
    expect(pause?.ms).toBeGreaterThan(50_000);
    expect(pause?.ms).toBeLessThanOrEqual(60_000);
  });

  it("does not read an endless answer", async () => {
    const endless = () =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) }), {
        status: 207,
      });
    expect((await statuses(endless)).items).toEqual(["retry", "retry", "retry"]);
  });

  it("sends nothing for nothing", async () => {
    const { exporter, requests } = exporterOf(() => new Response());
    expect(await exporter.export([], context())).toEqual({ items: [] });
    expect(requests).toEqual([]);
  });

  it.each([
    "http://langfuse.example.com",
    "ftp://127.0.0.1",
    "http://127.0.0.1.evil.com",
    "http://localhost@evil.com",
  ])("refuses to send keys to %s", (baseUrl) => {
    expect(() => langfuseExporter({ ...keys, transport: "batch", baseUrl })).toThrow(/use https/);
  });

  it("refuses an address that is none", () => {
    expect(() => langfuseExporter({ ...keys, transport: "batch", baseUrl: "langfuse" })).toThrow(
      /is not a URL/,
    );
  });
});
