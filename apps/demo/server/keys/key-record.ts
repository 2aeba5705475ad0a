import { createHash } from "node:crypto";

import { Type, type Static } from "@sinclair/typebox";

const exact = { additionalProperties: false };
const Instant = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" });

/** What a key may do: call models, read the accounts, change keys. */
export const scopes = ["proxy", "read", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** How long a budget lasts before it begins anew. */
export const budgetWindows = ["total", "day", "month"] as const;
export type BudgetWindow = (typeof budgetWindows)[number];

/** The most that a key may spend in a window: USD as decimal text. No budget is no limit, which is not a limit of 0. */
export const KeyBudgetSchema = Type.Object(
  {
    limit: Type.String({ pattern: "^[0-9]{1,14}(\\.[0-9]{1,24})?$" }),
    window: Type.Union(budgetWindows.map((window) => Type.Literal(window))),
  },
  exact,
);
export type KeyBudget = Static<typeof KeyBudgetSchema>;

/** A key as it is kept: its HMAC, and never the key. */
export const KeyRecordSchema = Type.Object(
  {
    id: Type.String({ pattern: "^key_[0-9a-f]{16}$" }),
    name: Type.String({ minLength: 1, maxLength: 64 }),
    lastFour: Type.String({ minLength: 4, maxLength: 4 }),
    hmac: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    scopes: Type.Array(Type.Union(scopes.map((scope) => Type.Literal(scope))), { minItems: 1, maxItems: 3 }),
    budget: Type.Union([KeyBudgetSchema, Type.Null()]),
    /** Names of models, or beginnings that end in "*"; null is every model. */
    models: Type.Union([
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100 }),
      Type.Null(),
    ]),
    disabled: Type.Boolean(),
    createdAt: Instant,
    expiresAt: Type.Union([Instant, Type.Null()]),
    rotatedAt: Type.Union([Instant, Type.Null()]),
  },
  exact,
);
export type KeyRecord = Static<typeof KeyRecordSchema>;

/** The file of keys. */
export const KeyFileSchema = Type.Object(
  { version: Type.Literal(1), keys: Type.Array(KeyRecordSchema, { maxItems: 10_000 }) },
  exact,
);

/**
 * The name of a key in records and in the ledger, which take a SHA-256 and nothing else: that of its id. It stays the same when
 * the key is rotated, and says nothing about the key.
 */
export function accountOf(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}

/** What is told about a key: everything but its HMAC. */
export type KeyInfo = Readonly<Omit<KeyRecord, "hmac">>;

const infos = new WeakMap<KeyRecord, KeyInfo>();

/** A key without its HMAC. It is asked for at every call, so that it is made once, and nobody can change it. */
export function infoOf(record: KeyRecord): KeyInfo {
  const known = infos.get(record);
  if (known) return known;
  const info: Partial<KeyRecord> = structuredClone(record);
  delete info.hmac;
  for (const part of [info, info.scopes, info.budget, info.models]) Object.freeze(part);
  infos.set(record, info as KeyInfo);
  return info as KeyInfo;
}

/** Whether a key may be used at that time. */
export function isUsable({ disabled, expiresAt }: KeyInfo, now: number): boolean {
  return !disabled && (expiresAt === null || now < Date.parse(expiresAt));
}

/** Whether a key may call a model. */
export function allowsModel({ models }: KeyInfo, model: string): boolean {
  if (models === null) return true;
  return models.some((each) => (each.endsWith("*") ? model.startsWith(each.slice(0, -1)) : each === model));
}
