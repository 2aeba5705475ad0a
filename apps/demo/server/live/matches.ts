import { compareExact } from "@waybill/cost";

import type { Filters } from "../api/filters.js";
import type { CallRow, LiveRow } from "../api/schemas.js";
import { ranges } from "../api/time-range.js";
import type { CallFilter, FilterLists } from "../ledger/call-filter.js";

/* What the ledger's WHERE says, said about one call that is at hand. */

/** Whether a call that has ended passes. */
export function passes(row: CallRow, filters: Filters, now: number): boolean {
  const { filter } = filters;
  const { not = {}, cost, costGte, costLte, ttftGte, totalGte, stream } = filter;
  const values = valuesOf(row);
  if (!isInTime(row.startedAt, filters, now)) return false;
  if (!hasAll(values, filter) || hasAny(values, not)) return false;
  if (cost === "unpriced" && row.cost !== null) return false;
  if (cost === "free" && row.costStatus !== "free") return false;
  if (costGte !== undefined && (row.cost === null || compareExact(row.cost, costGte) < 0)) return false;
  if (costLte !== undefined && (row.cost === null || compareExact(row.cost, costLte) > 0)) return false;
  if (ttftGte !== undefined && !(row.ttftMs !== null && row.ttftMs >= ttftGte)) return false;
  if (totalGte !== undefined && !(row.totalMs !== null && row.totalMs >= totalGte)) return false;
  if (stream !== undefined && row.stream !== stream) return false;
  return isFound(filter, row.preview, [row.id, row.traceId, row.sessionId, row.userId]);
}

/**
 * Whether a call that has not ended passes. What nobody can know of it yet, it does not have; and its text is not searched,
 * so that the answer stays the same while it goes on.
 */
export function passesLive(row: LiveRow, filters: Filters, now: number): boolean {
  const { filter, streaming } = filters;
  if (streaming === "no") return false;
  const { not = {}, cost, costGte, costLte, ttftGte, totalGte, stream, q } = filter;
  if ([cost, costGte, costLte, ttftGte, totalGte].some((each) => each !== undefined)) return false;
  const values = { ...valuesOf({ ...row, model: null, error: null }), diag: [], audit: [], sink: [] };
  // Its state was asked for by `streaming` above.
  const { status: _, ...wanted } = filter;
  const { status: __, ...unwanted } = not;
  if (!hasAll(values, wanted) || hasAny(values, unwanted)) return false;
  if (!isInTime(row.startedAt, filters, now)) return false;
  if (stream !== undefined && row.stream !== stream) return false;
  return isFound(q === undefined ? {} : { q }, "", [row.id, row.traceId, row.sessionId, row.userId]);
}

type Values = Record<keyof FilterLists, readonly string[]>;

function valuesOf(
  row: Pick<CallRow, "model" | "modelAsked" | "provider" | "key" | "tags" | "error"> & {
    status: string;
    diagnostics?: string[];
    audit?: CallRow["audit"];
    delivery?: CallRow["delivery"];
  },
): Values {
  const {
    model,
    modelAsked,
    provider,
    key,
    tags,
    status,
    error,
    diagnostics = [],
    audit,
    delivery = {},
  } = row;
  return {
    model: known(model, modelAsked),
    provider: known(provider),
    key: known(key?.id, key?.alias),
    tag: tags,
    status: [status],
    error: known(error?.class, error?.status === null ? null : String(error?.status ?? "")),
    diag: diagnostics,
    audit: known(audit),
    sink: Object.entries(delivery).map(([sink, state]) => `${sink}:${state}`),
  };
}

function known(...values: (string | null | undefined)[]): string[] {
  return values.filter((value): value is string => typeof value === "string" && value !== "");
}

const names = ["model", "provider", "key", "tag", "status", "error", "diag", "audit", "sink"] as const;

function listsOf(filter: FilterLists): [name: keyof FilterLists, wanted: readonly string[]][] {
  return names.flatMap((name): [keyof FilterLists, readonly string[]][] => {
    const list = filter[name];
    if (!list || list.length === 0) return [];
    return [[name, list.map((each) => (typeof each === "string" ? each : `${each.sink}:${each.state}`))]];
  });
}

function hasAll(values: Values, filter: FilterLists): boolean {
  return listsOf(filter).every(([name, wanted]) => wanted.some((value) => values[name].includes(value)));
}

function hasAny(values: Values, filter: FilterLists): boolean {
  return listsOf(filter).some(([name, unwanted]) => unwanted.some((value) => values[name].includes(value)));
}

function isInTime(startedAt: string, { times }: Filters, now: number): boolean {
  const started = Date.parse(startedAt);
  if ("range" in times) return started >= now - ranges[times.range];
  return started >= (times.from ?? -Infinity) && started < (times.to ?? Infinity);
}

function isFound({ q }: Pick<CallFilter, "q">, text: string, ids: (string | null)[]): boolean {
  return q === undefined || ids.includes(q) || text.toLowerCase().includes(q.toLowerCase());
}
