import { check, type Documents } from "../check.js";
import type { SchemaName } from "../schema-names.js";
import type { Check } from "../validation/issue.js";
import type { TextLimits } from "./limits.js";
import { parseJsonText } from "./parse-json-text.js";

/**
 * Parses hostile text within the limits and checks what it says against the schema of that name. Whatever the text is,
 * the answer is a result.
 * @throws WaybillError `unknown-schema` for a name that is none of `schemaNames`
 */
export function checkText<Name extends SchemaName>(
  text: string,
  name: Name,
  limits?: Partial<TextLimits>,
): Check<Documents[Name]> {
  const parsed = parseJsonText(text, limits);
  return parsed.ok ? check(name, parsed.value) : parsed;
}
