import type { CostStatus } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";
import type { CostEngine } from "@waybill/cost";

import { answerCount, outputLimit, type EstimatedApi, type OutputBasis } from "./output-limit.js";
import { sizeOf } from "./request-size.js";

export type EstimateInput = {
  engine: Pick<CostEngine, "estimate" | "resolve">;
  model: string;
  /** The body of the request, parsed. */
  request: unknown;
  api: EstimatedApi;
  provider?: string | undefined;
  /** Tokens that 95 of 100 past answers of the key and the model did not pass. */
  p95Output?: number | undefined;
};

/** The most that a call is expected to cost. */
export type CallEstimate = {
  /** USD as decimal text; null is unknown, for the reason that is given. */
  exact: string | null;
  status: CostStatus;
  reason?: string;
  inputTokens: number;
  /** Of all answers together. */
  maxTokens: number;
  basis: OutputBasis;
  /** What the estimate cannot see, and so does not hold. */
  notCounted: string[];
};

/**
 * What a call may cost at most: its input as `request-size` guesses it and as many tokens of output as it allows, at the
 * rates of the catalog. Fees of tools that the provider runs (web search) are not in it. Never throws.
 */
export function estimateCall(input: EstimateInput): CallEstimate {
  try {
    return estimate(input);
  } catch (error) {
    const reason = `the request cannot be read: ${wordsOf(error)}`;
    return {
      exact: null,
      status: "invalid",
      reason,
      inputTokens: 0,
      maxTokens: 0,
      basis: "assumed",
      notCounted: [],
    };
  }
}

function estimate({ engine, model, request, api, provider, p95Output }: EstimateInput): CallEstimate {
  const body: Readonly<Record<string, unknown>> =
    typeof request === "object" && request !== null && !Array.isArray(request) ? { ...request } : {};
  const resolution = engine.resolve(model, provider);
  const modelLimit = resolution.found ? resolution.model.limits.out : undefined;
  const { maxTokens: perAnswer, basis } = outputLimit(api, body, { p95Output, modelLimit });
  const maxTokens = perAnswer * answerCount(api, body);
  const size = sizeOf(body);
  if (!size || !Number.isSafeInteger(maxTokens)) {
    const reason = size
      ? "it asks for more tokens than can be counted"
      : "it has too many members to be counted";
    return { exact: null, status: "invalid", reason, inputTokens: 0, maxTokens: 0, basis, notCounted: [] };
  }
  const { tokens: inputTokens } = size;
  const serviceTier = typeof body.service_tier === "string" ? body.service_tier : undefined;
  const call = { model, provider, serviceTier, promptTokens: inputTokens, maxTokens };
  const plain = engine.estimate(call);
  // Writing to a cache costs more than reading past it.
  const written = size.hasCacheWrites ? engine.estimate({ ...call, cacheWriteTokens: inputTokens }) : plain;
  const { status, exact, reason } = (written.cost ?? 0) > (plain.cost ?? 0) ? written : plain;
  return {
    exact: status === "free" ? "0" : exact,
    status,
    ...(reason === undefined ? {} : { reason }),
    inputTokens,
    maxTokens,
    basis,
    notCounted: size.hasUnseenTurns ? ["earlier turns that the provider keeps"] : [],
  };
}
