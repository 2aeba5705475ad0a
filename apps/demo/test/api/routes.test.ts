import { Type, type TSchema } from "@sinclair/typebox";
import { sumExact } from "@waybill/cost";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import {
  CallsAnswerSchema,
  DeliverySchema,
  DistributionSchema,
  FacetsSchema,
  KeysSchema,
  QuantileSeriesSchema,
  SeriesSchema,
  SessionSchema,
  TotalsSchema,
  WaybillSchema,
  type CallsAnswer,
  type FacetsAnswer,
  type SeriesAnswer,
  type TotalsAnswer,
} from "../../server/api/schemas.js";
import { LedgerError } from "../../server/ledger/problems.js";
import { NOON, recordsOf } from "../ledger/calls.js";
import { addWaybill, harness, type Harness } from "./api-harness.js";

let test: Harness;

beforeAll(async () => {
  test = await harness();
  await test.add(
    recordsOf(40, (n) => ({
      started: (NOON + n * 60) * 1e6,
      ended: (NOON + n * 60 + 2) * 1e6,
      model: n % 2 === 0 ? "gpt-4o" : "claude-sonnet-4-5",
      caller: { id: "a".repeat(64), alias: n % 3 === 0 ? "docs-bot" : "checkout", lastFour: "3fa1" },
      ...(n % 10 === 0
        ? {
            status: "failure",
            errorClass: "RateLimitError",
            errorStatus: 429,
            errorMessage: "Too many requests",
            cost: null,
            costStatus: "unpriced",
          }
        : {}),
    })),
  );
  await addWaybill(test, "waybill-1");
  await test.ledger.noteDeliveries([
    {
      id: "call-1",
      sink: "otlp",
      at: NOON * 1000,
      attempt: 1,
      state: "rejected",
      code: "400",
      reason: "no span",
    },
  ]);
});

afterAll(async () => test.close());

describe("every route answers as its schema says", () => {
  it.each<[string, TSchema]>([
    ["/api/session", SessionSchema],
    ["/api/calls", CallsAnswerSchema],
    ["/api/calls?limit=3&sort=cost", CallsAnswerSchema],
    ["/api/calls?range=1h&sort=ttft&status=failure", CallsAnswerSchema],
    ["/api/calls?from=2025-12-17&to=2025-12-18T00:00:00Z&tz=Europe/Berlin", CallsAnswerSchema],
    ["/api/calls?status=streaming", CallsAnswerSchema],
    ["/api/calls/waybill-1", WaybillSchema],
    ["/api/calls/waybill-1/payload", Type.Object({ id: Type.Literal("waybill-1") })],
    [
      "/api/calls/waybill-1/exports/langfuse",
      Type.Object({ batch: Type.Array(Type.Unknown(), { minItems: 2 }) }),
    ],
    [
      "/api/calls/waybill-1/exports/otlp?download=1",
      Type.Object({ resourceSpans: Type.Array(Type.Unknown(), { minItems: 1 }) }),
    ],
    ["/api/totals", TotalsSchema],
    ["/api/totals?model=no-such-model", TotalsSchema],
    ["/api/series", SeriesSchema],
    ["/api/series?range=1h", SeriesSchema],
    ["/api/series?range=30d&metric=errors&by=kind", SeriesSchema],
    ["/api/series?range=7d&metric=tokens&by=kind&tz=Asia/Kolkata", SeriesSchema],
    ["/api/series?range=24h&metric=saved&by=tag&top=1&step=15m", SeriesSchema],
    ["/api/series?metric=calls&by=key&from=2030-01-01", SeriesSchema],
    ["/api/distribution", DistributionSchema],
    ["/api/distribution?metric=gap&range=1h", DistributionSchema],
    ["/api/quantiles?metric=total&range=1h", QuantileSeriesSchema],
    ["/api/quantiles", QuantileSeriesSchema],
    ["/api/facets?field=model", FacetsSchema],
    ["/api/facets?field=key&prefix=docs", FacetsSchema],
    ["/api/delivery", DeliverySchema],
    ["/api/delivery?sink=otlp", DeliverySchema],
    ["/api/keys", KeysSchema],
  ])("%s", async (path, schema) => {
    expect(await test.read(path, schema)).toBeInstanceOf(Object);
  });
});

