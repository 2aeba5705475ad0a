import type { CostLine, StandardLoggingPayloadEmit } from "@waybill/core";

export type CostBreakdown = NonNullable<StandardLoggingPayloadEmit["cost_breakdown"]>;

/** The parts of a price that a breakdown is made of. */
export type Priced = { cost: number; prompt: number; completion: number; lines: readonly CostLine[] };

/** Lines of tools that the provider runs. */
const tools = /^(?:web_search|file_search|code_interpreter|computer_use_|file_storage_|vector_store_)/;

/**
 * How a price is made up, by LiteLLM's names and rule: cache costs stand inside the input's, reasoning inside the output's,
 * and total = input + output + tools + additional - discount + margin. Undefined when the parts do not make the total.
 */
export function breakdownOf({ cost, prompt, completion, lines }: Priced): CostBreakdown | undefined {
  const sum = (isPart: (line: CostLine) => boolean) =>
    lines.filter(isPart).reduce((total, { amount }) => total + Number(amount), 0);
  const added = lines.filter(({ kind, source }) => source === "additionalCosts" || kind === "router");
  const additional = added.reduce((total, { amount }) => total + Number(amount), 0);
  const discount = lines.find(({ source }) => source === "discount");
  const margins = lines.filter(({ source }) => source === "margin");
  const discounted = discount ? -Number(discount.amount) : 0;
  const margin = margins.reduce((total, { amount }) => total + Number(amount), 0);

  const original = cost + discounted - margin;
  const rest = original - prompt - completion - additional;
  const spent = sum(({ kind, source }) => tools.test(kind) && source !== "additionalCosts");
  // The searches of some providers stand inside the output already.
  const isInside = isNear(rest, 0, cost);
  if (!isInside && !isNear(rest, spent, cost)) return undefined;

  const share = margins.find(({ kind }) => kind === "margin");
  const fixed = margins.find(({ kind }) => kind === "margin_fixed");
  return {
    input_cost: prompt,
    output_cost: completion,
    tool_usage_cost: isInside ? 0 : spent,
    total_cost: cost,
    ...part(
      "cache_read_cost",
      sum(({ kind }) => kind === "cache_read"),
    ),
    ...part(
      "cache_creation_cost",
      sum(({ kind }) => kind.startsWith("cache_write")),
    ),
    ...part(
      "reasoning_cost",
      sum(({ kind }) => kind === "reasoning"),
    ),
    ...(added.length > 0 ? { additional_costs: byKind(added) } : {}),
    ...(discount || margins.length > 0 ? { original_cost: original } : {}),
    ...(discount ? { discount_percent: discount.count, discount_amount: discounted } : {}),
    ...(share ? { margin_percent: share.count } : {}),
    ...(fixed ? { margin_fixed_amount: Number(fixed.amount) } : {}),
    ...(margins.length > 0 ? { margin_total_amount: margin } : {}),
  };
}

function part(name: Extract<keyof CostBreakdown, string>, amount: number): CostBreakdown {
  return amount === 0 ? {} : { [name]: amount };
}

function byKind(lines: readonly CostLine[]): Record<string, number> {
  const costs = new Map<string, number>();
  for (const { kind, amount } of lines) costs.set(kind, (costs.get(kind) ?? 0) + Number(amount));
  return Object.fromEntries(costs);
}

/** Sums of doubles differ in their last bits. */
function isNear(left: number, right: number, scale: number): boolean {
  return Math.abs(left - right) <= Math.max(1e-15, 1e-9 * Math.abs(scale));
}
