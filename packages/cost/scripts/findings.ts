/**
 * What a reader of the catalog may want to check:
 * rate: both sources price it, and differ. missing: genai-prices prices it, LiteLLM does not.
 * not-followed: LiteLLM still has the price from before a change that genai-prices dates.
 * noise: literals that are a float's noise. databricks: dollars that were rounded from Databricks units.
 * perplexity-search: a search price that LiteLLM divides by 1000. seconds: an input and an output price per second.
 * derived: a price of genai-prices took over, and rates of LiteLLM that belonged to the old one were left out.
 * left-out: something of genai-prices that is not in the catalog. gone: in genai-prices, and gone from LiteLLM.
 */
export const findingKinds = [
  "rate",
  "missing",
  "not-followed",
  "noise",
  "databricks",
  "perplexity-search",
  "seconds",
  "derived",
  "left-out",
  "gone",
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** One thing to check. The rates are literals per unit; `ratio` is that of genai-prices to LiteLLM's. */
export type Finding = {
  kind: FindingKind;
  shard: string;
  model: string;
  rate?: string;
  litellm?: string;
  genai?: string;
  ratio?: number;
  note?: string;
};

/** The report beside the catalog: how many findings of each kind, then the findings. */
export type Report = {
  schema: 1;
  litellm: string;
  genai?: string;
  summary: Record<FindingKind, number>;
  findings: Finding[];
};

/** Findings in one fixed order. */
export function inFixedOrder(findings: readonly Finding[]): Finding[] {
  const sortKey = ({ kind, shard, model, rate, note }: Finding): string =>
    [findingKinds.indexOf(kind), shard, model, rate ?? "", note ?? ""].join("\u0000");
  return findings
    .map((finding) => ({ finding, sortKey: sortKey(finding) }))
    .toSorted((left, right) => (left.sortKey < right.sortKey ? -1 : 1))
    .map(({ finding }) => finding);
}

/** The report of findings. */
export function reportOf(findings: readonly Finding[], litellm: string, genai: string | undefined): Report {
  const counted = findingKinds.map((kind) => [kind, findings.filter((each) => each.kind === kind).length]);
  return {
    schema: 1,
    litellm,
    ...(genai === undefined ? {} : { genai }),
    summary: Object.fromEntries(counted) as Report["summary"],
    findings: inFixedOrder(findings),
  };
}
