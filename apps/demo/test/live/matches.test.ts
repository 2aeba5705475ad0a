import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { filterAt, filterNames, readFilters } from "../../server/api/filters.js";
import { Query } from "../../server/api/query.js";
import { CallsAnswerSchema, type CallRow, type CallsAnswer } from "../../server/api/schemas.js";
import type { LedgerRecord } from "../../server/ledger/ledger-record.js";
import { LiveCalls } from "../../server/live/live-calls.js";
import { passes, passesLive } from "../../server/live/matches.js";
import { engine, harness, liveCall, type Harness } from "../api/api-harness.js";
import { NOON, recordsOf } from "../ledger/calls.js";

const NOW = (NOON + 3600) * 1000;

function filtersOf(search: string) {
  return readFilters(new Query(new URLSearchParams(search), filterNames), "UTC");
}

describe("whether a call that has ended passes", () => {
  let test: Harness;
  let rows: CallRow[] = [];

  beforeAll(async () => {
    test = await harness();
    const pick = <T>(n: number, ...values: T[]): T => values[n % values.length] as T;
    await test.add(
      recordsOf(60, (n): Partial<LedgerRecord> => ({
        started: (NOON + n * 100) * 1e6,
        model: pick(n, "gpt-4o", "o3", null),
        modelAsked: pick(n, "gpt-4o", "gpt-4o", "o3", null),
        provider: pick(n, "openai", "groq", null),
        caller: pick(
          n,
          null,
          { id: "k1", alias: "docs-bot", lastFour: null },
          { id: "k2", alias: null, lastFour: null },
        ),
        status: pick(n, "complete", "incomplete", "failure"),
        errorClass: pick(n, null, null, "RateLimitError"),
        errorStatus: pick(n, null, null, 429),
        errorMessage: pick(n, null, null, "no"),
        stream: n % 2 === 0,
        ttft: pick(n, null, 500_000, 2_000_000),
        total: pick(n, 1_000_000, null),
        cost: pick(n, null, "0", "0.05", "1.5", "0.050000000000000001"),
        costStatus: pick(n, "unpriced", "free", "priced", "priced", "priced"),
        diagnostics: pick(n, [], ["F3"], ["F3", "U2"]),
        audit: pick(n, null, "match", "mismatch"),
        tags: pick(n, [], ["demo"], ["demo", "other"]),
        preview: pick(n, "Saturn has rings", "50% of_all", ""),
        traceId: pick(n, "t1", null),
      })),
    );
    const events = Array.from({ length: 60 }, (_, n) => ({
      id: `call-${n}`,
      sink: "langfuse",
      at: 0,
      attempt: 1,
      code: null,
      reason: null,
      state: pick(n, "delivered" as const, "retry" as const, "dead" as const),
    }));
    await test.ledger.noteDeliveries(events.slice(0, 40));
    rows = (await test.read<CallsAnswer>("/api/calls?limit=200", CallsAnswerSchema)).items;
  });
  afterAll(async () => test.close());

  const pairs = (
    "model=gpt-4o model=o3 provider=groq key=docs-bot key=k2 tag=demo tag=other tag=none status=failure status=complete " +
    "status=streaming error=429 error=RateLimitError diag=U2 audit=mismatch sink=langfuse:dead sink=langfuse:retry " +
    "sink=otlp:dead"
  ).split(" ");
  const singles = (
    "cost=unpriced cost=free cost.gte=0.05 cost.lte=0.05 ttft.gte=500 ttft.gte=2000.001 total.gte=1 stream=true " +
    "stream=false q=SATURN q=50%25 q=f_a q=call-7 q=t1 range=1h from=2025-12-17T20:00Z"
  ).split(" ");

  it("is what the ledger says, whatever the filters", async () => {
    const lists = fc.array(fc.tuple(fc.constantFrom("", "-"), fc.constantFrom(...pairs)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lists, fc.option(fc.constantFrom(...singles), { nil: "" }), async (list, single) => {
        const search = [...list.map(([sign, pair]) => sign + pair), single]
          .filter((each) => each !== "")
          .join("&");
        const filters = filtersOf(search);
        const page = await test.ledger.page({ filter: filterAt(filters, NOW), limit: 200 });
        const passing = rows.filter((row) => passes(row, filters, NOW));
        expect([search, passing.map(({ id }) => id)]).toEqual([search, page.items.map(({ id }) => id)]);
      }),
      { numRuns: 150 },
    );
  });
});

describe("whether a call that has not ended passes", () => {
  it.each<[string, boolean]>([
    ["", true],
    ["status=streaming", true],
    ["status=failure", false],
    ["-status=streaming", false],
    ["-status=failure", true],
    ["model=gpt-4o", true],
    ["-model=gpt-4o", false],
    ["key=docs-bot&tag=gateway", true],
    ["provider=groq", false],
    ["stream=true", true],
    ["stream=false", false],
    ["cost=unpriced", false],
    ["ttft.gte=1", false],
    ["error=429", false],
    ["-error=429", true],
    ["sink=langfuse:retry", false],
    ["q=trace-1", true],
    ["q=Saturn", false],
    ["range=1h", true],
    ["to=2025-12-17", false],
  ])("%s: %s", (search, verdict) => {
    const calls = new LiveCalls({ engine });
    const key = { id: "k1", alias: "docs-bot", lastFour: null };
    calls.start(liveCall("a", { text: "Saturn has " }), { key, tags: ["gateway"] });
    const row = calls.get("a")?.row(240);
    expect(row && passesLive(row, filtersOf(search), NOW)).toBe(verdict);
  });
});
