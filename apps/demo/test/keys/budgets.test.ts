import { addExact, compareExact, subtractExact, sumExact } from "@waybill/cost";
import { random } from "@waybill/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createKeyBudgets, RESERVATION_MS, type KeyBudgetsOptions } from "../../server/keys/budgets.js";
import type { KeyBudget, KeyInfo } from "../../server/keys/key-record.js";
import { memoryKeyStore } from "../../server/keys/key-store.js";

const noon = Date.parse("2026-11-20T12:00:00Z");

async function world(budget: KeyBudget | null, more: Partial<KeyBudgetsOptions> = {}) {
  const keys = memoryKeyStore();
  const made = await keys.create({ name: "a", budget });
  if (!made.ok) throw new Error("no key");
  const { id } = made.info;
  const clock = { at: noon };
  const budgets = createKeyBudgets({
    zone: "UTC",
    keyOf: (each) => keys.get(each),
    now: () => clock.at,
    ...more,
  });
  const key = (): KeyInfo => keys.get(id) ?? made.info;
  const held = async (exact: string) => {
    const answer = await budgets.reserve(key(), exact);
    if (!answer?.ok) throw new Error(JSON.stringify(answer));
    return answer.reservation;
  };
  return { keys, budgets, key, clock, held, id };
}

describe("the budget of a key", () => {
  it("is what is spent and held, and when it begins anew", async () => {
    const { budgets, key, held } = await world({ limit: "1.00", window: "day" });
    await budgets.seed(key(), "0.25");
    const first = await held("0.5");
    expect(first.window).toBe("2026-11-20");
    expect(await budgets.status(key())).toEqual({
      limit: "1.00",
      window: "day",
      spent: "0.25",
      reserved: "0.5",
      remaining: "0.25",
      overspent: "0",
      assumed: { calls: 0, amount: "0" },
      resetsAt: "2026-11-21T00:00:00.000Z",
    });
    expect(await budgets.reserve(key(), "0.2500001")).toMatchObject({
      ok: false,
      code: "exhausted",
      status: { spent: "0.25" },
    });
    expect(await budgets.settle(first, "0.1")).toEqual({ ok: true, remaining: "0.65" });
  });

  it("that there is not is no limit, and nothing is counted", async () => {
    const { budgets, key } = await world(null);
    expect(await budgets.reserve(key(), "1000000")).toBeNull();
    expect(await budgets.status(key())).toBeNull();
  });

  it("of 0 lets nothing through that costs", async () => {
    const { budgets, key } = await world({ limit: "0", window: "total" });
    expect(await budgets.reserve(key(), "0.000001")).toMatchObject({
      code: "exhausted",
      status: { resetsAt: null },
    });
  });

  it("charges what was held when nobody knows the true cost, and says so", async () => {
    const { budgets, key, held } = await world({ limit: "1", window: "total" });
    await budgets.settle(await held("0.4"), null);
    expect(await budgets.status(key())).toMatchObject({
      spent: "0.4",
      reserved: "0",
      assumed: { calls: 1, amount: "0.4" },
    });
  });

  it("gives back what was held for a call that cost nothing", async () => {
    const { budgets, key, held } = await world({ limit: "1", window: "total" });
    await budgets.release(await held("0.4"));
    expect(await budgets.status(key())).toMatchObject({ spent: "0", reserved: "0", remaining: "1" });
  });

  it("begins anew at midnight, and a call is charged to the day on which it began", async () => {
    const { budgets, key, clock, held } = await world({ limit: "1", window: "day" });
    const late = await held("0.9");
    clock.at = Date.parse("2026-11-21T00:00:00Z");
    expect(await budgets.reserve(key(), "1")).toMatchObject({
      ok: true,
      remaining: "0",
      reservation: { window: "2026-11-21" },
    });
    expect(await budgets.settle(late, "0.8")).toEqual({ ok: true, remaining: "0.2" });
    expect(await budgets.status(key())).toMatchObject({ spent: "0", reserved: "1" });
  });

  it("holds a new limit at once, for what is held already, too", async () => {
    const { keys, budgets, key, held, id } = await world({ limit: "1", window: "total" });
    await held("0.5");
    await keys.update(id, { budget: { limit: "0.6", window: "total" } });
    expect(await budgets.reserve(key(), "0.2")).toMatchObject({
      code: "exhausted",
      status: { limit: "0.6", remaining: "0.1" },
    });
    await keys.update(id, { budget: { limit: "2", window: "total" } });
    expect(await budgets.reserve(key(), "1.5")).toMatchObject({ ok: true });
    await keys.update(id, { budget: null });
    expect(await budgets.reserve(key(), "1000")).toBeNull();
  });

  it("holds the new limit also for one who read the key before", async () => {
    const { keys, budgets, key, id } = await world({ limit: "1", window: "total" });
    const old = key();
    await keys.update(id, { budget: { limit: "0.1", window: "total" } });
    expect(await budgets.reserve(old, "0.5")).toMatchObject({ code: "exhausted" });
  });

  it("keeps what is held longer than any stream lasts, and charges even later", async () => {
    const { budgets, key, clock, held } = await world({ limit: "1", window: "total" });
    const reservation = await held("1");
    clock.at += RESERVATION_MS - 1;
    expect(await budgets.reserve(key(), "0.1")).toMatchObject({ code: "exhausted" });
    clock.at += 1;
    expect(await budgets.status(key())).toMatchObject({ reserved: "0" });
    expect(await budgets.settle(reservation, "0.7")).toMatchObject({ ok: true });
    expect(await budgets.status(key())).toMatchObject({ spent: "0.7" });
  });

  it("charges a call once, however often it is said", async () => {
    const { budgets, key, held } = await world({ limit: "1", window: "total" });
    const reservation = await held("0.5");
    await Promise.all([budgets.settle(reservation, "0.3"), budgets.settle(reservation, "0.3")]);
    expect(await budgets.settle(reservation, "0.4")).toMatchObject({ ok: false, code: "budget-unknown" });
    expect(await budgets.status(key())).toMatchObject({ spent: "0.3" });
  });
});

