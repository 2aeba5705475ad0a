import { Type, type TSchema } from "@sinclair/typebox";

import type { Rates } from "../src/catalog/format.js";
import { findingKinds } from "./findings.js";
import { rateNames } from "./rate-names.js";

/*
 * The schema of the catalog's files, published as catalog/catalog.schema.json. A test holds it equal to the types of
 * src/catalog/format.ts.
 */

const exact = { additionalProperties: false };
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);

const Price = Type.String({
  pattern: "^[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$",
  maxLength: 40,
  description: "USD per single unit as decimal text. 0 is free; a member that is absent is unknown.",
});
const Factor = Type.String({ pattern: Price.pattern as string, maxLength: 40, description: "A factor." });
const day = (description: string) => Type.String({ pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description });
const Tokens = Type.Integer({ minimum: 0 });

/** Rates by name. TypeBox has no word for an object with named members and a pattern, so the type is stated. */
export const RatesSchema = Type.Unsafe<Rates>({
  type: "object",
  properties: Object.fromEntries(rateNames.map((name) => [name, Price])),
  patternProperties: { "^outSec:[0-9]+p$": Price },
  additionalProperties: false,
  description: "Rates by name; docs/prices.md says what each is the price of.",
});

export const TiersSchema = Type.Object(
  {
    priority: optional(RatesSchema),
    flex: optional(RatesSchema),
    ultrafast: optional(RatesSchema),
    batch: optional(RatesSchema),
  },
  {
    ...exact,
    description: "Rates of service tiers; what a tier does not name is charged at the standard rate.",
  },
);

export const ThresholdSchema = Type.Object(
  { tokens: Tokens, rates: RatesSchema, tiers: optional(TiersSchema) },
  { ...exact, description: "Rates of a prompt of more than so many tokens." },
);

export const RangeSchema = Type.Object(
  { from: Type.Number(), to: Type.Number(), of: optional(Type.Literal("results")), rates: RatesSchema },
  {
    ...exact,
    description: "Rates of a prompt of more than `from` and at most `to` tokens, or of so many results.",
  },
);

export const WindowSchema = Type.Object(
  {
    hours: Type.Array(Type.String({ description: "HH:MM-HH:MM in UTC." }), { minItems: 1 }),
    days: optional(Type.Array(Type.Union([Type.String(), Type.Number()]))),
    tz: optional(Type.String()),
    rates: RatesSchema,
  },
  { ...exact, description: "Rates at certain hours." },
);

export const UpliftSchema = Type.Object(
  {
    eu: optional(Factor),
    us: optional(Factor),
    endpoint: optional(Factor),
    geo: optional(Type.Record(Type.String(), Factor)),
    fast: optional(Factor),
  },
  { ...exact, description: "Factors on the price." },
);

export const SearchSchema = Type.Object(
  {
    low: optional(Price),
    medium: optional(Price),
    high: optional(Price),
    unit: optional(Type.Union([Type.Literal("query"), Type.Literal("prompt")])),
    per1000: optional(
      Type.Union([Type.Literal("litellm"), Type.Literal("all")], {
        description: "LiteLLM divides the price by 1000 once more.",
      }),
    ),
  },
  { ...exact, description: "The price of a web search by the size of its context." },
);

export const IntervalSchema = Type.Object(
  {
    from: optional(day("The day from which it holds; absent: since the first one known.")),
    to: optional(day("The day before which it holds; absent: to this day.")),
    basis: Type.Union([Type.Literal("effective"), Type.Literal("observed")], {
      description: "effective: the provider's own date. observed: the day on which a source changed.",
    }),
    src: Type.Integer({ minimum: 0, description: "Index into the sources of the file." }),
    noise: optional(
      Type.Literal(true, { description: "A literal is a float's noise of 15 digits or more." }),
    ),
    rates: RatesSchema,
    tiers: optional(TiersSchema),
    above: optional(Type.Array(ThresholdSchema, { minItems: 1 })),
    ranges: optional(Type.Array(RangeSchema)),
    windows: optional(Type.Array(WindowSchema)),
    uplift: optional(UpliftSchema),
    search: optional(SearchSchema),
    lacks: optional(
      Type.Array(
        Type.Union([
          Type.Literal("priority"),
          Type.Literal("flex"),
          Type.Literal("ultrafast"),
          Type.Literal("batch"),
        ]),
        { minItems: 1, description: "Tiers that are sold at rates which this source does not say." },
      ),
    ),
    other: optional(
      Type.Record(Type.String(), Type.String(), {
        description: "Prices that no rule charges by, under the source's own names and in its own units.",
      }),
    ),
  },
  { ...exact, description: "A price and the time for which it holds." },
);

