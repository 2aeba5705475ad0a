import type { CostResult } from "@waybill/core";

/** The bill as text that can be checked with a pocket calculator; or why there is none. */
export function explain(result: CostResult): string {
  if (result.exact === null) return `${result.status}: ${result.reason ?? "no reason is known"}`;
  const rows = result.lines.map(({ kind, count, rate, amount, assumed }) => {
    const text = `${kind}: ${count} × ${rate} = ${amount} USD`;
    return assumed ? `${text} (assumed: ${assumed})` : text;
  });
  const price = `${result.model ?? "unknown model"}, ${result.catalog ?? "unknown catalog"}`;
  return [...rows, `total: ${result.exact} USD (${price})`].join("\n");
}
