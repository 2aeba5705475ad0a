import { describe, expect, it } from "vitest";

import type { CallFilter } from "../../server/ledger/call-filter.js";
import type { LedgerRecord } from "../../server/ledger/ledger-record.js";
import type { LedgerStore } from "../../server/ledger/ledger-store.js";
import { NOON, recordsOf } from "./calls.js";
import { testLedger } from "./temporary-ledger.js";

const key = (id: string, alias: string): LedgerRecord["caller"] => ({ id, alias, lastFour: null });

/** Six calls, a second apart, that differ in what filters look at. */
const calls: Partial<LedgerRecord>[] = [
  {
    model: "gpt-4o-2024",
    modelAsked: "gpt-4o",
    tags: ["a", "b"],
    cost: "0.1",
    caller: key("h0", "docs"),
    ttft: 400_000,
  },
  {
    model: "claude",
    modelAsked: "claude",
    provider: "anthropic",
    tags: ["b"],
    cost: "0.10000000000000001",
    caller: null,
  },
  {
    model: null,
    modelAsked: null,
    provider: null,
    tags: [],
    cost: null,
    costStatus: "unpriced",
    total: null,
    ttft: null,
  },
  {
    status: "failure",
    errorClass: "RateLimitError",
    errorStatus: 429,
    errorMessage: "no",
    cost: null,
    costStatus: "no_usage",
  },
  {
    status: "incomplete",
    diagnostics: ["F3"],
    stream: true,
    cost: "0",
    costStatus: "free",
    userId: "user-7",
  },
  {
    audit: "mismatch",
    preview: "100% of O'Reilly's_books \\ Ünïcode",
    cost: "5",
    caller: key("h5", "search"),
    total: 9_000_000,
  },
];

const at = (n: number): number => (NOON + n) * 1000;

async function sixCalls(): Promise<LedgerStore> {
  const ledger = await testLedger();
  await ledger.append(recordsOf(calls.length, (n) => ({ provider: "openai", ttft: 1000, ...calls[n] })));
  await ledger.noteDeliveries([
    { id: "call-0", sink: "langfuse", at: at(1), attempt: 1, state: "retry", code: "503", reason: null },
    { id: "call-0", sink: "langfuse", at: at(2), attempt: 2, state: "dead", code: "400", reason: "no" },
    { id: "call-1", sink: "langfuse", at: at(2), attempt: 1, state: "dead", code: "400", reason: null },
    { id: "call-1", sink: "langfuse", at: at(3), attempt: 2, state: "delivered", code: null, reason: null },
    { id: "call-1", sink: "otlp", at: at(3), attempt: 1, state: "dead", code: null, reason: null },
  ]);
  return ledger;
}

const cases: [what: string, filter: CallFilter, passing: number[]][] = [
  ["without members passes all", {}, [0, 1, 2, 3, 4, 5]],
  ["by empty lists is one without them", { model: [], tag: [], not: { key: [] } }, [0, 1, 2, 3, 4, 5]],
  ["from a time has what starts then", { from: at(4) }, [4, 5]],
  ["to a time does not have what starts then", { to: at(1) }, [0]],
  ["from and to the same time has nothing", { from: at(1), to: at(1) }, []],
  ["from a part of a millisecond later begins behind it", { from: at(4) + 0.0005 }, [5]],
  ["by a model that answered", { model: ["gpt-4o-2024", "claude"] }, [0, 1, 3, 4, 5].filter((n) => n < 2)],
  ["by a model that was asked for", { model: ["claude", "gpt-4o"] }, [0, 1, 3, 4, 5]],
  ["without a model has those that have none", { not: { model: ["claude"] } }, [0, 2, 3, 4, 5]],
  ["by a provider", { provider: ["anthropic"] }, [1]],
  ["without a provider", { not: { provider: ["openai"] } }, [1, 2]],
  ["by the id of a key or by its alias", { key: ["h0", "search"] }, [0, 5]],
  ["without a key", { not: { key: ["docs"] } }, [1, 2, 3, 4, 5]],
  ["by any of its tags", { tag: ["a", "c"] }, [0]],
  ["by any of many tags", { tag: ["q", "r", "s", "t", "u", "a"] }, [0]],
  ["without any of many tags", { tag: ["b"], not: { tag: ["q", "r", "s", "t", "u", "a"] } }, [1]],
  ["without any of its tags", { tag: ["b"], not: { tag: ["a"] } }, [1]],
  ["by how it ended", { status: ["failure", "incomplete"] }, [3, 4]],
  ["by an error's class", { error: ["RateLimitError"] }, [3]],
  ["by an error's status", { error: ["429"] }, [3]],
  ["without an error", { not: { error: ["429"] } }, [0, 1, 2, 4, 5]],
  ["by a deviation", { diag: ["F3"] }, [4]],
  ["by an audit", { audit: ["mismatch"] }, [5]],
  ["without a price, whatever the reason", { cost: "unpriced" }, [2, 3]],
  ["for free", { cost: "free" }, [4]],
  ["of a cost that is exact", { costGte: "0.10000000000000001" }, [1, 5]],
  ["of a cost at most, which free calls have and unpriced ones do not", { costLte: "0.1" }, [0, 4]],
  ["of a first token that took long", { ttftGte: 400 }, [0]],
  ["of a call that took long", { totalGte: 9000 }, [5]],
  ["streamed", { stream: true }, [4]],
  ["by a part of the preview, in any case", { q: "o'reilly'S_B" }, [5]],
  ["by what is special in patterns, as itself", { q: "100%" }, [5]],
  ["by an underscore as itself", { q: "rings_" }, []],
  ["by a backslash as itself", { q: "\\" }, [5]],
  ["by letters beyond ASCII", { q: "ÜNÏCODE" }, [5]],
  ["by a whole id", { q: "call-2" }, [2]],
  ["by a part of an id", { q: "call-" }, []],
  ["by an end user", { q: "user-7" }, [4]],
  ["by the latest state at a sink", { sink: [{ sink: "langfuse", state: "dead" }] }, [0]],
  ["by a state that came after others", { sink: [{ sink: "langfuse", state: "delivered" }] }, [1]],
  [
    "by any of several sinks",
    {
      sink: [
        { sink: "otlp", state: "dead" },
        { sink: "langfuse", state: "dead" },
      ],
    },
    [0, 1],
  ],
  ["without a state at a sink", { not: { sink: [{ sink: "langfuse", state: "dead" }] } }, [1, 2, 3, 4, 5]],
  ["of SQL is one of words", { model: ["x') OR true --"], tag: ["'; DROP TABLE calls; --"] }, []],
];

describe("a filter", () => {
  it.each(cases)("%s", async (_, filter, passing) => {
    const ledger = await sixCalls();
    const { items } = await ledger.page({ filter, limit: 10 });
    expect(items.map(({ id }) => id)).toEqual(passing.toReversed().map((n) => `call-${n}`));
    expect((await ledger.totals(filter)).calls).toBe(passing.length);
  });

  it.each<[what: string, filter: CallFilter]>([
    ["an amount that is none", { costGte: "1; DROP TABLE calls" }],
    ["an amount that would be rounded", { costLte: `0.${"0".repeat(24)}1` }],
    ["a time that is none", { from: Number.NaN }],
    ["a time beyond all", { to: 1e300 }],
  ])("of %s is refused", async (_, filter) => {
    const ledger = await testLedger();
    await expect(ledger.totals(filter)).rejects.toMatchObject({ code: "bad-query" });
  });
});
