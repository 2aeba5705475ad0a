import type { CallFilter, DeliveryState, FacetField } from "./call-filter.js";
import type { LedgerRecord } from "./ledger-record.js";
import type { LedgerRow } from "./ledger-row.js";
import type { Step } from "./time/steps.js";

/** How long a query may take. It ends with a WaybillError `query-timeout`, or `query-aborted` by a signal that is no timeout. */
export type QueryLimits = { signal?: AbortSignal | undefined; timeoutMs?: number | undefined };

/**
 * What became of one record: it has entered (`added`), it was there before and stays as it was, or it is refused and the
 * reason says why; refused records are counted in `stats`.
 */
export type Appended = { seq: number; added: boolean } | { refused: string; reason: string };

/** What lists can be sorted by. Newest first, or largest first; what has no such value comes last. */
export type SortColumn = "seq" | "cost" | "total" | "ttft";

/** A place in a sorted list: the value of the last row (amounts as decimal text, durations in microseconds), and its seq. */
export type Position = readonly [value: string | number | null, seq: number];

export type PageQuery = {
  filter: CallFilter;
  sort?: SortColumn;
  /** Rows that come after this place; or those just before it, in the same order. */
  after?: Position;
  before?: Position;
  limit: number;
};

/** A piece of a list. `next` is the place of its last row when more follow, `prev` that of its first when some come before. */
export type Page = { items: LedgerRow[]; next: Position | null; prev: Position | null };

/** Milliseconds (tokens per second for rates), and of how many calls; null without any. */
export type Quantiles = { p50: number | null; p95: number | null; p99: number | null; n: number };

/** A sum, and of how many calls the count is unknown and not in it; null when it is unknown of all. */
export type TokenSum = { sum: number | null; unknown: number };

export type Totals = {
  calls: number;
  failed: number;
  cut: number;
  /** Calls whose cost is unknown and not in `spend`. */
  unpriced: number;
  free: number;
  /** USD, exact; null when there are calls and the price of none is known. */
  spend: string | null;
  /** USD, exact. Of calls of which it is unknown it has nothing. */
  saved: string | null;
  savedUnknown: number;
  tokens: Record<"input" | "cacheRead" | "cacheWrite" | "output" | "reasoning" | "total", TokenSum>;
  ttft: Quantiles;
  total: Quantiles;
  mismatches: number;
};

export type SeriesMetric = "spend" | "calls" | "tokens" | "saved" | "errors";
export type SeriesBy = "model" | "key" | "tag" | "provider" | "kind";
export type SeriesQuery = {
  filter: CallFilter;
  metric: SeriesMetric;
  /** `kind`: kinds of tokens, or of errors. */
  by: SeriesBy;
  step: Step;
  /** How many series have a name; the others are one. */
  top: number;
  /** The zone whose hours and days are meant; UTC by default. */
  zone?: string;
};

/** Values of a bucket: decimal text for amounts, numbers for counts; null where there are calls but nothing is known. */
export type SeriesValues = (string | number | null)[];
export type Series = {
  /** Epoch seconds at which each bucket begins. */
  t: number[];
  /** By size over the whole range. The name is null for calls that have none. */
  series: { name: string | null; label: string | null; values: SeriesValues }[];
  other: SeriesValues | null;
};

export type DistributionMetric = "ttft" | "total" | "gap" | "rate";
/** A histogram of ten bins a decade. `counts[i]` are from `edges[i]` up to and without `edges[i + 1]`. */
export type Distribution = Quantiles & {
  /** Milliseconds; tokens per second for `rate`. */
  edges: number[];
  counts: number[];
  below: number;
  above: number;
  /** Calls of which it is unknown. */
  missing: number;
};

/** Quantiles by time; null for buckets without a call that has the value. */
export type QuantileSeries = {
  t: number[];
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
  n: number[];
};

/** Values of a field by number of calls. `label` is a key's alias. */
export type Facets = {
  values: { value: string | null; label: string | null; calls: number; spend: string | null }[];
  more: boolean;
};

