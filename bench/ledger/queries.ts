import type { CallFilter } from "../../apps/demo/server/ledger/call-filter.js";
import type { LedgerStore } from "../../apps/demo/server/ledger/ledger-store.js";
import { callOf, START } from "./calls.js";

export type Query = { name: string; run: (ledger: LedgerStore) => Promise<unknown> };

const DAY = 86_400_000;
const from = START / 1000;
const all = { from, to: from + 30 * DAY } satisfies CallFilter;
const week = { from: from + 20 * DAY, to: from + 27 * DAY } satisfies CallFilter;
const zone = "Europe/Berlin";

/** Every query of the page and of the gateway, the wide ranges among them. */
export function queriesOn(calls: number): Query[] {
  const ids = Array.from({ length: 50 }, (_, at) => callOf(Math.floor(calls / 2) + at, calls).id);
  const half = Math.floor(calls / 2);
  const filters: [name: string, filter: CallFilter][] = [
    ["all", all],
    ["no range", {}],
    ["a week, one model", { ...week, model: ["gpt-4o"] }],
    ["two tags but one key", { tag: ["team-3", "team-4"], not: { key: ["search"] } }],
    ["failures", { status: ["failure"] }],
    ["text", { q: "waybill token" }],
    ["dead at a sink", { sink: [{ sink: "langfuse", state: "dead" }] }],
    ["delivered at a sink", { sink: [{ sink: "langfuse", state: "delivered" }] }],
  ];
  const queries: Query[] = [];
  for (const [name, filter] of filters) {
    queries.push({ name: `totals: ${name}`, run: async (ledger) => ledger.totals(filter) });
    queries.push({ name: `page: ${name}`, run: async (ledger) => ledger.page({ filter, limit: 50 }) });
  }
  for (const sort of ["cost", "total", "ttft"] as const)
    queries.push({
      name: `page by ${sort}`,
      run: async (ledger) => ledger.page({ filter: all, sort, limit: 50 }),
    });
  queries.push(
    {
      name: "page in the middle",
      run: async (ledger) => ledger.page({ filter: {}, after: [half, half], limit: 50 }),
    },
    {
      name: "page by cost in the middle",
      run: async (ledger) => ledger.page({ filter: {}, sort: "cost", after: ["0.004", half], limit: 50 }),
    },
    {
      name: "page by cost, back",
      run: async (ledger) => ledger.page({ filter: {}, sort: "cost", before: ["0.004", half], limit: 50 }),
    },
  );
  for (const [metric, by] of [
    ["spend", "model"],
    ["spend", "key"],
    ["spend", "tag"],
    ["saved", "model"],
    ["calls", "provider"],
    ["tokens", "kind"],
    ["errors", "kind"],
  ] as const)
    queries.push({
      name: `series: ${metric} by ${by}, a month by days of Berlin`,
      run: async (ledger) => ledger.series({ filter: all, metric, by, step: "1d", top: 5, zone }),
    });
  queries.push({
    name: "series: spend by model, a week by hours",
    run: async (ledger) =>
      ledger.series({ filter: week, metric: "spend", by: "model", step: "1h", top: 5, zone }),
  });
  for (const metric of ["ttft", "total", "gap", "rate"] as const)
    queries.push({
      name: `distribution: ${metric}`,
      run: async (ledger) => ledger.distribution({ filter: all, metric }),
    });
  queries.push({
    name: "quantiles: ttft by days",
    run: async (ledger) => ledger.quantiles({ filter: all, metric: "ttft", step: "1d", zone }),
  });
  for (const field of ["model", "key", "tag", "status", "error", "diag", "audit"] as const)
    queries.push({ name: `facets: ${field}`, run: async (ledger) => ledger.facets({ filter: all, field }) });
  queries.push(
    {
      name: "facets: tag with a prefix",
      run: async (ledger) => ledger.facets({ filter: all, field: "tag", prefix: "TEAM-1" }),
    },
    { name: "one call with its payload", run: async (ledger) => ledger.byId(ids[7] as string) },
    { name: "a call that is not there", run: async (ledger) => ledger.byId("chatcmpl-none") },
    { name: "deliveries of 50 calls", run: async (ledger) => ledger.deliveriesOf(ids) },
    { name: "200 calls since", run: async (ledger) => ledger.since(half, 200) },
    { name: "count since", run: async (ledger) => ledger.countSince(half) },
    { name: "span", run: async (ledger) => ledger.span() },
    { name: "budgets at start", run: async (ledger) => ledger.spentByKey({}) },
    { name: "budgets of a week", run: async (ledger) => ledger.spentByKey({ from: week.from }) },
    { name: "output tokens of a key", run: async (ledger) => ledger.outputQuantiles("0".repeat(64)) },
  );
  return queries;
}
