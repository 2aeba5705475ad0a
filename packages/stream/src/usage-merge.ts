import type { Usage } from "@waybill/core";

type Members = Record<string, unknown>;

/**
 * Merges a later usage object into what is known, member by member. A later value wins, but null never erases a value, and
 * a later 0 erases a number only when it stands in the stream's last word on usage (a chunk without choices whose usage
 * has a positive main count). Values are never added up: providers that repeat usage repeat running totals.
 */
export function mergeUsage(known: Usage | null, later: Usage, isTerminal: boolean): Usage {
  const zerosCount = isTerminal && (isPositive(later.prompt_tokens) || isPositive(later.completion_tokens));
  return mergeMembers(known ?? {}, later, zerosCount);
}

function mergeMembers(known: Members, later: Members, zerosCount: boolean): Members {
  const merged: Members = { ...known };
  for (const [name, value] of Object.entries(later)) {
    // An own `__proto__` would be a setter call here.
    if (name === "__proto__") continue;
    const before = merged[name];
    if (isObject(value)) merged[name] = mergeMembers(isObject(before) ? before : {}, value, zerosCount);
    else if (value === null || value === undefined) merged[name] ??= value;
    else if (value !== 0 || zerosCount || !isPositive(before)) merged[name] = value;
  }
  return merged;
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
