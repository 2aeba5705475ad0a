import { Type, type Static } from "@sinclair/typebox";

import { Count, exact, Instant, Money, nullable, oneOf, Text } from "./pieces.js";

export const SessionSchema = Type.Object(
  {
    version: Text,
    role: oneOf(["read", "admin"]),
    authRequired: Type.Boolean(),
    upstream: Type.Object({ kind: oneOf(["recordings", "real"]), host: nullable(Text) }, exact),
    demo: Type.Boolean({ description: "Calls are made by the program itself, and nothing is billed." }),
    zone: Text,
    retentionDays: Count,
    sinks: Type.Array(Text),
    recovered: nullable(Type.Object({ movedTo: Text, reason: Text }, exact)),
    asOf: Instant,
  },
  exact,
);
export type Session = Static<typeof SessionSchema>;

export const KeySchema = Type.Object(
  {
    id: Text,
    name: Text,
    lastFour: Text,
    scopes: Type.Array(Text),
    budget: nullable(Type.Object({ limit: Money, window: oneOf(["total", "day", "month"]) }, exact)),
    models: nullable(Type.Array(Text)),
    disabled: Type.Boolean(),
    createdAt: Instant,
    expiresAt: nullable(Instant),
    rotatedAt: nullable(Instant),
    spent: nullable(Type.String({ description: "USD in the present window, as decimal text." })),
    calls: nullable(Count),
    unpriced: nullable(Count),
    resetsAt: nullable(Instant),
  },
  { ...exact, description: "A virtual key. Its text is told once, when it is made." },
);
export type KeyAnswer = Static<typeof KeySchema>;

export const KeysSchema = Type.Object({ items: Type.Array(KeySchema), asOf: Instant }, exact);
export const KeyMadeSchema = Type.Object({ key: Text, item: KeySchema, asOf: Instant }, exact);
export const KeyChangedSchema = Type.Object({ item: KeySchema, asOf: Instant }, exact);
