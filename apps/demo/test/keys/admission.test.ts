import { addExact, compareExact, createCostEngine, subtractExact, sumExact } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";
import { random } from "@waybill/testkit";
import { describe, expect, it } from "vitest";

import { createAdmission, type Admitted, type AdmissionOptions } from "../../server/keys/admission.js";
import { createKeyBudgets, type KeyBudgetsOptions } from "../../server/keys/budgets.js";
import type { KeyChanges } from "../../server/keys/key-input.js";
import { memoryKeyStore } from "../../server/keys/key-store.js";

const overrides = {
  "free-model": { input_cost_per_token: 0, output_cost_per_token: 0, litellm_provider: "custom" },
};
const now = () => Date.parse("2026-11-20T12:00:00Z");
const engine = createCostEngine({ catalog, overrides, now });

async function world(
  input: KeyChanges,
  more: Partial<AdmissionOptions> = {},
  budgetOptions: Partial<KeyBudgetsOptions> = {},
) {
  const keys = memoryKeyStore({ now });
  const made = await keys.create({ name: "research", ...input });
  if (!made.ok) throw new Error(JSON.stringify(made));
  const budgets = createKeyBudgets({
    zone: "Europe/Berlin",
    keyOf: (id) => keys.get(id),
    now,
    ...budgetOptions,
  });
  const admission = createAdmission({ engine, budgets, ...more });
  const call = (model = "gpt-4o", request: object = ask) =>
    admission.admit({ key: made.info, model, request, api: "chat" });
  return { budgets, admission, call, key: made.info };
}

const ask = { messages: [{ role: "user", content: "Which planet has rings?" }], max_tokens: 100 };
const day = (limit: string) => ({ limit, window: "day" as const });

async function refusalOf(answer: Promise<Admitted | { ok: false; refusal: unknown }>) {
  const got = await answer;
  return got.ok ? undefined : got.refusal;
}

describe("a call", () => {
  it("without a key, or on a key without a budget, has no limit", async () => {
    const { admission, call } = await world({});
    const free = { ok: true, reservation: null, remaining: null, estimate: null };
    expect(await call()).toEqual(free);
    expect(await call("a-model-of-nobody")).toEqual(free);
    expect(await admission.admit({ key: null, model: "", request: {}, api: "chat" })).toEqual(free);
  });

  it.each<[string, string[] | null, string, boolean]>([
    ["any model where none are named", null, "gpt-4o", true],
    ["a model that is named", ["gpt-4o"], "gpt-4o", true],
    ["a model by its beginning", ["gpt-4o*"], "gpt-4o-2024-08-06", true],
    ["a model that only begins so", ["gpt-4o"], "gpt-4o-mini", false],
    ["a model that is not named", ["gpt-4o"], "o3", false],
    ["no model at all", ["gpt-4o"], "", false],
    ["any model where no model is allowed", [], "gpt-4o", false],
  ])("of %s is let through as its key says", async (_, models, model, isAllowed) => {
    const { call } = await world({ models });
    const answer = await call(model);
    expect(answer.ok).toBe(isAllowed);
    const refused = {
      refusal: { status: 403, body: { error: { code: "model_not_allowed", param: "model" } } },
    };
    expect(answer).toMatchObject(isAllowed ? {} : refused);
  });

  it("beyond the budget is told which, how it stands and when it begins anew, and not to try again", async () => {
    const { call, budgets, key } = await world({ budget: day("0.002") });
    await budgets.seed(key, "0.0015");
    expect(await refusalOf(call())).toEqual({
      status: 429,
      headers: { "x-should-retry": "false" },
      body: {
        error: {
          type: "insufficient_quota",
          code: "budget_exceeded",
          param: null,
          message: expect.stringMatching(
            /^Waybill: the budget of the key "research" is 0\.002 USD a day: 0\.0015 USD are spent, 0 USD are held.*may cost 0\.00\d+ USD.*2026-11-20T23:00:00\.000Z/,
          ),
        },
      },
    });
  });

  it("of a free model passes also when all is spent", async () => {
    const { call, budgets, key } = await world({ budget: day("1") });
    await budgets.seed(key, "1.5");
    expect(await call()).toMatchObject({ ok: false });
    expect(await call("free-model")).toMatchObject({ ok: true, reservation: null, remaining: "0" });
  });

  it("of a model without a price is refused on a key with a budget, with the override to write", async () => {
    const { call, admission } = await world({ budget: day("1") });
    const error = {
      code: "model_unpriced",
      message: expect.stringContaining('"my-model":{"input_cost_per_token"'),
    };
    expect(await refusalOf(call("my-model"))).toMatchObject({ status: 403, body: { error } });
    expect(admission.stats()).toMatchObject({ admitted: 0, refused: { model_unpriced: 1 } });
  });

  it("of a model without a price is let through and counted where policy says so", async () => {
    const { call, admission } = await world({ budget: day("1") }, { unpricedPolicy: "allow" });
    expect(await call("my-model")).toMatchObject({ ok: true, reservation: null, remaining: "1" });
    expect(admission.stats()).toMatchObject({ admitted: 1, unpricedAllowed: 1 });
  });

  it("is not let through when nobody knows what was spent", async () => {
    const { call } = await world(
      { budget: day("1") },
      {},
      { spentSince: () => Promise.reject(new Error("locked")) },
    );
    expect(await refusalOf(call())).toMatchObject({
      status: 503,
      body: { error: { code: "budget_unknown" } },
    });
  });

  it("that does not limit its answer holds what past answers of its key had", async () => {
    const { call } = await world({ budget: day("1") }, { p95Of: () => 5000 });
    expect(await call("gpt-4o", { messages: ask.messages })).toMatchObject({
      estimate: { maxTokens: 5000, basis: "past outputs" },
    });
  });

  it("whose reservation is long over is counted when it ends", async () => {
    const { call, admission } = await world({ budget: day("1") });
    const admitted = await call();
    if (!admitted.ok) throw new Error("refused");
    await admission.settle(admitted.reservation, "0.001");
    await admission.settle(admitted.reservation, "0.002");
    await admission.release(null);
    expect(admission.stats()).toMatchObject({
      notSettled: 1,
      lastProblem: expect.stringContaining("settled before"),
    });
  });
});

