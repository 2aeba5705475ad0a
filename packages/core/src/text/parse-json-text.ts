import type { Check } from "../validation/issue.js";
import { scanJson } from "./json-scanner.js";
import { defaultTextLimits, type TextLimits } from "./limits.js";

/**
 * Parses JSON text that comes from outside. Never throws: text that is not JSON, nested too deep, too large, or that
 * holds a `__proto__` key, half a surrogate pair or a number beyond double range is an issue with its place. A byte order
 * mark is passed over.
 */
export function parseJsonText(text: string, limits?: Partial<TextLimits>): Check<unknown> {
  if (typeof text !== "string") {
    return {
      ok: false,
      issues: [{ path: "", code: "not-text", message: `expected text, found ${typeof text}` }],
    };
  }
  const issue = scanJson(text, { ...defaultTextLimits, ...limits });
  if (issue) return { ok: false, issues: [issue] };
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return { ok: true, value: JSON.parse(json) as unknown };
}
