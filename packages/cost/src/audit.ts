import { detect, type CostResult, type SchemaName } from "@waybill/core";

import { findStatedCosts, type StatedCost } from "./audit-claims.js";
import { parseDecimal, subtract, wholeQuotient, type Decimal } from "./decimal.js";
import type { CostEngine } from "./engine.js";

/** An explanation of a mismatch that the arithmetic allows. Several may fit. */
export type AuditCause = { code: "output-tokens" | "input-tokens"; message: string };

/** One stated cost and what it should be. */
export type AuditClaim = {
  /** JSON Pointer of the stated cost. */
  path: string;
  /** USD as stated. */
  claimed: number;
  /** USD as computed; null when it cannot be. */
  computed: number | null;
  /** The computed cost as decimal text. */
  exact: string | null;
  verdict: "match" | "mismatch" | "unverifiable";
  /** What would explain a mismatch. */
  causes: AuditCause[];
  /** Why the claim cannot be verified. */
  reason?: string;
};

/** `mismatch` when any claim is wrong, `match` when at least one was verified, else `unverifiable`. */
export type AuditReport = { verdict: AuditClaim["verdict"]; claims: AuditClaim[] };

/** A stated cost may differ from ours in the last bits, by another order of summing up. */
const TOLERANCE = 1e-9;

/**
 * Finds every cost that a payload, a Langfuse batch or a completion states, computes it anew from the tokens and says
 * whether they agree. `schema` saves the detection.
 */
export function audit(document: unknown, options: { engine: CostEngine; schema?: SchemaName }): AuditReport {
  const claims = statedCosts(document, options.schema).map((cost) => auditOne(cost, options.engine));
  const has = (verdict: AuditClaim["verdict"]) => claims.some((claim) => claim.verdict === verdict);
  return { verdict: has("mismatch") ? "mismatch" : has("match") ? "match" : "unverifiable", claims };
}

function statedCosts(document: unknown, name: SchemaName | undefined): StatedCost[] {
  try {
    const schema = name ?? detect(document);
    return schema ? findStatedCosts(schema, document) : [];
  } catch {
    // A getter or a proxy that throws: nothing that states a cost.
    return [];
  }
}

function auditOne({ path, claimed, model, usage, serviceTier }: StatedCost, engine: CostEngine): AuditClaim {
  const result = engine.price({ model, usage, serviceTier });
  const { cost: computed, exact } = result;
  if (computed === null) {
    const reason = result.reason ?? result.status;
    return { path, claimed, computed, exact, verdict: "unverifiable", causes: [], reason };
  }
  const isClose = Math.abs(claimed - computed) <= TOLERANCE * Math.max(Math.abs(claimed), Math.abs(computed));
  if (isClose) return { path, claimed, computed, exact, verdict: "match", causes: [] };
  return { path, claimed, computed, exact, verdict: "mismatch", causes: findCauses(claimed, result) };
}

/** Other token counts at the same rates that make the claimed amount. */
function findCauses(claimed: number, { exact, lines }: CostResult): AuditCause[] {
  const target = parseDecimal(claimed.toPrecision(12));
  const total = exact === null ? undefined : parseDecimal(exact);
  if (!target || !total) return [];
  return lines.flatMap(({ kind, count, rate, amount }) => {
    if (kind !== "input" && kind !== "output") return [];
    const others = subtract(total, parseDecimal(amount) as Decimal);
    const fits = wholeQuotient(subtract(target, others), parseDecimal(rate) as Decimal);
    if (fits === undefined || fits < 0n) return [];
    const side = kind === "input" ? "prompt" : "completion";
    const message = `${claimed} USD is the price of ${fits} ${side} tokens, and the document says ${count}`;
    return [{ code: `${kind}-tokens` as const, message }];
  });
}