/** 100 calls at once on a key whose budget covers 10, settled in any order; then they come again until nothing fits. */
async function rush(
  seed: number,
  request: object,
  trueCost: (held: string, random: () => number) => string,
  p95?: number,
) {
  const numbers = random(seed);
  const next = () => numbers.next();
  const probe = await world({ budget: day("1000") }, { p95Of: () => p95 });
  const first = await probe.call("gpt-4o", request);
  const each = first.ok ? (first.estimate?.exact ?? "0") : "0";
  const limit = sumExact(Array.from({ length: 10 }, () => each));
  const { call, admission, budgets, key } = await world({ budget: day(limit) }, { p95Of: () => p95 });

  const costs: string[] = [];
  const beyond: string[] = [];
  let mostAtOnce = 0;
  for (let round = 0; round < 50; round++) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => call("gpt-4o", request)));
    const open = answers.filter((answer): answer is Admitted => answer.ok);
    mostAtOnce = Math.max(mostAtOnce, open.length);
    if (open.length === 0) break;
    while (open.length > 0) {
      const ending = open.splice(0, numbers.integer(1, 5)).toSorted(() => next() - 0.5);
      await Promise.all(
        ending.map(async ({ reservation, estimate }) => {
          const held = estimate?.exact ?? "0";
          const cost = trueCost(held, next);
          costs.push(cost);
          if (compareExact(cost, held) > 0) beyond.push(subtractExact(cost, held));
          await admission.settle(reservation, cost);
        }),
      );
    }
  }
  const status = await budgets.status(key);
  if (!status || "code" in status) throw new Error("no status");
  return {
    limit,
    status,
    spent: sumExact(costs),
    allowed: sumExact(beyond),
    calls: costs.length,
    mostAtOnce,
    each,
  };
}

const share = (held: string, percent: number) =>
  // A hundredth of a decimal text: the point moves by two.
  sumExact(Array.from({ length: Math.round(percent) }, () => `${held}e-2`));

describe("100 concurrent calls on a key whose budget covers 10", () => {
  const seeds = [1, 2, 3];

  it.each(seeds)("overspend nothing when they limit their answers (seed %i)", async (seed) => {
    const rushed = await rush(seed, ask, (held, next) => share(held, 5 + next() * 95));
    const { status, spent, limit, calls, mostAtOnce } = rushed;
    process.stderr.write(
      `budget ${limit} USD, ${calls} calls let through, at most ${mostAtOnce} at once: ${status.spent} USD spent, ${status.overspent} USD beyond\n`,
    );
    expect(mostAtOnce).toBe(10);
    expect([status.spent, status.reserved, status.overspent]).toEqual([spent, "0", "0"]);
    expect(compareExact(spent, limit)).toBeLessThanOrEqual(0);
    // What was given back has been used: the budget is spent up to one more call.
    expect(compareExact(addExact(spent, rushed.each), limit)).toBeGreaterThan(0);
  });

  it.each(seeds)(
    "overspend at most what answers have beyond the estimate when they do not (seed %i)",
    async (seed) => {
      const trueCost = (held: string, next: () => number) => share(held, next() < 0.3 ? 300 : next() * 100);
      const { status, spent, limit, calls, allowed } = await rush(
        seed,
        { messages: ask.messages },
        trueCost,
        200,
      );
      process.stderr.write(
        `budget ${limit} USD, ${calls} calls let through without a limit of their own: ${status.overspent} USD beyond, ${allowed} USD allowed\n`,
      );
      expect(status.spent).toBe(spent);
      expect(compareExact(status.overspent, allowed)).toBeLessThanOrEqual(0);
    },
  );
});
