import type { RateName, Rates } from "../src/catalog/format.js";
import { samePrice } from "./decimal-text.js";

/** The rates by which a price is recognised: text in and out, or the page of a model that reads pages. */
const baseRates: readonly RateName[] = ["in", "out", "page"];

/** Whether two prices have the same base rates, and any at all. */
export function sameBaseRates(left: Rates, right: Rates): boolean {
  const named = baseRates.filter((name) => left[name] !== undefined || right[name] !== undefined);
  return named.length > 0 && named.every((name) => samePrice(left[name], right[name]));
}
