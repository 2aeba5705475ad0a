import type { CostResult, SchemaName } from "@waybill/core";
import { detect } from "@waybill/core/detect";

import type { CostEngine } from "../engine.js";
import type { PriceRequest } from "../price-request.js";
import { membersOf, type Members } from "../usage/counts.js";
import type { AuditCause } from "./cause.js";
import { explainer, type Explain } from "./causes.js";
import { completionCall } from "./completion-costs.js";
import { batchCalls } from "./langfuse-costs.js";
import { amountOf, isClose } from "./parts.js";
import { payloadCall } from "./payload-costs.js";
import { memberAt, type CallData, type StatedCall, type StatedCost } from "./stated-call.js";

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
export type AuditReport = {
  verdict: AuditClaim["verdict"];
  claims: AuditClaim[];
  /** Why there is not a single claim. */
  reason?: string;
};

/**
 * Finds every cost that a payload, a Langfuse batch or a completion states, computes it anew from the tokens and the prices
 * of the document's own time, and says whether they agree; if not, what would explain it. A price that a provider put into
 * the usage is a claim, too. `schema` saves the detection. Never throws.
 */
export function audit(document: unknown, options: { engine: CostEngine; schema?: SchemaName }): AuditReport {
  const calls = statedCalls(document, options.schema);
  const claims = typeof calls === "string" ? [] : calls.flatMap((call) => auditCall(call, options.engine));
  if (claims.length === 0)
    return { verdict: "unverifiable", claims, reason: typeof calls === "string" ? calls : noCost(calls) };
  const has = (verdict: AuditClaim["verdict"]) => claims.some((claim) => claim.verdict === verdict);
  return { verdict: has("mismatch") ? "mismatch" : has("match") ? "match" : "unverifiable", claims };
}

/** The calls of a document, in its order; or why none is looked for. */
function statedCalls(document: unknown, name: SchemaName | undefined): StatedCall[] | string {
  try {
    const members = membersOf(document);
    const schema = name ?? detect(document) ?? detect(withoutResponse(members));
    if (schema === "standard-logging-payload") return [payloadCall(members)];
    if (schema === "langfuse-batch") return batchCalls(members.batch);
    if (schema === "chat-completion" || schema === "chat-completion-chunk") return [completionCall(members)];
    if (name || schema === "recording")
      return `no cost is looked for in a document of the schema "${schema}"`;
    const reason = "this is no payload, Langfuse batch or completion that is known; give its schema";
    const isLikePayload = memberAt(document, "response_cost") !== undefined;
    return isLikePayload ? `${reason}, as in { schema: "standard-logging-payload" }` : reason;
  } catch {
    // A getter or a proxy that throws: nothing that states a cost.
    return "the document cannot be read";
  }
}

/** A document as detection sees it when it does not look into its response, which may be what throws. */
function withoutResponse(members: Members): unknown {
  return "response" in members ? Object.create(members, { response: { value: null } }) : undefined;
}

/** Why calls state not a single cost. */
function noCost(calls: readonly StatedCall[]): string {
  const [first, ...others] = calls.flatMap(({ costs }) => costs.filter((cost) => typeof cost === "string"));
  if (first === undefined) return "the document states no cost";
  return others.length > 0 ? `${first} (and ${others.length} more)` : first;
}

function auditCall(call: StatedCall, engine: CostEngine): AuditClaim[] {
  const costs = call.costs.filter((cost) => typeof cost !== "string");
  if (costs.length === 0) return [];
  try {
    const request = requestOf(call.read(), engine);
    const result = engine.price(request);
    const explain = explainer({ engine, request, result });
    return costs.map((cost) => auditCost(cost, result, explain));
  } catch {
    return costs.map((cost) => unverifiable(cost, "the call cannot be read"));
  }
}

/** The call by the first of its names that the engine knows. */
function requestOf({ names, request, searchSize }: CallData, engine: CostEngine): PriceRequest {
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
