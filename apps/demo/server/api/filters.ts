import { createHash } from "node:crypto";

import type {
  AuditVerdict,
  CallFilter,
  CallStatus,
  DeliveryState,
  FilterLists,
} from "../ledger/call-filter.js";
import { badValue, quoted } from "./api-problem.js";
import { wordOf, type Query } from "./query.js";
import { ranges, readTimes, type TimeRange } from "./time-range.js";

/** Filters as a request states them. */
export type Filters = {
  /** All but the times. */
  filter: CallFilter;
  times: TimeRange;
  /** The zone in which days are meant. */
  zone: string;
  /** Whether calls that have not ended are meant, too, or nothing else. */
  streaming: "also" | "only" | "no";
  /** The same filters have the same text. */
  canonical: string;
};

const lists = ["model", "provider", "key", "tag", "status", "error", "diag", "audit", "sink"] as const;
const singles = [
  "range",
  "from",
  "to",
  "tz",
  "cost",
  "cost.gte",
  "cost.lte",
  "ttft.gte",
  "total.gte",
  "stream",
  "q",
];

/** The names of all filters, which the page uses, too. `-model` is without a model. */
export const filterNames: readonly string[] = [...lists, ...lists.map((name) => `-${name}`), ...singles];

const statuses = ["streaming", "complete", "incomplete", "failure"] as const;
const verdicts: readonly AuditVerdict[] = ["match", "mismatch", "unverifiable"];
const states: readonly DeliveryState[] = ["delivered", "retry", "dead", "rejected", "dropped"];

/** What no call is: it has ended well, and has not. */
const nothing: CallFilter = { status: ["complete"], not: { status: ["complete"] } };

/**
 * Reads the filters of a request.
 * @throws ApiProblem `bad_value` that names the parameter
 */
export function readFilters(query: Query, zone: string): Filters {
  const when = readTimes(query, zone);
  const [wanted, unwanted] = [readLists(query, ""), readLists(query, "-")];
  const { status } = wanted.lists;
  const hasStatus = query.all("status") !== undefined;
  const filter: CallFilter = {
    ...wanted.lists,
    ...(Object.keys(unwanted.lists).length === 0 ? {} : { not: unwanted.lists }),
    ...readSingles(query),
    // Nothing but calls that have not ended: of those that have, none is meant.
    ...(hasStatus && status === undefined ? nothing : {}),
  };
  let streaming: Filters["streaming"] = "also";
  if (unwanted.hasStreaming || (hasStatus && !wanted.hasStreaming)) streaming = "no";
  else if (hasStatus && status === undefined) streaming = "only";
  return { filter, ...when, streaming, canonical: canonicalText(query) };
}

/** The filters in the order of their names and values, as a query. One view has one text. */
export function canonicalText(query: Query): string {
  const sorted = query
    .entries()
    .filter(([name]) => filterNames.includes(name))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .toSorted();
  return sorted.join("&");
}

/** What a cursor knows its filters by. */
export function filterHash(canonical: string): string {
  return createHash("sha256").update(canonical).digest("base64url").slice(0, 12);
}

/** The filter that is meant at a time: a range that has a name ends then. */
export function filterAt({ filter, times }: Filters, now: number): CallFilter {
  if ("range" in times) return { ...filter, from: Math.max(0, now - ranges[times.range]) };
  return { ...filter, ...times };
}

function readLists(query: Query, sign: "" | "-"): { lists: FilterLists; hasStreaming: boolean } {
  const found: FilterLists = {};
  for (const name of ["model", "provider", "key", "tag", "error", "diag"] as const) {
    const values = query.all(sign + name);
    if (values) found[name] = values;
  }
  const given = query.all(`${sign}status`)?.map((value) => wordOf(`${sign}status`, value, statuses)) ?? [];
  const status = given.filter((value): value is CallStatus => value !== "streaming");
  if (status.length > 0) found.status = status;
  const audit = query.all(`${sign}audit`)?.map((value) => wordOf(`${sign}audit`, value, verdicts));
  if (audit) found.audit = audit;
  const sink = query.all(`${sign}sink`)?.map((value) => readSink(`${sign}sink`, value));
  if (sink) found.sink = sink;
  return { lists: found, hasStreaming: given.includes("streaming") };
}

function readSink(field: string, value: string): { sink: string; state: DeliveryState } {
  const colon = value.lastIndexOf(":");
  if (colon < 1) throw badValue(field, `${quoted(value)} names no state`, `${field}=langfuse:dead`);
  const state = value.slice(colon + 1);
  const known = states.find((each) => each === state);
  if (known) return { sink: value.slice(0, colon), state: known };
  throw badValue(field, `the state is one of ${states.join(", ")}, not ${quoted(state)}`);
}

function readSingles(query: Query): CallFilter {
  const cost = query.word("cost", ["unpriced", "free"] as const);
  const [costGte, costLte] = [amountOf(query, "cost.gte"), amountOf(query, "cost.lte")];
  const [ttftGte, totalGte] = [millisecondsOf(query, "ttft.gte"), millisecondsOf(query, "total.gte")];
  const stream = query.word("stream", ["true", "false"] as const);
  const q = query.one("q");
  return {
    ...(cost === undefined ? {} : { cost }),
    ...(costGte === undefined ? {} : { costGte }),
    ...(costLte === undefined ? {} : { costLte }),
    ...(ttftGte === undefined ? {} : { ttftGte }),
    ...(totalGte === undefined ? {} : { totalGte }),
    ...(stream === undefined ? {} : { stream: stream === "true" }),
    ...(q === undefined ? {} : { q }),
  };
}

/** Money as the ledger keeps it: a finer amount would have to be rounded. */
function amountOf(query: Query, name: string): string | undefined {
  const value = query.one(name);
  if (value === undefined || /^[0-9]{1,14}(?:\.[0-9]{1,24})?$/.test(value)) return value;
  throw badValue(name, `is USD as decimal text of at most 24 decimals, not ${quoted(value)}`, `${name}=0.05`);
}

function millisecondsOf(query: Query, name: string): number | undefined {
  const value = query.one(name);
  if (value === undefined) return undefined;
  if (/^[0-9]{1,10}(?:\.[0-9]{1,3})?$/.test(value)) return Number(value);
  throw badValue(name, `is a number of milliseconds, not ${quoted(value)}`, `${name}=1000`);
}