export const CatalogModelSchema = Type.Object(
  {
    mode: Type.String({ minLength: 1, description: "LiteLLM's mode." }),
    provider: optional(Type.String({ description: "LiteLLM's provider, when it is not the shard's id." })),
    limits: optional(Type.Object({ in: optional(Tokens), out: optional(Tokens) }, exact)),
    prices: Type.Array(IntervalSchema, { minItems: 1, description: "Oldest first." }),
  },
  { ...exact, description: "A model and its prices." },
);

export const SourceSchema = Type.Object(
  {
    id: Type.String({ minLength: 1 }),
    kind: Type.Union([Type.Literal("litellm"), Type.Literal("genai-prices"), Type.Literal("manual")]),
    date: day("The day of the data."),
    licence: Type.String({ minLength: 1 }),
    url: Type.String({ pattern: "^https://" }),
  },
  { ...exact, description: "Where prices come from." },
);

const head = { schema: Type.Literal(1), sources: Type.Array(SourceSchema, { minItems: 1 }) };
const Models = Type.Record(Type.String(), CatalogModelSchema);

/** A provider's file. */
export const ShardContentSchema = Type.Object(
  {
    ...head,
    id: Type.String({ pattern: "^(?!history$)[a-z][a-z0-9_]*$" }),
    models: Models,
    aliases: optional(Type.Record(Type.String(), Type.String(), { description: "Other names of models." })),
  },
  {
    ...exact,
    description: "The models of one provider: the prices of today, and those that are dated to come.",
  },
);

/** history.json. */
export const HistoryContentSchema = Type.Object(
  {
    ...head,
    id: Type.Literal("history"),
    providers: Type.Record(Type.String(), Type.Object({ models: Models }, exact)),
  },
  { ...exact, description: "Prices of the past by provider, and the models that are gone." },
);

/** disagreements.json. */
export const ReportSchema = Type.Object(
  {
    schema: Type.Literal(1),
    litellm: day("The day of LiteLLM's map."),
    genai: optional(day("The day of genai-prices.")),
    summary: Type.Object(Object.fromEntries(findingKinds.map((kind) => [kind, Tokens])), exact),
    findings: Type.Array(
      Type.Object(
        {
          kind: Type.Union(findingKinds.map((kind) => Type.Literal(kind))),
          shard: Type.String(),
          model: Type.String(),
          rate: optional(Type.String()),
          litellm: optional(Price),
          genai: optional(Price),
          ratio: optional(Type.Number()),
          note: optional(Type.String()),
        },
        exact,
      ),
    ),
  },
  { ...exact, description: "What a reader of the catalog may want to check." },
);

/** Schemas that stand once in the file and are referred to by name. */
const definitions: readonly [name: string, schema: TSchema][] = [
  ["price", Price],
  ["rates", RatesSchema],
  ["tiers", TiersSchema],
  ["interval", IntervalSchema],
  ["model", CatalogModelSchema],
  ["source", SourceSchema],
];

/** The JSON Schema (2020-12) of every file in the catalog's folder. */
export function catalogSchema(): object {
  const plain = (schema: TSchema): object => JSON.parse(JSON.stringify(schema)) as object;
  const texts = definitions.map(
    ([name, schema]) => [JSON.stringify(schema), `{"$ref":"#/$defs/${name}"}`] as const,
  );
  // From the largest to the smallest, so that one that holds another is found before that one is cut out of it.
  const shortened = (schema: TSchema, itself = ""): object => {
    let text = JSON.stringify(plain(schema));
    for (const [whole, reference] of texts.toReversed())
      if (whole !== itself) text = text.replaceAll(whole, reference);
    return JSON.parse(text) as object;
  };
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:waybill:schema:price-catalog:1",
    title: "Waybill price catalog",
    description: "A provider's file, history.json or disagreements.json.",
    anyOf: [ShardContentSchema, HistoryContentSchema, ReportSchema].map((schema) => shortened(schema)),
    $defs: Object.fromEntries(
      definitions.map(([name, schema]) => [name, shortened(schema, JSON.stringify(schema))]),
    ),
  };
}