describe("what makes no sense is refused with the name of the parameter", () => {
  it.each<[string, number, string, string | undefined, RegExp?]>([
    ["/api/calls?modle=gpt-4o", 400, "unknown_parameter", "modle", /^model$/],
    ["/api/calls?limit=0", 400, "bad_value", "limit"],
    ["/api/calls?limit=201", 400, "bad_value", "limit"],
    ["/api/calls?limit=1e2", 400, "bad_value", "limit"],
    ["/api/calls?sort=date", 400, "bad_value", "sort"],
    ["/api/calls?status=complet", 400, "bad_value", "status", /^status=complete$/],
    ["/api/calls?-status=failed", 400, "bad_value", "-status", /failure|^$/],
    ["/api/calls?range=2h", 400, "bad_value", "range"],
    ["/api/calls?range=1h&from=2025-12-17", 400, "bad_value", "range"],
    ["/api/calls?from=2025-02-30", 400, "bad_value", "from"],
    ["/api/calls?from=yesterday", 400, "bad_value", "from"],
    ["/api/calls?to=1969-12-31", 400, "bad_value", "to"],
    ["/api/calls?from=2025-12-18&to=2025-12-17", 400, "bad_value", "to"],
    ["/api/calls?tz=Mars/Olympus", 400, "bad_value", "tz"],
    ["/api/calls?cost=expensive", 400, "bad_value", "cost"],
    ["/api/calls?cost.gte=1e-9", 400, "bad_value", "cost.gte"],
    [`/api/calls?cost.lte=0.${"1".repeat(25)}`, 400, "bad_value", "cost.lte"],
    ["/api/calls?ttft.gte=-1", 400, "bad_value", "ttft.gte"],
    ["/api/calls?stream=yes", 400, "bad_value", "stream"],
    ["/api/calls?sink=langfuse", 400, "bad_value", "sink", /langfuse:dead/],
    ["/api/calls?sink=langfuse:gone", 400, "bad_value", "sink"],
    ["/api/calls?q=", 400, "bad_value", "q"],
    ["/api/calls?q=a&q=b", 400, "bad_value", "q"],
    [`/api/calls?q=${"a".repeat(1001)}`, 400, "bad_value", "q"],
    [`/api/calls?${Array.from({ length: 21 }, (_, n) => `tag=${n}`).join("&")}`, 400, "bad_value", "tag"],
    [
      `/api/calls?${Array.from({ length: 101 }, (_, n) => `tag=${n}`).join("&")}`,
      400,
      "bad_value",
      undefined,
    ],
    ["/api/calls?cursor=%00%01", 400, "bad_cursor", "cursor"],
    ["/api/calls/waybill-1?x=1", 400, "unknown_parameter", "x"],
    ["/api/calls/waybill-1/exports/datadog", 400, "bad_value", "sink"],
    ["/api/calls/waybill-1/payload?download=yes", 400, "bad_value", "download"],
    ["/api/calls/no-such-call", 404, "call_not_found", undefined],
    ["/api/calls/no-such-call/payload", 404, "call_not_found", undefined],
    [`/api/calls/${"x".repeat(1001)}`, 404, "call_not_found", undefined],
    ["/api/series?metric=profit", 400, "bad_value", "metric"],
    ["/api/series?by=kind", 400, "bad_value", "by"],
    ["/api/series?top=9", 400, "bad_value", "top"],
    ["/api/series?step=2h", 400, "bad_value", "step"],
    ["/api/series?from=2000-01-01&to=2026-01-01&step=1m", 400, "too_many_points", "step"],
    ["/api/quantiles?metric=cost", 400, "bad_value", "metric"],
    ["/api/distribution?step=1h", 400, "unknown_parameter", "step"],
    ["/api/facets", 400, "bad_value", "field"],
    ["/api/facets?field=preview", 400, "bad_value", "field"],
    ["/api/delivery?sink=datadog", 400, "bad_value", "sink"],
    ["/api/delivery/dead?sink=langfuse", 404, "no_spool", undefined],
    ["/api/export?format=xlsx", 400, "bad_value", "format"],
    ["/api/live?call=no-such-call", 404, "call_not_found", "call"],
    ["/api/live?since=first", 400, "bad_value", "since"],
    ["/api/live?call=waybill-1&model=gpt-4o", 400, "unknown_parameter", "model"],
    ["/api/nothing", 404, "not_found", undefined],
  ])("%s", async (path, status, code, field, hint = /^/) => {
    const error = await test.refusal(path);
    expect(error).toMatchObject({ status, code });
    expect(error.field).toBe(field);
    expect(error.hint ?? "").toMatch(hint);
  });
});

