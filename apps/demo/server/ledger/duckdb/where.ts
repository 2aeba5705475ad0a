import type { CallFilter, FilterLists } from "../call-filter.js";
import { badQuery } from "../problems.js";
import type { Params } from "./params.js";

/** A filter as a WHERE of the table `calls`; "" for all. Whatever comes from outside is a parameter. */
export function whereOf(filter: CallFilter, params: Params, ...more: readonly string[]): string {
  const conditions = [...conditionsOf(filter, params), ...more];
  return conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
}

function conditionsOf(filter: CallFilter, params: Params): string[] {
  const { from, to, cost, costGte, costLte, ttftGte, totalGte, stream, q, not = {} } = filter;
  const conditions = listConditions(filter, params);
  for (const condition of listConditions(not, params)) conditions.push(`coalesce(NOT ${condition}, true)`);
  if (from !== undefined) conditions.push(`started >= ${params.time(microseconds(from))}`);
  if (to !== undefined) conditions.push(`started < ${params.time(microseconds(to))}`);
  if (cost === "unpriced") conditions.push("cost IS NULL");
  if (cost === "free") conditions.push("cost_status = 'free'");
  if (costGte !== undefined) conditions.push(`cost >= ${params.amount(costGte)}`);
  if (costLte !== undefined) conditions.push(`cost <= ${params.amount(costLte)}`);
  if (ttftGte !== undefined) conditions.push(`ttft >= ${params.integer(microseconds(ttftGte))}`);
  if (totalGte !== undefined) conditions.push(`total >= ${params.integer(microseconds(totalGte))}`);
  if (stream !== undefined) conditions.push(`stream = ${params.boolean(stream)}`);
  if (q !== undefined) conditions.push(searched(q, params));
  return conditions;
}

function listConditions(lists: FilterLists, params: Params): string[] {
  const { model, provider, key, tag, status, error, diag, audit, sink } = lists;
  const conditions: string[] = [];
  const add = (values: readonly string[] | undefined, condition: (list: string) => string): void => {
    // An empty list would let nobody through: it stands for one that was not given.
    if (values && values.length > 0) conditions.push(`(${condition(params.texts(values))})`);
  };
  const addList = (values: readonly string[] | undefined, column: string): void => {
    if (!values || values.length === 0) return;
    // One value after the other is faster than a list of them, while they are few.
    const isFew = values.length <= 4;
    conditions.push(
      isFew
        ? `(${values.map((value) => `list_contains(${column}, ${params.text(value)})`).join(" OR ")})`
        : `list_has_any(${column}, ${params.textList(values)})`,
    );
  };
  add(model, (list) => `model IN (${list}) OR model_asked IN (${list})`);
  add(provider, (list) => `provider IN (${list})`);
  add(key, (list) => `key_id IN (${list}) OR key_alias IN (${list})`);
  addList(tag, "tags");
  add(status, (list) => `status IN (${list})`);
  add(error, (list) => `error_class IN (${list}) OR error_status::VARCHAR IN (${list})`);
  addList(diag, "diagnostics");
  add(audit, (list) => `audit IN (${list})`);
  if (sink && sink.length > 0) {
    const each = sink.map(({ sink: name, state }) => latestIs(params.text(name), params.text(state)));
    conditions.push(`(${each.join(" OR ")})`);
  }
  return conditions;
}

/** The latest state at a sink: no other one came later. Few calls have both, so that one side is always small. */
function latestIs(sink: string, state: string): string {
  return `mark IN (SELECT d.mark FROM deliveries d LEFT JOIN
    (SELECT mark, max(n) AS latest FROM deliveries WHERE sink = ${sink} AND state <> ${state} GROUP BY mark) AS other ON other.mark = d.mark
    WHERE d.sink = ${sink} AND d.state = ${state} AND (other.latest IS NULL OR other.latest < d.n))`;
}

function searched(q: string, params: Params): string {
  const whole = params.text(q);
  return `(contains(lower(preview), lower(${whole})) OR id = ${whole} OR trace_id = ${whole} OR session_id = ${whole} OR user_id = ${whole})`;
}

/** Rounded up, so that nothing before the moment is inside. */
function microseconds(milliseconds: number): number {
  const whole = Math.ceil(milliseconds * 1000);
  if (!Number.isSafeInteger(whole)) throw badQuery(`${milliseconds} is no time in milliseconds`);
  return whole;
}