describe("what was spent before", () => {
  it("is asked once of the ledger, for the window that runs, however many calls come at once", async () => {
    const asked: (number | null)[] = [];
    const { budgets, key } = await world(
      { limit: "1", window: "month" },
      { spentSince: async (_, from) => (asked.push(from), "0.75") },
    );
    const answers = await Promise.all(["0.2", "0.2", "0.2"].map((exact) => budgets.reserve(key(), exact)));
    expect(answers.map((answer) => answer?.ok)).toEqual([true, false, false]);
    expect(asked).toEqual([Date.parse("2026-11-01T00:00:00Z")]);
  });

  it("is not asked for a window that begins while the process runs", async () => {
    const asked: (number | null)[] = [];
    const { budgets, key, clock } = await world(
      { limit: "1", window: "day" },
      { spentSince: async (_, from) => (asked.push(from), "1") },
    );
    clock.at += 24 * 3_600_000;
    expect(await budgets.reserve(key(), "1")).toMatchObject({ ok: true });
    expect(asked).toEqual([]);
  });

  it("is asked again when a key gets another window", async () => {
    const { keys, budgets, key, id } = await world(
      { limit: "1", window: "day" },
      { spentSince: async (_, from) => (from === null ? "0.9" : "0.1") },
    );
    expect(await budgets.status(key())).toMatchObject({ spent: "0.1" });
    await keys.update(id, { budget: { limit: "1", window: "total" } });
    expect(await budgets.status(key())).toMatchObject({ spent: "0.9" });
  });

  it("is not zero when the ledger does not say: nothing is let through until it does", async () => {
    let isDown = true;
    const { budgets, key } = await world(
      { limit: "1", window: "total" },
      { spentSince: async () => (isDown ? Promise.reject(new Error("locked")) : "0.5") },
    );
    expect(await budgets.reserve(key(), "0.1")).toMatchObject({
      code: "budget-unknown",
      reason: expect.stringContaining("locked"),
    });
    expect(await budgets.status(key())).toMatchObject({ code: "budget-unknown" });
    isDown = false;
    expect(await budgets.reserve(key(), "0.1")).toMatchObject({ ok: true, remaining: "0.4" });
  });

  it("is refused when the ledger gives no amount", async () => {
    const { budgets, key } = await world({ limit: "1", window: "total" }, { spentSince: async () => "NaN" });
    expect(await budgets.reserve(key(), "0.1")).toMatchObject({ code: "budget-unknown" });
  });

  it("cannot be said twice, nor once money is held", async () => {
    const { budgets, key, held } = await world({ limit: "1", window: "total" });
    await held("0.1");
    await expect(budgets.seed(key(), "0.5")).rejects.toMatchObject({ code: "already-seeded" });
  });
});