/** `unpriced`: calls whose cost is unknown. In `spent` they count with what a budget was charged for them, if it was. */
export type KeySpend = { keyId: string | null; spent: string; calls: number; unpriced: number };

/** What is held: null when nothing is. */
export type Span = {
  calls: number;
  oldest: { id: string; startedAt: string } | null;
  newest: { id: string; startedAt: string } | null;
};

/** What a sink, or the pipeline, did with the record of a call. */
export type DeliveryEvent = {
  id: string;
  sink: string;
  /** Epoch milliseconds. */
  at: number;
  /** From 1; null where the event belongs to no try. */
  attempt: number | null;
  state: DeliveryState;
  /** The HTTP status or a code. */
  code: string | null;
  reason: string | null;
};

export type LedgerStats = {
  /** Since the ledger was opened. */
  added: number;
  repeats: number;
  refusedBy: Readonly<Record<string, number>>;
};

/**
 * Where calls are kept for those who look at them. Writes wait for each other; reads go on meanwhile. Whatever fails throws
 * a WaybillError with a code of `problems.ts`.
 */
export interface LedgerStore {
  /** What was moved aside when it was opened, because it could not be read. */
  readonly recovered: { movedTo: string; reason: string } | null;

  /** Resolves when the records would survive the death of the process: all that are not refused, or (rejected) none. */
  append(records: readonly LedgerRecord[]): Promise<Appended[]>;
  stats(): LedgerStats;

  page(query: PageQuery, limits?: QueryLimits): Promise<Page>;
  newestSeq(): number;
  /** Rows that entered after this one, in the order of entering. */
  since(seq: number, limit: number, limits?: QueryLimits): Promise<LedgerRow[]>;
  countSince(seq: number, limits?: QueryLimits): Promise<number>;
  byId(id: string, limits?: QueryLimits): Promise<{ row: LedgerRow; payload: string } | null>;
  payloadText(id: string, limits?: QueryLimits): Promise<string | null>;
  span(limits?: QueryLimits): Promise<Span>;

  totals(filter: CallFilter, limits?: QueryLimits): Promise<Totals>;
  series(query: SeriesQuery, limits?: QueryLimits): Promise<Series>;
  distribution(
    query: { filter: CallFilter; metric: DistributionMetric },
    limits?: QueryLimits,
  ): Promise<Distribution>;
  quantiles(
    query: { filter: CallFilter; metric: DistributionMetric; step: Step; zone?: string },
    limits?: QueryLimits,
  ): Promise<QuantileSeries>;
  facets(
    query: { filter: CallFilter; field: FacetField; prefix?: string; limit?: number },
    limits?: QueryLimits,
  ): Promise<Facets>;
  /** The rows in the order of entering, without holding them all. */
  export(
    filter: CallFilter,
    options?: { max?: number; signal?: AbortSignal | undefined },
  ): AsyncIterable<LedgerRow>;

  /** What each key has spent on calls that started at `from` (epoch milliseconds) or later, also on calls that are forgotten. */
  spentByKey(query: { from?: number }, limits?: QueryLimits): Promise<KeySpend[]>;
  /** How many tokens the answers to a key have; `n` is the number of calls of which that is known. */
  outputQuantiles(keyId: string, limits?: QueryLimits): Promise<Quantiles>;

  noteDeliveries(events: readonly DeliveryEvent[]): Promise<void>;
  /** All events of these calls, oldest first; the last one of a sink is its state. */
  deliveriesOf(ids: readonly string[], limits?: QueryLimits): Promise<DeliveryEvent[]>;

  /** Forgets the calls that started before this day of UTC ("2026-11-20"), and what was delivered before it. */
  prune(beforeDay: string): Promise<{ calls: number; deliveries: number }>;
  checkpoint(): Promise<void>;
  /** Whether a record would be taken now; tries, when the last write failed. */
  isWritable(): Promise<boolean>;
  /** Ends what runs, writes everything into the file and lets go of it. */
  close(): Promise<void>;
}
