import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  createBudget,
  memoryBudgetStore,
  type BudgetFailure,
  type BudgetOptions,
  type BudgetRecord,
  type BudgetStore,
  type Reserved,
} from "../src/budget.js";
import { addExact, compareExact, sumExact } from "../src/exact.js";
import { createCostEngine } from "../src/index.js";

const startTime = Date.UTC(2026, 10, 20, 3);

/** A budget with a clock that stands until it is set. */
function budgetAt(options: BudgetOptions = {}) {
  const clock = { now: startTime };
  return { clock, budget: createBudget({ now: () => clock.now, ...options }) };
}

function idOf(reserved: Reserved | BudgetFailure): string {
  if (!reserved.ok) throw new Error(reserved.reason);
  return reserved.id;
}

describe("a budget", () => {
  it("holds what a call can cost and charges what it did cost", async () => {
    const { budget } = budgetAt({ limits: { ada: "1.00" } });
    const reserved = await budget.reserve("ada", "0.4");
    expect(reserved).toEqual({ ok: true, id: expect.stringMatching(/^[^/]+\/ada$/), remaining: "0.6" });
    const settled = await budget.settle(idOf(reserved), "0.000225");
    expect(settled).toEqual({
      ok: true,
      how: "settled",
      charged: "0.000225",
      overrun: "0",
      late: false,
      repeated: false,
      remaining: "0.999775",
    });
    expect(await budget.status("ada")).toEqual({
      ok: true,
      limit: "1",
      spent: "0.000225",
      reserved: "0",
      remaining: "0.999775",
      overspent: "0",
      assumed: { calls: 0, amount: "0" },
      open: 0,
      expired: 0,
      forgotten: 0,
    });
  });

  it("refuses what would pass the limit beside what is spent and held, and fills it to the last digit", async () => {
    const { budget } = budgetAt({ limits: { ada: "1" } });
    await budget.settle(idOf(await budget.reserve("ada", "0.5")), "0.3");
    await budget.reserve("ada", "0.6");
    const refused = { ok: false, code: "exhausted", remaining: "0.1" };
    expect(await budget.reserve("ada", "0.1000000000000000000000001")).toMatchObject(refused);
    expect(await budget.reserve("ada", "0.1")).toMatchObject({ ok: true, remaining: "0" });
    expect(await budget.reserve("ada", "0")).toMatchObject({ ok: true, remaining: "0" });
  });

  it("lets no burst of calls pass the limit together", async () => {
    const store = memoryBudgetStore();
    const budgets = [
      budgetAt({ defaultLimit: "1", store }).budget,
      budgetAt({ defaultLimit: "1", store }).budget,
    ];
    const burst = Array.from({ length: 150 }, () => budgets.map((budget) => budget.reserve("ada", "0.01")));
    const reserved = await Promise.all(burst.flat());
    expect(reserved.filter(({ ok }) => ok)).toHaveLength(100);
    expect(await budgets[0]?.status("ada")).toMatchObject({ reserved: "1", remaining: "0", open: 100 });
  });

  it("gives back what is released", async () => {
    const { budget } = budgetAt({ limits: { ada: "1" } });
    const id = idOf(await budget.reserve("ada", "1"));
    const released = { ok: true, how: "released", charged: "0", remaining: "1" };
    expect(await budget.release(id)).toMatchObject({ ...released, repeated: false });
    expect(await budget.release(id)).toMatchObject({ ...released, repeated: true });
    expect(await budget.status("ada")).toMatchObject({ spent: "0", reserved: "0" });
  });

  it("charges more than was reserved, shows it, and then refuses", async () => {
    const { budget } = budgetAt({ limits: { ada: "1" } });
    const id = idOf(await budget.reserve("ada", "0.9"));
    const settled = await budget.settle(id, "1.25");
    expect(settled).toMatchObject({ ok: true, charged: "1.25", overrun: "0.35", remaining: "0" });
    expect(await budget.status("ada")).toMatchObject({ spent: "1.25", remaining: "0", overspent: "0.25" });
    expect(await budget.reserve("ada", "0")).toMatchObject({ ok: false, code: "exhausted", remaining: "0" });
  });

  it("charges an unknown cost as it was reserved and counts it as assumed", async () => {
    const { budget } = budgetAt({ limits: { ada: "1" } });
    const id = idOf(await budget.reserve("ada", "0.25"));
    expect(await budget.settle(id, null)).toMatchObject({ ok: true, how: "assumed", charged: "0.25" });
    expect(await budget.settle(id, null)).toMatchObject({ ok: true, repeated: true });
    expect(await budget.status("ada")).toMatchObject({
      spent: "0.25",
      remaining: "0.75",
      assumed: { calls: 1, amount: "0.25" },
    });
  });

  it("settles once, however often it is asked", async () => {
    const { budget } = budgetAt({ limits: { ada: "1" } });
    const id = idOf(await budget.reserve("ada", "0.5"));
    const settled = await Promise.all(["0.2", "0.20", "2e-1"].map((exact) => budget.settle(id, exact)));
    expect(settled).toMatchObject([{ repeated: false }, { repeated: true }, { repeated: true }]);
    const others = [budget.settle(id, "0.3"), budget.settle(id, null), budget.release(id)];
    for (const other of await Promise.all(others)) {
      expect(other).toMatchObject({ ok: false, code: "conflict", remaining: "0.8" });
      expect(other).toMatchObject({ reason: expect.stringContaining("was settled before, at 0.2 USD") });
    }
    expect(await budget.status("ada")).toMatchObject({ spent: "0.2" });
  });

  it("charges nobody for a released call", async () => {
    const { budget } = budgetAt();
    const id = idOf(await budget.reserve("ada", "0.5"));
    await budget.release(id);
    expect(await budget.settle(id, "0.1")).toMatchObject({ ok: false, code: "conflict" });
  });

  it("remembers the last 256 that ended, and never charges one twice", async () => {
    const { budget } = budgetAt();
    const first = idOf(await budget.reserve("ada", "1"));
    await budget.settle(first, "1");
    for (let each = 0; each < 256; each++)
      await budget.settle(idOf(await budget.reserve("ada", "0")), "0.001");
    expect(await budget.settle(first, "1")).toMatchObject({ ok: false, code: "unknown-id" });
    expect(await budget.status("ada")).toMatchObject({ spent: "1.256" });
  });
});

