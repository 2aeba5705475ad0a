import type { CostResult } from "@waybill/core";

/**
 * The bill as text that can be checked with a pocket calculator, and what a careful reader should know of it; or why there
 * is none.
 */
export function explain(result: CostResult): string {
  if (typeof result?.exact !== "string" || !Array.isArray(result.lines))
    return `${result?.status ?? "no result"}: ${result?.reason ?? "no reason is known"}`;
  const rows = result.lines.map(({ kind, count, rate, amount, assumed }) => {
    const text = `${kind}: ${count} × ${rate} = ${amount} USD`;
    return assumed ? `${text} (assumed: ${assumed})` : text;
  });
  const price = [result.model, result.catalog].filter(Boolean).join(", ");
  const notes = [...(result.inclusion ? [result.inclusion] : []), ...(result.notes ?? [])];
  return [
    ...rows,
    `total: ${result.exact} USD${price ? ` (${price})` : ""}`,
    ...notes.map((note) => `note: ${note}`),
  ].join("\n");
}
