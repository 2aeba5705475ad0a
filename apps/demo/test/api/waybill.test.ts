import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  LiveWaybillSchema,
  WaybillSchema,
  type LiveWaybill,
  type Waybill,
} from "../../server/api/schemas.js";
import { payloadOf, recordOf } from "../ledger/calls.js";
import { addWaybill, harness, liveCall, type Harness } from "./api-harness.js";

let test: Harness;

beforeAll(async () => {
  test = await harness();
  await addWaybill(test, "waybill-1");
});

afterAll(async () => test.close());

describe("a waybill", () => {
  it("has the price whole, and lines that add up to it", async () => {
    const { cost, row, delivery, check, audit } = await test.read<Waybill>(
      "/api/calls/waybill-1",
      WaybillSchema,
    );
    expect(cost).toMatchObject({ status: "priced", exact: row.cost, sum: row.cost, linesAgree: true });
    expect(check.ok).toBe(true);
    expect(audit.claims.length).toBeGreaterThan(0);
    expect(delivery.map(({ state, attempt }) => [state, attempt])).toEqual([
      ["retry", 1],
      ["delivered", 2],
    ]);
  });

  it("of a call that has not ended says what there is so far", async () => {
    const call = liveCall("live-1", { text: "Saturn has " });
    test.calls.start(call, { key: { id: "k", alias: "docs-bot", lastFour: "3fa1" }, tags: ["gateway"] });
    const live = await test.read<LiveWaybill>("/api/calls/live-1", LiveWaybillSchema);
    expect(live).toMatchObject({
      status: "streaming",
      text: "Saturn has ",
      row: { tags: ["demo", "gateway"] },
    });
    expect(live.row.cost).toMatch(/^0\.0000/);
    expect(await test.refusal("/api/calls/live-1/payload")).toMatchObject({
      status: 409,
      code: "call_not_ended",
    });
    test.calls.settled("live-1");
    expect((await test.get("/api/calls/live-1")).status).toBe(404);
  });

  it("of a foreign record leaves out what is not what it should be, and says so", async () => {
    const odd = {
      id: "odd-1",
      status: "success",
      api_base: "https://user:secret@api.example.com/v1?key=sk-1",
      waybill: {
        timing: "long",
        usage: [],
        diagnostics: [{ code: 1 }, null],
        cost: { exact: "0.1", lines: [{}] },
      },
      response: 7,
    };
    await test.add([recordOf({ id: "odd-1", payload: JSON.stringify(odd) })]);
    const waybill = await test.read<Waybill>("/api/calls/odd-1", WaybillSchema);
    expect(waybill).toMatchObject({ timing: null, usage: null, diagnostics: [], check: { ok: false } });
    expect(waybill.provider.host).toBe("api.example.com");
    expect(JSON.stringify(waybill)).not.toContain("secret");
  });

  it("that is too large for an answer says what it left out, and the document has it", async () => {
    const text = "Saturn ".repeat(500_000);
    const payload = JSON.stringify(payloadOf({ id: "large-1", text }));
    await test.add([recordOf({ id: "large-1", payload })]);
    const answer = await test.get("/api/calls/large-1");
    expect(answer.text.length).toBeLessThan(2 * 1024 * 1024);
    const waybill = answer.body as Waybill;
    expect(waybill.completion).toBeNull();
    expect(waybill.omitted).toMatchObject([{ field: "/completion" }]);
    expect((await test.get("/api/calls/large-1/payload")).text).toBe(payload);
  });

  it("is offered as a file under a name that is harmless", async () => {
    await test.add([recordOf({ id: '../x"\r\nset-cookie: a', payload: '{"id":"x"}' })]);
    const path = `/api/calls/${encodeURIComponent('../x"\r\nset-cookie: a')}/payload?download=1`;
    const { headers, status } = await test.get(path);
    expect(status).toBe(200);
    expect(headers.get("content-disposition")).toBe('attachment; filename=".._x___set-cookie__a.json"');
  });
});