describe("limits", () => {
  it.each([
    ["of a named key", { limits: { ada: "2.50" }, defaultLimit: "1" }, "ada", "2.5"],
    ["of all other keys", { limits: { ada: "2.50" }, defaultLimit: "1" }, "bob", "1"],
    ["of a key named like a member of objects", { limits: {}, defaultLimit: "1" }, "constructor", "1"],
    ["that are taken off one key", { limits: { ada: null }, defaultLimit: "1" }, "ada", null],
    ["that are nowhere", {}, "ada", null],
    ["of a function", { limits: (key: string) => (key === "ada" ? "7" : undefined) }, "ada", "7"],
    ["that a function does not know", { limits: async () => undefined, defaultLimit: "3" }, "ada", "3"],
    ["with an exponent", { limits: { ada: "25e-1" } }, "ada", "2.5"],
    ["of an object without a prototype", { limits: withoutPrototype({ ada: "2" }) }, "ada", "2"],
  ] as [string, BudgetOptions, string, string | null][])("%s", async (_, options, key, limit) => {
    const { budget } = budgetAt(options);
    expect(await budget.status(key)).toMatchObject({ ok: true, limit, remaining: limit });
  });

  it("that are missing leave a key unlimited, and counted", async () => {
    const { budget } = budgetAt();
    const id = idOf(await budget.reserve("ada", "1000000"));
    expect(await budget.settle(id, "999999.5")).toMatchObject({ ok: true, remaining: null });
    expect(await budget.status("ada")).toMatchObject({ limit: null, spent: "999999.5", overspent: "0" });
  });

  it.each([
    [{ limits: { ada: "-1" } }, "bad-limit", "the limit of ada"],
    [{ limits: { ada: 5 } }, "bad-limit", "the limit of ada"],
    [{ defaultLimit: "ten" }, "bad-limit", "the limit of other keys"],
    [{ reservationTtlMs: 0 }, "bad-option", "reservationTtlMs"],
    [{ reservationTtlMs: Number.NaN }, "bad-option", "reservationTtlMs"],
    [{ reservationTtlMs: "5" }, "bad-option", "reservationTtlMs is not a number"],
    [{ limits: null }, "bad-limit", "limits are a plain object"],
    [{ limits: "1.00" }, "bad-limit", "limits are a plain object"],
    [{ limits: ["1.00"] }, "bad-limit", "limits are a plain object"],
    [{ limits: new Map([["ada", "1.00"]]) }, "bad-limit", "limits are a plain object"],
    [{ limits: Object.create({ ada: "1.00" }) }, "bad-limit", "limits are a plain object"],
    [null, "bad-option", "the options of a budget are an object"],
    ["1.00", "bad-option", "the options of a budget are an object"],
  ] as [BudgetOptions, string, string][])("%j are refused at once", (options, code, message) => {
    expect(() => createBudget(options)).toThrow(expect.objectContaining({ code }));
    expect(() => createBudget(options)).toThrow(message);
  });

  it("that cannot be had refuse new calls, and keep none from being charged", async () => {
    let find = (): string => "1";
    const { budget } = budgetAt({ limits: () => find() });
    const id = idOf(await budget.reserve("ada", "0.5"));
    for (const [broken, reason] of [
      [() => JSON.parse("{") as string, "the limit of ada is not known"],
      [() => "ten", "the limit of ada is not USD"],
    ] as const) {
      find = broken;
      const failed = { ok: false, code: "bad-limit", reason: expect.stringContaining(reason) };
      expect(await budget.reserve("ada", "0.1")).toMatchObject(failed);
      expect(await budget.status("ada")).toMatchObject(failed);
    }
    expect(await budget.settle(id, "0.5")).toMatchObject({ ok: true, remaining: null });
    find = () => "1";
    expect(await budget.status("ada")).toMatchObject({ spent: "0.5", remaining: "0.5" });
  });
});

