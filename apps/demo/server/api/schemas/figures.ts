import { Type, type Static } from "@sinclair/typebox";

import { Count, exact, Instant, Money, nullable, oneOf, Text } from "./pieces.js";

const measure = nullable(Type.Number());

export const QuantilesSchema = Type.Object({ p50: measure, p95: measure, p99: measure, n: Count }, exact);

const TokenSum = Type.Object(
  {
    sum: nullable(Count),
    unknown: Type.Integer({
      minimum: 0,
      description: "Calls of which the count is unknown and not in the sum.",
    }),
  },
  exact,
);

const totals = {
  calls: Count,
  failed: Count,
  cut: Count,
  unpriced: Type.Integer({ minimum: 0, description: "Calls whose cost is unknown and not in `spend`." }),
  free: Count,
  spend: nullable(Money),
  saved: nullable(Money),
  savedUnknown: Count,
  tokens: Type.Object(
    {
      input: TokenSum,
      cacheRead: TokenSum,
      cacheWrite: TokenSum,
      output: TokenSum,
      reasoning: TokenSum,
      total: TokenSum,
    },
    exact,
  ),
  ttft: QuantilesSchema,
  total: QuantilesSchema,
  mismatches: Count,
  asOf: Instant,
};
export const TotalsSchema = Type.Object(totals, exact);
export type TotalsAnswer = Static<typeof TotalsSchema>;

export const stepNames = ["1m", "5m", "15m", "1h", "3h", "6h", "12h", "1d", "7d"] as const;
const StepSchema = oneOf(stepNames);
const Starts = Type.Array(Type.Number(), {
  maxItems: 400,
  description: "Epoch seconds at which each bucket begins.",
});
const Values = Type.Array(Type.Union([Money, Type.Number(), Type.Null()]), {
  maxItems: 400,
  description: "Amounts as decimal text, counts as numbers; null where there are calls and nothing is known.",
});

export const SeriesSchema = Type.Object(
  {
    t: Starts,
    series: Type.Array(Type.Object({ name: nullable(Text), label: nullable(Text), values: Values }, exact), {
      maxItems: 8,
    }),
    other: Type.Optional(Values),
    step: StepSchema,
    zone: Text,
    asOf: Instant,
  },
  exact,
);
export type SeriesAnswer = Static<typeof SeriesSchema>;

export const DistributionSchema = Type.Object(
  {
    edges: Type.Array(Type.Number()),
    counts: Type.Array(Count),
    below: Count,
    above: Count,
    p50: measure,
    p95: measure,
    p99: measure,
    n: Count,
    missing: Type.Integer({ minimum: 0, description: "Calls of which it is unknown." }),
    asOf: Instant,
  },
  exact,
);
export type DistributionAnswer = Static<typeof DistributionSchema>;

const Measures = Type.Array(measure, { maxItems: 400 });
export const QuantileSeriesSchema = Type.Object(
  {
    t: Starts,
    p50: Measures,
    p95: Measures,
    p99: Measures,
    n: Type.Array(Count, { maxItems: 400 }),
    step: StepSchema,
    zone: Text,
    asOf: Instant,
  },
  exact,
);
export type QuantileSeriesAnswer = Static<typeof QuantileSeriesSchema>;

export const FacetsSchema = Type.Object(
  {
    field: Text,
    values: Type.Array(
      Type.Object(
        { value: nullable(Text), label: nullable(Text), calls: Count, spend: nullable(Money) },
        exact,
      ),
      { maxItems: 50 },
    ),
    more: Type.Boolean(),
    asOf: Instant,
  },
  exact,
);
export type FacetsAnswer = Static<typeof FacetsSchema>;
