import { check } from "../registry.js";
import type { SchemaName } from "../schema-names.js";
import type { Check } from "../validation/issue.js";
import type { TextLimits } from "./limits.js";
import { parseJsonText } from "./parse-json-text.js";

/** Parses hostile text within the limits and checks what it says against the schema of that name. Never throws. */
export function checkText(text: string, name: SchemaName, limits?: Partial<TextLimits>): Check<unknown> {
  const parsed = parseJsonText(text, limits);
  return parsed.ok ? check(name, parsed.value) : parsed;
}