describe("a reservation that nobody ends", () => {
  it("holds money until its time is over, and is still charged when it is settled then", async () => {
    const { budget, clock } = budgetAt({ limits: { ada: "1" }, reservationTtlMs: 60_000 });
    const id = idOf(await budget.reserve("ada", "0.8"));
    clock.now += 59_999;
    expect(await budget.reserve("ada", "0.8")).toMatchObject({ ok: false, code: "exhausted" });
    clock.now += 1;
    expect(await budget.status("ada")).toMatchObject({ reserved: "0", open: 0, expired: 1 });
    await budget.settle(idOf(await budget.reserve("ada", "0.8")), "0.8");
    const settled = { ok: true, charged: "0.7", late: true, remaining: "0" };
    expect(await budget.settle(id, "0.7")).toMatchObject({ ...settled, repeated: false });
    expect(await budget.settle(id, "0.7")).toMatchObject({ ...settled, repeated: true });
    expect(await budget.status("ada")).toMatchObject({ spent: "1.5", overspent: "0.5", expired: 0 });
  });

  it("can be released, which gives nothing back twice", async () => {
    const { budget, clock } = budgetAt({ reservationTtlMs: 1 });
    const id = idOf(await budget.reserve("ada", "1"));
    clock.now += 1;
    expect(await budget.release(id)).toMatchObject({ ok: true, late: true });
    expect(await budget.status("ada")).toMatchObject({ spent: "0", reserved: "0", expired: 0 });
  });

  it("holds money forever when it may", async () => {
    const { budget, clock } = budgetAt({ reservationTtlMs: Number.POSITIVE_INFINITY, store: jsonStore() });
    await budget.reserve("ada", "1");
    clock.now += 1e15;
    expect(await budget.status("ada")).toMatchObject({ reserved: "1", open: 1 });
  });

  it("is forgotten behind 256 others, and that is counted", async () => {
    const { budget, clock } = budgetAt({ reservationTtlMs: 1 });
    const first = idOf(await budget.reserve("ada", "1"));
    for (let each = 0; each < 256; each++) {
      clock.now += 1;
      await budget.reserve("ada", "1");
    }
    clock.now += 1;
    expect(await budget.settle(first, "1")).toMatchObject({ ok: false, code: "unknown-id" });
    expect(await budget.status("ada")).toMatchObject({ expired: 256, forgotten: 1, reserved: "0" });
  });
});

