import { priceUsage, pricesOf, tokensOf } from "./pricing.js";
import { totalCostOf } from "./usage.js";

/** An observation as the server has it after merging and pricing. Times are ISO 8601 in UTC with milliseconds. */
export type StoredObservation = {
  id: string;
  traceId: string;
  parentObservationId: string | undefined;
  /** GENERATION, SPAN, EVENT and so on. */
  type: string;
  name: string | undefined;
  startTime: string | undefined;
  endTime: string | undefined;
  completionStartTime: string | undefined;
  model: string | undefined;
  modelParameters: Record<string, unknown>;
  /** As text. */
  input: string | undefined;
  output: string | undefined;
  level: string;
  statusMessage: string | undefined;
  usageDetails: Record<string, number>;
  costDetails: Record<string, number>;
  totalCost: number | undefined;
  /** Where the tokens are from: "sent", or "tokenized" when the server counted them itself. */
  usageSource: "sent" | "tokenized" | "none";
  /** Where the cost is from: "sent", or "server" when the server charged by its own prices. */
  costSource: "sent" | "server" | "none";
  metadata: Record<string, string>;
  environment: string;
  version: string | undefined;
  /** What the observation says of its trace. */
  traceName: string | undefined;
  userId: string | undefined;
  sessionId: string | undefined;
  tags: string[];
  release: string | undefined;
};

type Unpriced = Omit<StoredObservation, "totalCost" | "usageSource" | "costSource">;

/** Fills in what the server fills in: tokens that it counts, and costs by its own prices. */
export function priced(observation: Unpriced): StoredObservation {
  const { usageDetails, costDetails, model, modelParameters, level, input, output } = observation;
  const isUsage = Object.keys(usageDetails).length > 0;
  const isCost = Object.keys(costDetails).length > 0;
  const prices = pricesOf(model, modelParameters);
  const isTokenized = !isUsage && !isCost && level !== "ERROR" && prices !== undefined;
  const counted = { input: tokensOf(input), output: tokensOf(output) };
  const usage = isTokenized ? { ...counted, total: counted.input + counted.output } : usageDetails;
  const costs = !isCost && prices ? priceUsage(usage, prices) : costDetails;
  return {
    ...observation,
    usageDetails: usage,
    costDetails: costs,
    totalCost: totalCostOf(costs),
    usageSource: isTokenized ? "tokenized" : isUsage ? "sent" : "none",
    costSource: isCost ? "sent" : Object.keys(costs).length > 0 ? "server" : "none",
  };
}

/** The name of an environment as the server keeps it: what it does not like is "default", in silence. */
export function environmentOf(value: unknown): string {
  if (typeof value !== "string") return "default";
  const name = value
    .toLowerCase()
    .replace(/^(?:langfuse[-_]?)+/, "")
    .slice(0, 40);
  return /^[a-z0-9_-]+$/.test(name) ? name : "default";
}

/** A time in milliseconds, as it is kept; undefined when it is none. */
export function isoOf(value: unknown): string | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
