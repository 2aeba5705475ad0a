import { parseJsonText } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";
import { createCostEngine, type LitellmEntry } from "@waybill/cost";

import type { ReadFile } from "./config-file.js";

const example = '{"my-model": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}';

/** Prices of one's own from a file, or what is wrong with it. A price that cannot be used is found now, and not at a call. */
export function readPrices(
  path: string,
  readFile: ReadFile,
): { ok: true; prices: Record<string, LitellmEntry> } | { ok: false; message: string } {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    return { ok: false, message: `${path} cannot be read: ${wordsOf(error)}` };
  }
  const parsed = parseJsonText(text, { depth: 16 });
  if (!parsed.ok) return { ok: false, message: `${path} is no usable JSON: ${parsed.issues[0]?.message}` };
  const { value } = parsed;
  if (!isRecord(value)) return { ok: false, message: `${path} holds no prices; expected ${example}` };
  const prices = value as Record<string, LitellmEntry>;
  const engine = createCostEngine({ overrides: prices });
  for (const model of Object.keys(prices)) {
    const found = isRecord(prices[model])
      ? engine.resolve(model)
      : { found: false, reason: `expected ${example}` };
    if (!found.found) {
      const { reason = "it cannot be used" } = found as { reason?: string };
      return {
        ok: false,
        message: `${path}: the price of ${JSON.stringify(model.slice(0, 100))}: ${reason}`,
      };
    }
  }
  return { ok: true, prices };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