describe("bad input", () => {
  const amounts = [
    ["-0.01"],
    ["abc"],
    [""],
    [Number.NaN],
    [0.5],
    ["1e400"],
    ["-1e-9"],
    ["Infinity"],
    ["0x1"],
  ];
  const objects = [[undefined], [{}], [[]], [["1"]], [5n], [Symbol("amount")], [Object.create(null)]];

  it.each([...amounts, ...objects] as [string][])("of the amount %o is a result", async (exact) => {
    const { budget } = budgetAt({ limits: { ada: "1" } });
    const id = idOf(await budget.reserve("ada", "0.5"));
    const failed = { ok: false, code: "bad-amount", remaining: null };
    expect(await budget.reserve("ada", exact)).toMatchObject(failed);
    expect(await budget.settle(id, exact)).toMatchObject(failed);
    expect(await budget.status("ada")).toMatchObject({ spent: "0", reserved: "0.5" });
  });

  it("of an unknown amount to reserve, as of an estimate without a price, is a result and passes no limit", async () => {
    const { budget } = budgetAt();
    const { exact } = createCostEngine().estimate({ model: "unheard-of", promptTokens: 10, maxTokens: 20 });
    expect(exact).toBeNull();
    expect(await budget.reserve("ada", exact)).toEqual({
      ok: false,
      code: "bad-amount",
      reason: "the price is unknown, which is not zero, and nothing is reserved",
      remaining: null,
    });
    expect(await budget.status("ada")).toMatchObject({ reserved: "0", open: 0 });
  });

  it.each([[""], [5], [null], [undefined], [{}]] as [string][])("of the key %o is a result", async (key) => {
    const { budget } = budgetAt();
    expect(await budget.reserve(key, "1")).toMatchObject({ ok: false, code: "bad-key" });
    expect(await budget.status(key)).toMatchObject({ ok: false, code: "bad-key" });
  });

  it.each([["none"], [""], ["/ada"], ["none/"], ["none/ada"], [5], [null], [undefined]] as [string][])(
    "of the id %o is a result",
    async (id) => {
      const { budget } = budgetAt();
      await budget.reserve("ada", "1");
      expect(await budget.settle(id, "1")).toMatchObject({ ok: false, code: "unknown-id" });
      expect(await budget.release(id)).toMatchObject({ ok: false, code: "unknown-id" });
    },
  );

  it.each(["a/b/c", "__proto__", "line\nbreak", " ", "user:ü"])("is not the key %j", async (key) => {
    const { budget } = budgetAt({ defaultLimit: "1", store: jsonStore() });
    const id = idOf(await budget.reserve(key, "0.5"));
    expect(await budget.settle(id, "0.25")).toMatchObject({ ok: true, remaining: "0.75" });
  });

  it.each([["a/b"], ["/"], [""], [5], [null], [undefined], [{}], [Promise.resolve("a")]] as [string][])(
    "of the new id %o is a result, and holds no money",
    async (id) => {
      const { budget } = budgetAt({ limits: { ada: "1" }, newId: () => id });
      expect(await budget.reserve("ada", "0.5")).toMatchObject({
        ok: false,
        code: "bad-option",
        reason: expect.stringContaining("newId"),
        remaining: "1",
      });
      expect(await budget.status("ada")).toMatchObject({ reserved: "0", open: 0 });
    },
  );

  it("of an id that comes twice is a result", async () => {
    const { budget } = budgetAt({ newId: () => "same" });
    const id = idOf(await budget.reserve("ada", "1"));
    expect(await budget.reserve("ada", "1")).toMatchObject({ ok: false, code: "conflict" });
    await budget.settle(id, "1");
    expect(await budget.reserve("ada", "1")).toMatchObject({ ok: false, code: "conflict" });
    expect(await budget.status("ada")).toMatchObject({ spent: "1", reserved: "0" });
  });
});

