/** Which names a model of genai-prices answers to. */
export type Matcher =
  | { equals: string }
  | { starts_with: string }
  | { ends_with: string }
  | { contains: string }
  | { regex: string }
  | { or: Matcher[] }
  | { and: Matcher[] };

/** Whether a name is one of a matcher's; upper and lower case differ, as they do in genai-prices. */
export function matches(matcher: Matcher, name: string): boolean {
  if ("or" in matcher) return matcher.or.some((each) => matches(each, name));
  if ("and" in matcher) return matcher.and.every((each) => matches(each, name));
  if ("equals" in matcher) return name === matcher.equals;
  if ("starts_with" in matcher) return name.startsWith(matcher.starts_with);
  if ("ends_with" in matcher) return name.endsWith(matcher.ends_with);
  if ("contains" in matcher) return name.includes(matcher.contains);
  return new RegExp(matcher.regex).test(name);
}

/** The names that a matcher spells out in full. */
export function exactNames(matcher: Matcher): string[] {
  if ("equals" in matcher) return [matcher.equals];
  // The parts of `and` narrow each other, so that none of them is a name by itself.
  return "or" in matcher ? matcher.or.flatMap(exactNames) : [];
}

/** Whether a parsed value is a matcher. */
export function isMatcher(value: unknown): value is Matcher {
  if (typeof value !== "object" || value === null) return false;
  const [[kind, operand] = ["", undefined], ...more] = Object.entries(value) as [string, unknown][];
  if (more.length > 0) return false;
  if (kind === "or" || kind === "and") return Array.isArray(operand) && operand.every(isMatcher);
  return /^(?:equals|starts_with|ends_with|contains|regex)$/.test(kind) && typeof operand === "string";
}
