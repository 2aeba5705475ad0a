import type { Context } from "hono";

import type { QueryLimits } from "../ledger/ledger-store.js";
import type { ApiParts } from "./api-parts.js";
import { ApiProblem } from "./api-problem.js";
import { filterNames, readFilters, type Filters } from "./filters.js";
import { Query } from "./query.js";

/** What routes share: the parts, with what was not given. */
export type Asked = ApiParts & { now: () => number; newId: () => string };

/** The parameters of a request. */
export function queryOf(context: Context, known: readonly string[]): Query {
  return new Query(new URL(context.req.url).searchParams, known);
}

/** The parameters and the filters of a request. */
export function filtersOf(
  context: Context,
  parts: ApiParts,
  known: readonly string[] = [],
): { query: Query; filters: Filters } {
  const query = queryOf(context, [...filterNames, ...known]);
  return { query, filters: readFilters(query, parts.about.zone) };
}

/** How long a query may take, and that nobody waits for it when the client has left. */
export function limitsOf(context: Context, { queryMs = 2000 }: ApiParts): QueryLimits {
  return { timeoutMs: queryMs, signal: context.req.raw.signal };
}

export function isoOf(time: number): string {
  return new Date(time).toISOString();
}

/** @throws ApiProblem `admin_only` */
export function requireAdmin(context: Context, parts: ApiParts): void {
  if (parts.visitor(context).role === "admin") return;
  throw new ApiProblem(403, "admin_only", "this is for admins", { hint: "sign in with the admin token" });
}
