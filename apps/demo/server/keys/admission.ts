import type { CostEngine } from "@waybill/cost";

import {
  budgetExceeded,
  budgetUnknown,
  modelNotAllowed,
  modelUnpriced,
  type Refusal,
} from "../access/errors.js";
import type { BudgetUnknown, KeyBudgets, KeyBudgetStatus, KeyReservation } from "./budgets.js";
import { estimateCall, type CallEstimate } from "./estimate.js";
import { allowsModel, type KeyInfo } from "./key-record.js";
import type { EstimatedApi } from "./output-limit.js";
import { badLimit, unclearRequest } from "./unclear-request.js";

/** A call that asks to be made. `key` is null where none is needed. */
export type CallToAdmit = {
  key: KeyInfo | null;
  /** "" when the request names none. */
  model: string;
  /** The body, parsed. */
  request: unknown;
  /** The body as it came, asked for when the key is held to it. */
  text?: (() => string) | undefined;
  api: EstimatedApi;
  provider?: string | undefined;
};

/** A call that may be made. What is reserved is to be settled, or released, whatever becomes of the call. */
export type Admitted = {
  ok: true;
  reservation: KeyReservation | null;
  /** USD that are left of the budget; null without one. */
  remaining: string | null;
  /** What was reserved, and why so much; null without a budget. */
  estimate: CallEstimate | null;
};

/** A call that may not be made, and the answer to it. */
export type NotAdmitted = { ok: false; refusal: Refusal };

export type CallAdmission = {
  admit(call: CallToAdmit): Promise<Admitted | NotAdmitted>;
  /** Charges what the call cost; null is unknown, and what was held is charged. */
  settle(reservation: KeyReservation | null, exact: string | null): Promise<void>;
  /** Gives back what was held for a call that cost nothing. */
  release(reservation: KeyReservation | null): Promise<void>;
  stats(): AdmissionStats;
};

/** Calls by what was decided about them. */
export type AdmissionStats = {
  admitted: number;
  /** Refused, by code. */
  refused: Record<string, number>;
  /** Calls without a price that policy let through on keys with a budget: nothing was held for them. */
  unpricedAllowed: number;
  /** Settlements that could not be written, and the words of the last. */
  notSettled: number;
  lastProblem?: string;
};

export type AdmissionOptions = {
  engine: CostEngine;
  budgets: KeyBudgets;
  /** Calls of models without a price on keys with a budget; "refuse" by default. */
  unpricedPolicy?: "refuse" | "allow";
  /** Tokens that 95 of 100 past answers of a key and a model did not pass, of calls without a limit. */
  p95Of?: (keyId: string, model: string) => number | undefined;
};

/** Decides which calls may be made, and holds what they may cost. */
export function createAdmission({
  engine,
  budgets,
  unpricedPolicy = "refuse",
  p95Of,
}: AdmissionOptions): CallAdmission {
  const stats: AdmissionStats = { admitted: 0, refused: {}, unpricedAllowed: 0, notSettled: 0 };

  function refuse(refusal: Refusal): NotAdmitted {
    const code = refusal.body.error.code ?? "error";
    stats.refused[code] = (stats.refused[code] ?? 0) + 1;
    return { ok: false, refusal };
  }

  function pass(answer: Omit<Admitted, "ok">): Admitted {
    stats.admitted++;
    return { ok: true, ...answer };
  }

  async function admit({
    key,
    model,
    request,
    text,
    api,
    provider,
  }: CallToAdmit): Promise<Admitted | NotAdmitted> {
    if (key === null) return pass({ reservation: null, remaining: null, estimate: null });
    if (!key.budget && !key.models) return pass({ reservation: null, remaining: null, estimate: null });
    const unclear = unclearRequest(request, text?.());
    if (unclear) return refuse(unclear);
    if (!allowsModel(key, model)) return refuse(modelNotAllowed(model));
    if (!key.budget) return pass({ reservation: null, remaining: null, estimate: null });

    const limit = badLimit(request);
    if (limit) return refuse(limit);
    const p95Output = p95Of?.(key.id, model);
    const estimate = estimateCall({ engine, model, request, api, provider, p95Output });
    if (estimate.exact === null) {
      if (unpricedPolicy === "refuse")
        return refuse(modelUnpriced(model, estimate.reason ?? estimate.status));
      stats.unpricedAllowed++;
    }
    // What is free passes also when all is spent, and so does what policy lets through uncounted.
    if (estimate.exact === null || estimate.status === "free") {
      const status = await budgets.status(key);
      const remaining = status === null || "code" in status ? null : status.remaining;
      return pass({ reservation: null, remaining, estimate });
    }
    const held = await budgets.reserve(key, estimate.exact);
    if (held === null) return pass({ reservation: null, remaining: null, estimate: null });
    if (held.ok) return pass({ reservation: held.reservation, remaining: held.remaining, estimate });
    if (held.code === "budget-unknown") return refuse(budgetUnknown(held.reason));
    return refuse(budgetExceeded(spentMessage(key, held.status, estimate)));
  }

  function ended(answer: { ok: true } | BudgetUnknown): void {
    if (answer.ok) return;
    // The call is made and the ledger has its cost: the sum in memory alone is off, until the next start.
    stats.notSettled++;
    stats.lastProblem = answer.reason;
  }

  return {
    admit,
    async settle(reservation, exact) {
      if (reservation) ended(await budgets.settle(reservation, exact));
    },
    async release(reservation) {
      if (reservation) ended(await budgets.release(reservation));
    },
    stats: () => ({ ...stats, refused: { ...stats.refused } }),
  };
}

const windows = { total: "in all", day: "a day", month: "a month" } as const;

/** Says which budget, how it stands and when it is another one. The caller has the key, so the figures are theirs. */
function spentMessage(
  key: KeyInfo,
  status: KeyBudgetStatus,
  { exact, maxTokens, inputTokens }: CallEstimate,
): string {
  const { limit, window, spent, reserved, resetsAt } = status;
  return [
    `the budget of the key ${JSON.stringify(key.name)} is ${limit} USD ${windows[window]}: ${spent} USD are spent,`,
    `${reserved} USD are held by calls under way, and this one may cost ${exact} USD`,
    `(about ${inputTokens} tokens in, at most ${maxTokens} out).`,
    resetsAt === null ? "It does not begin anew;" : `It begins anew at ${resetsAt};`,
    "a smaller limit of output tokens may fit, or ask who runs this gateway for more.",
  ].join(" ");
}