describe("figures", () => {
  it("say what is unknown beside what is known", async () => {
    const totals = await test.read<TotalsAnswer>("/api/totals?-key=nobody", TotalsSchema);
    const { items } = await test.read<CallsAnswer>("/api/calls?limit=200", CallsAnswerSchema);
    expect(totals).toMatchObject({ calls: 41, failed: 4, unpriced: 4 });
    expect(totals.spend).toBe(sumExact(items.flatMap(({ cost }) => cost ?? [])));
  });

  it("of a range have a bucket for each of its steps up to now", async () => {
    const series = await test.read<SeriesAnswer>("/api/series?range=1h&metric=calls", SeriesSchema);
    expect(series.step).toBe("1m");
    expect(series.t).toHaveLength(61);
    const counts = series.series.flatMap(({ values }) => values as number[]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(41);
    expect(series.series.map(({ name }) => name)).toEqual([
      "claude-sonnet-4-5",
      "gpt-4o",
      "gpt-4o-2024-08-06",
    ]);
  });

  it("count the values of a field", async () => {
    const facets = await test.read<FacetsAnswer>("/api/facets?field=status&range=24h", FacetsSchema);
    expect(facets.values.map(({ value, calls }) => [value, calls])).toEqual([
      ["complete", 37],
      ["failure", 4],
    ]);
  });
});

describe("a list of calls", () => {
  it("has the latest state of each record at its sinks", async () => {
    const { items, watermark } = await test.read<CallsAnswer>("/api/calls?q=waybill-1", CallsAnswerSchema);
    expect(items.map(({ id, delivery }) => [id, delivery])).toEqual([
      ["waybill-1", { langfuse: "delivered" }],
    ]);
    expect(watermark).toBe(41);
  });

  it("is found by the state at a sink", async () => {
    const { items } = await test.read<CallsAnswer>("/api/calls?sink=otlp:rejected", CallsAnswerSchema);
    expect(items.map(({ id }) => id)).toEqual(["call-1"]);
  });

  it("has no call that has ended where only others are asked for", async () => {
    const { items } = await test.read<CallsAnswer>("/api/calls?status=streaming", CallsAnswerSchema);
    expect(items).toEqual([]);
  });
});

describe("a query", () => {
  it("may take two seconds, and the answer says when it took longer", async () => {
    const slow = await harness();
    const asked: (number | undefined)[] = [];
    slow.ledger.totals = async (_filter, limits) => {
      asked.push(limits?.timeoutMs);
      throw new LedgerError("query-timeout", "the query took too long");
    };
    expect(await slow.refusal("/api/totals")).toMatchObject({ status: 503, code: "query_timeout" });
    expect((await slow.get("/api/totals")).headers.get("retry-after")).toBe("2");
    expect(asked).toEqual([2000, 2000]);
    await slow.close();
  });

  it("of a ledger that is closed is refused", async () => {
    const closed = await harness();
    await closed.close();
    expect(await closed.refusal("/api/calls")).toMatchObject({ status: 503, code: "ledger_unavailable" });
  });

  it("that fails in a way nobody foresaw tells strangers nothing", async () => {
    const broken = await harness();
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    broken.ledger.totals = async () => {
      throw new TypeError("cannot read /etc/passwd");
    };
    const error = await broken.refusal("/api/totals");
    expect(error).toMatchObject({ status: 500, code: "internal" });
    expect(JSON.stringify(error)).not.toContain("passwd");
    expect(log).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(error.requestId));
    log.mockRestore();
    await broken.close();
  });
});
