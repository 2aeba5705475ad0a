import type { CostResult, SchemaName } from "@waybill/core";
import { detect } from "@waybill/core/detect";

import type { CostEngine } from "../engine.js";
import type { PriceRequest } from "../price-request.js";
import { membersOf } from "../usage/counts.js";
import type { AuditCause } from "./cause.js";
import { explainer, type Explain } from "./causes.js";
import { completionCall } from "./completion-costs.js";
import { batchCalls } from "./langfuse-costs.js";
import { amountOf, isClose } from "./parts.js";
import { payloadCall } from "./payload-costs.js";
import type { StatedCall, StatedCost } from "./stated-call.js";

export type { AuditCause };

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
  /** What would explain a mismatch, the most specific first. */
  causes: AuditCause[];
  /** Why the claim cannot be verified, or cannot be a cost. */
  reason?: string;
};

/** `mismatch` when any claim is wrong, `match` when at least one was verified, else `unverifiable`. */
export type AuditReport = { verdict: AuditClaim["verdict"]; claims: AuditClaim[] };

/**
 * Finds every cost that a payload, a Langfuse batch or a completion states, computes it anew from the tokens and the prices
 * of the document's own time, and says whether they agree; if not, what would explain it. A price that a provider put into
 * the usage is a claim, too. `schema` saves the detection. Never throws.
 */
export function audit(document: unknown, options: { engine: CostEngine; schema?: SchemaName }): AuditReport {
  const claims = statedCalls(document, options.schema).flatMap((call) => auditCall(call, options.engine));
  const has = (verdict: AuditClaim["verdict"]) => claims.some((claim) => claim.verdict === verdict);
  return { verdict: has("mismatch") ? "mismatch" : has("match") ? "match" : "unverifiable", claims };
}

/** The calls of a document, in its order. Formats that state no costs have none. */
function statedCalls(document: unknown, name: SchemaName | undefined): StatedCall[] {
  try {
    const schema = name ?? detect(document);
    const members = membersOf(document);
    if (schema === "standard-logging-payload") return [payloadCall(members)];
    if (schema === "langfuse-batch") return batchCalls(members.batch);
    return schema === "chat-completion" || schema === "chat-completion-chunk"
      ? [completionCall(members)]
      : [];
  } catch {
    // A getter or a proxy that throws: nothing that states a cost.
    return [];
  }
}

function auditCall(call: StatedCall, engine: CostEngine): AuditClaim[] {
  if (call.costs.length === 0) return [];
  try {
    const request = requestOf(call, engine);
    const result = engine.price(request);
    const explain = explainer({ engine, request, result });
    return call.costs.map((cost) => auditCost(cost, result, explain));
  } catch {
    return call.costs.map((cost) => unverifiable(cost, "the call cannot be read"));
  }
}

/** The call by the first of its names that the engine knows. */
function requestOf({ names, request, searchSize }: StatedCall, engine: CostEngine): PriceRequest {
  const [model, provider] = names.find((name) => engine.resolve(...name).found) ?? names[0] ?? [""];
  const named = { ...request, model, provider };
  if (searchSize === undefined) return named;
  // The size of a search's context is no sign that there was a search.
  const isSearch = engine.price(named).lines.some(({ kind }) => kind === "web_search");
  return isSearch ? { ...named, tools: { webSearch: searchSize } } : named;
}

function auditCost(cost: StatedCost, result: CostResult, explain: Explain): AuditClaim {
  const { path, claimed, part } = cost;
  const amount = part && amountOf(part, result);
  if (!(claimed >= 0) || !Number.isFinite(claimed)) {
    const { computed, exact } = amount ?? { computed: null, exact: null };
    return {
      path,
      claimed,
      computed,
      exact,
      verdict: "mismatch",
      causes: [],
      reason: "a cost is a number from 0 up",
    };
  }
  if (!part) return unverifiable(cost, "it is not known what this is the price of");
  if (!amount) return unverifiable(cost, result.reason ?? "the price is not divided into such parts");
  const { computed, exact } = amount;
  if (isClose(claimed, computed)) return { path, claimed, computed, exact, verdict: "match", causes: [] };
  return { path, claimed, computed, exact, verdict: "mismatch", causes: explain(claimed, part, amount) };
}

function unverifiable({ path, claimed }: StatedCost, reason: string): AuditClaim {
  return { path, claimed, computed: null, exact: null, verdict: "unverifiable", causes: [], reason };
}
