import { Type, type TLiteral, type TNull, type TSchema, type TUnion } from "@sinclair/typebox";

/* What the schemas of all answers share. Nothing else than the members that are written down is ever answered. */

export const exact = { additionalProperties: false };

export function nullable<T extends TSchema>(schema: T): TUnion<[T, TNull]> {
  return Type.Union([schema, Type.Null()]);
}

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
): TUnion<TLiteral<Words[number]>[]> {
  return Type.Union(words.map((word) => Type.Literal(word)));
}

export const Instant = Type.String({
  pattern: "^-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
  maxLength: 40,
  description: "ISO time in UTC with milliseconds.",
});

export const Money = Type.String({
  pattern: "^-?[0-9]+(\\.[0-9]+)?$",
  maxLength: 80,
  description: "USD as decimal text, not rounded.",
});

export const Count = Type.Integer({ minimum: 0 });
export const Milliseconds = Type.Number({ minimum: 0, description: "Milliseconds." });
export const Text = Type.String();