/** One of the things that may happen to a budget, in any order and at once. */
type Step =
  | { do: "reserve"; amount: number }
  | { do: "settle"; which: number; share: number | null }
  | { do: "release"; which: number }
  | { do: "limit"; amount: number };

const money = (micros: number) => `0.${String(micros).padStart(6, "0")}`;

describe("budgets under every interleaving", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant("reserve" as const),
        amount: fc.integer({ min: 1, max: 300_000 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("settle" as const),
        which: fc.nat(50),
        share: fc.option(fc.integer({ min: 0, max: 150 })),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), which: fc.nat(50) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("limit" as const),
        amount: fc.integer({ min: 1, max: 999_999 }),
      }),
    },
  );

  it("never let spent and held pass the limit by more than calls cost beyond their estimate", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 15 }),
        async (batches) => {
          const { keys, budgets, key, id } = await world({ limit: "0.5", window: "total" });
          const open: { amount: string; reservation: { id: string; keyId: string; window: string } }[] = [];
          const charged: string[] = [];
          for (const batch of batches) {
            // All of a batch begins at once; what it may end is what was open before it.
            const ending = open.splice(0);
            await Promise.all(
              batch.map(async (each) => {
                if (each.do === "reserve") {
                  const answer = await budgets.reserve(key(), money(each.amount));
                  if (answer?.ok) {
                    open.push({ amount: money(each.amount), reservation: answer.reservation });
                  }
                  return;
                }
                if (each.do === "limit") {
                  await keys.update(id, { budget: { limit: money(each.amount), window: "total" } });
                  return;
                }
                const [one] = ending.splice(each.which % Math.max(1, ending.length), 1);
                if (!one) return;
                if (each.do === "release") {
                  await budgets.release(one.reservation);
                  return;
                }
                const cost =
                  each.share === null
                    ? null
                    : money(Math.floor((Number(one.amount.slice(2)) * each.share) / 100) % 1_000_000);
                charged.push(cost ?? one.amount);
                await budgets.settle(one.reservation, cost);
              }),
            );
            open.push(...ending);
            const status = await budgets.status(key());
            if (!status || "code" in status) throw new Error("no status");
            // Every amount is where it belongs, to the last digit.
            expect(status.spent).toBe(sumExact(charged));
            expect(status.reserved).toBe(sumExact(open.map(({ amount }) => amount)));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("hold all reservations that are made at once under the limit together", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 999_999 }), fc.integer(), async (limit, seed) => {
        const { budgets, key } = await world({ limit: money(limit), window: "day" });
        const numbers = random(seed);
        const amounts = Array.from({ length: 40 }, () => money(numbers.integer(1, 200_000)));
        const answers = await Promise.all(amounts.map((amount) => budgets.reserve(key(), amount)));
        const taken = sumExact(amounts.filter((_, index) => answers[index]?.ok));
        expect(compareExact(taken, money(limit))).toBeLessThanOrEqual(0);
        // And nobody is refused who would have fitted at the end.
        const left = subtractExact(money(limit), taken);
        const refused = amounts.filter((_, index) => !answers[index]?.ok);
        for (const amount of refused) expect(compareExact(addExact(amount, "0"), left)).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });
});