describe("a store", () => {
  const failures: [title: string, store: Partial<BudgetStore>][] = [
    ["that throws at a read", { read: () => Promise.reject(new Error("connection lost")) }],
    ["that throws at once", { read: () => JSON.parse("connection lost") as never }],
    ["that throws at a write", { write: () => Promise.reject(new Error("connection lost")) }],
    ["that throws what is no error", { write: () => Promise.reject(Object.create(null) as Error) }],
    ["that answers nothing", { read: async () => undefined as never }],
    ["that holds something else", { read: async () => ({ value: { spent: "a lot" } as never, version: 1 }) }],
  ];

  it.each(failures)("%s is a result", async (_, store) => {
    const { budget } = budgetAt({ limits: { ada: "1" }, store: { ...memoryBudgetStore(), ...store } });
    const failed = { ok: false, code: "store-failed", remaining: null };
    expect(await budget.reserve("ada", "1")).toMatchObject(failed);
    expect(await budget.reserve("ada", "1")).toMatchObject(failed);
    expect(await budget.settle("some/ada", "1")).toMatchObject({ ok: false });
    expect(await budget.status("ada")).toHaveProperty("ok");
  });

  it("that others always write first is a result", async () => {
    let writes = 0;
    const write = async () => ++writes < 0;
    const { budget } = budgetAt({ store: { ...memoryBudgetStore(), write } });
    expect(await budget.reserve("ada", "1")).toMatchObject({ ok: false, code: "contended" });
    expect(writes).toBe(64);
  });

  it("that keeps JSON text is as good as one that keeps objects", async () => {
    const store = jsonStore();
    const { budget, clock } = budgetAt({ limits: { ada: "1" }, store });
    const ids = [];
    for (let each = 0; each < 4; each++) ids.push(idOf(await budget.reserve("ada", "0.25")));
    await budget.settle(ids[0] as string, "0.125");
    clock.now += 1e9;
    expect(await budget.settle(ids[1] as string, null)).toMatchObject({ ok: true, late: true });
    const status = { spent: "0.375", reserved: "0", expired: 2, assumed: { calls: 1, amount: "0.25" } };
    expect(await budget.status("ada")).toMatchObject(status);
  });

  it("can be saved and read again", async () => {
    const records = new Map<string, { value: BudgetRecord | null; version: number }>();
    const id = idOf(await createBudget({ store: memoryBudgetStore(records) }).reserve("ada", "1"));
    const saved = new Map(JSON.parse(JSON.stringify([...records])) as typeof records);
    const restarted = createBudget({ store: memoryBudgetStore(saved) });
    expect(await restarted.settle(id, "0.5")).toMatchObject({ ok: true, repeated: false });
  });
});

describe("budgets of several processes on a slow store", () => {
  const keys = ["user", "team"] as const;
  const limits = { user: "1", team: "2.5" };
  const amount = fc.integer({ min: 0, max: 600 }).map((thousandths) => `${thousandths}e-3`);
  const ending = fc.oneof(
    fc.record({ how: fc.constant("settle" as const), exact: fc.option(amount, { freq: 4 }) }),
    fc.record({ how: fc.constant("release" as const) }),
    fc.record({ how: fc.constant("never" as const) }),
  );
  const calls = fc.array(
    fc.record({ key: fc.constantFrom(...keys), process: fc.nat(2), amount, ending, isTwice: fc.boolean() }),
    { maxLength: 24 },
  );
  const chances = fc.array(fc.nat(5), { minLength: 1, maxLength: 40 });

  it("never pass a limit, charge each call once, and hold nothing that is negative", async () => {
    const check = async (scheduler: fc.Scheduler, list: Calls, luck: number[]) => {
      const store = slowStore(scheduler, luck, limits);
      const budgets = Array.from({ length: 3 }, () => budgetAt({ limits, store }).budget);
      const runs = list.map(async (call) => {
        const budget = budgets[call.process] as (typeof budgets)[number];
        const reserved = await budget.reserve(call.key, call.amount);
        expect(reserved).toSatisfy(({ ok, code }: Partial<BudgetFailure>) => ok || code === "exhausted");
        if (!reserved.ok) return { key: call.key, charged: "0", held: "0" };
        if (call.ending.how === "never") return { key: call.key, charged: "0", held: call.amount };
        const end = (by: typeof budget) => {
          if (call.ending.how === "settle") return by.settle(reserved.id, call.ending.exact);
          return by.release(reserved.id);
        };
        // A caller that lost the answer asks again, perhaps in another process.
        const ended = await Promise.all([
          end(budget),
          ...(call.isTwice ? [end(budgets[0] as typeof budget)] : []),
        ]);
        expect(ended.filter((each) => each.ok && !each.repeated)).toHaveLength(1);
        expect(ended.every(({ ok }) => ok)).toBe(true);
        const charged = call.ending.how === "settle" ? (call.ending.exact ?? call.amount) : "0";
        return { key: call.key, charged, held: "0" };
      });
      const ended = await scheduler.waitFor(Promise.all(runs));
      for (const key of keys) {
        const own = ended.filter((each) => each.key === key);
        const status = await scheduler.waitFor((budgets[0] as (typeof budgets)[number]).status(key));
        expect(status).toMatchObject({
          spent: sumExact(own.map(({ charged }) => charged)),
          reserved: sumExact(own.map(({ held }) => held)),
        });
      }
    };
    await fc.assert(fc.asyncProperty(fc.scheduler(), calls, chances, check));
  });

  it("charge once what is settled until it succeeds, on a store that fails before and after it wrote", async () => {
    const check = async (amounts: string[], luck: number[]) => {
      const { budget } = budgetAt({ store: failingStore(luck) });
      const until = async <Answer extends { ok: boolean }>(ask: () => Promise<Answer>) => {
        for (;;) {
          const answer = await ask();
          if (answer.ok) return answer;
          expect(answer).toMatchObject({ code: "store-failed" });
        }
      };
      await Promise.all(
        amounts.map(async (exact) => {
          const { id } = (await until(() => budget.reserve("ada", "0.5"))) as Reserved;
          await until(() => budget.settle(id, exact));
        }),
      );
      expect(await until(() => budget.status("ada"))).toMatchObject({ spent: sumExact(amounts) });
    };
    await fc.assert(fc.asyncProperty(fc.array(amount, { maxLength: 12 }), chances, check));
  });

  type Calls = typeof calls extends fc.Arbitrary<infer List> ? List : never;
});

