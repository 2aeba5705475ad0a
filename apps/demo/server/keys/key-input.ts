import { Value } from "@sinclair/typebox/value";

import { KeyBudgetSchema, KeyRecordSchema, scopes, type KeyRecord } from "./key-record.js";

/** What can be said about a key: members that are absent get their default, or stay as they are. */
export type KeyChanges = {
  name?: string;
  /** `["proxy"]` for a new key. */
  scopes?: KeyRecord["scopes"];
  budget?: KeyRecord["budget"];
  models?: KeyRecord["models"];
  disabled?: boolean;
  /** ISO text of a moment; null is never. */
  expiresAt?: string | null;
};

/** What is wrong with a member, in words that name the cure. */
export type InputFault = { field: string; message: string };

const { properties } = KeyRecordSchema;
const wanted = {
  name: "one line of 1 to 64 characters",
  scopes: `a list of ${scopes.join(", ")}`,
  budget: 'null for no limit, or { "limit": "25.00", "window": "total", "day" or "month" }',
  models: 'null for every model, or a list of names such as "gpt-4o" or "gpt-4o*"',
  disabled: "true or false",
  expiresAt: "null, or a moment such as 2027-01-31T12:00:00Z",
} as const;

/** Reads what a stranger says about a key. The answer holds the members that were named, and nothing else of the input. */
export function readKeyChanges(
  input: unknown,
): { ok: true; changes: KeyChanges } | { ok: false; fault: InputFault } {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return { ok: false, fault: { field: "", message: "expected an object" } };
  const changes: KeyChanges = {};
  for (const [field, value] of Object.entries(input)) {
    if (!Object.hasOwn(wanted, field)) {
      const message = `there is no such member; there are ${Object.keys(wanted).join(", ")}`;
      return { ok: false, fault: { field, message } };
    }
    if (value === undefined) continue;
    const name = field as keyof typeof wanted;
    if (!take(changes, name, value))
      return { ok: false, fault: { field, message: `expected ${wanted[name]}` } };
  }
  return { ok: true, changes };
}

function take(changes: KeyChanges, name: keyof KeyChanges, value: unknown): boolean {
  switch (name) {
    case "name":
      // Names stand in lists, logs and messages of errors.
      if (!Value.Check(properties.name, value) || /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value))
        return false;
      changes.name = value.trim();
      return changes.name !== "";
    case "scopes":
      if (!Value.Check(properties.scopes, value)) return false;
      changes.scopes = scopes.filter((scope) => value.includes(scope));
      return true;
    case "budget":
      if (value !== null && !Value.Check(KeyBudgetSchema, value)) return false;
      changes.budget = value === null ? null : { limit: value.limit, window: value.window };
      return true;
    case "models":
      if (!Value.Check(properties.models, value)) return false;
      changes.models = value === null ? null : [...new Set(value)];
      return true;
    case "disabled":
      if (typeof value !== "boolean") return false;
      changes.disabled = value;
      return true;
    default:
      changes.expiresAt = value === null ? null : momentOf(value);
      return changes.expiresAt !== "";
  }
}

/** A moment in our spelling; "" when it is none. */
function momentOf(value: unknown): string {
  const isMoment =
    typeof value === "string" &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/.test(value);
  const time = isMoment ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? "" : new Date(time).toISOString();
}
