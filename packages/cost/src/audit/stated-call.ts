import { parseDecimal } from "../decimal.js";
import type { PriceRequest } from "../price-request.js";
import { membersOf, type Members } from "../usage/counts.js";
import type { Part } from "./parts.js";

/** A cost that a document states, and what of the price it is; undefined when nobody can say. */
export type StatedCost = { path: string; claimed: number; part: Part | undefined };

/** What a call is priced by. */
export type CallData = {
  /** Names that it may be priced by and their providers, the best first. */
  names: [model: string, provider?: string][];
  request: Omit<PriceRequest, "model" | "provider">;
  /** The size of a web search's context, should there be one. */
  searchSize?: string | undefined;
};

/** A call of which a document states costs. */
export type StatedCall = {
  /** Reads the call, and throws where a getter or a proxy of the document does. */
  read: () => CallData;
  /** The costs, and in words what stands in the place of one and is none. */
  costs: (StatedCost | string)[];
};

/** Members that state costs, by name. */
export type CostMembers = Readonly<Record<string, Part | undefined>>;

/** LiteLLM's own amount. */
export const litellmCost: CostMembers = { response_cost: { of: "total" } };

/** LiteLLM's breakdown: what a cache and reasoning cost is inside of input and output. */
export const breakdownCosts: CostMembers = {
  input_cost: { of: "input" },
  output_cost: { of: "output" },
  tool_usage_cost: { of: "tools" },
  cache_read_cost: { of: "lines", kinds: ["cache_read"] },
  cache_creation_cost: { of: "lines", kinds: ["cache_write", "cache_write_1h"] },
  reasoning_cost: { of: "lines", kinds: ["reasoning"] },
  original_cost: { of: "original" },
  total_cost: { of: "total" },
};

/** What a path of members leads to; undefined where that is nothing, or a getter or a proxy throws. */
export function memberAt(value: unknown, ...names: string[]): unknown {
  try {
    return names.reduce<unknown>((place, name) => membersOf(place)[name], value);
  } catch {
    return undefined;
  }
}

/** The costs that an object at a path states. Numbers are claims; what is absent, null or text is none. */
export function statedIn(place: unknown, path: string, members: CostMembers): StatedCall["costs"] {
  return Object.entries(members).flatMap(([name, part]): StatedCall["costs"] => {
    const claimed = memberAt(place, name);
    if (typeof claimed === "string") return [textAt(`${path}/${name}`)];
    return typeof claimed === "number" ? [{ path: `${path}/${name}`, claimed, part }] : [];
  });
}

/** Why text at a path is no cost. */
export function textAt(path: string): string {
  return `${path} is text, and a cost is a number`;
}

/** The exact cost that a member of our own states, as decimal text. */
export function statedExact(value: unknown, path: string): StatedCost[] {
  const isExact = typeof value === "string" && parseDecimal(value);
  return isExact ? [{ path, claimed: Number(value), part: { of: "total" } }] : [];
}

/** What a breakdown says was put on or taken off the price: it is agreed upon, and cannot be computed. */
export function adjustmentsOf(breakdown: Members): Partial<PriceRequest> {
  const { discount_percent, margin_percent, margin_fixed_amount, guardrail_cost } = breakdown;
  const additional = { ...membersOf(breakdown.additional_costs), guardrail: guardrail_cost };
  return {
    region: textOf(breakdown.data_residency),
    discount: amountOf(discount_percent),
    margin: { percentage: amountOf(margin_percent) ?? 0, fixed_amount: amountOf(margin_fixed_amount) ?? 0 },
    additionalCosts: Object.fromEntries(
      Object.entries(additional).filter((each): each is [string, number] => Boolean(amountOf(each[1]))),
    ),
  };
}

/** A usage object without the price that its provider put into it: with that, it would be checked against itself. */
export function withoutCost(usage: unknown): unknown {
  if (typeof usage !== "object" || usage === null || Array.isArray(usage)) return usage ?? null;
  const none = {
    cost: undefined,
    cost_details: undefined,
    cost_in_usd_ticks: undefined,
    estimated_cost: undefined,
  };
  return { ...usage, ...none, raw: undefined };
}

/** Epoch milliseconds of a time that can be one. Text without a zone is LiteLLM's of old, and taken as UTC. */
export function timeOf(value: unknown): number | undefined {
  const text = typeof value === "string" ? value.replace(" ", "T") : "";
  const time =
    typeof value === "number"
      ? value * (value < 1e11 ? 1000 : 1)
      : Date.parse(/T[\d:.]+$/.test(text) ? `${text}Z` : text);
  return time > 0 && time <= 8.64e15 ? time : undefined;
}

/** The tier that served the call, from the first that names one. */
export function tierOf(...places: unknown[]): string | undefined {
  return places
    .map((place) => textOf(membersOf(place).service_tier))
    .find((tier) => tier !== undefined && tier.toLowerCase() !== "auto");
}

/** Text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A number from 0 up. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : undefined;
}