function withoutPrototype(members: Record<string, string>): Record<string, string> {
  return Object.assign(Object.create(null) as Record<string, string>, members);
}

/** Keeps records as JSON text, as a database does. */
function jsonStore(): BudgetStore {
  const texts = new Map<string, { text: string; version: number }>();
  return {
    async read(key) {
      const { text, version } = texts.get(key) ?? { text: "null", version: 0 };
      return { value: JSON.parse(text) as BudgetRecord | null, version };
    },
    async write(key, value, version) {
      if ((texts.get(key)?.version ?? 0) !== version) return false;
      texts.set(key, { text: JSON.stringify(value), version: version + 1 });
      return true;
    },
  };
}

/** The next of some numbers, from the first again after the last. Some are not 0, so that nothing goes wrong for ever. */
function chanceOf(luck: readonly number[]): () => number {
  let turn = 0;
  return () => [...luck, 5][turn++ % (luck.length + 1)] as number;
}

/** Answers in any order, loses some writes, and checks every record that is written. */
function slowStore(
  scheduler: fc.Scheduler,
  luck: readonly number[],
  limits: Readonly<Record<string, string>>,
): BudgetStore {
  const inner = jsonStore();
  const next = chanceOf(luck);
  return {
    read: scheduler.scheduleFunction(async (key: string) => inner.read(key)),
    write: scheduler.scheduleFunction(async (key: string, value: BudgetRecord, version: number) => {
      if (next() === 0) return false;
      const { value: before } = await inner.read(key);
      const isWritten = await inner.write(key, value, version);
      if (!isWritten) return false;
      for (const each of [value.spent, value.reserved])
        expect(compareExact(each, "0")).toBeGreaterThanOrEqual(0);
      expect(sumExact(value.open.map(({ amount }) => amount))).toBe(value.reserved);
      const isReserve = value.open.length > (before?.open.length ?? 0);
      const total = isReserve ? addExact(value.spent, value.reserved) : "0";
      expect(compareExact(total, limits[key] as string)).toBeLessThanOrEqual(0);
      return true;
    }),
  };
}

/** Throws at some writes, before or after it wrote. */
function failingStore(luck: readonly number[]): BudgetStore {
  const inner = jsonStore();
  const next = chanceOf(luck);
  return {
    read: (key) => inner.read(key),
    async write(key, value, version) {
      const chance = next();
      if (chance === 0) throw new Error("not written");
      const isWritten = await inner.write(key, value, version);
      if (chance === 1) throw new Error("written, and the answer lost");
      return isWritten;
    },
  };
}
