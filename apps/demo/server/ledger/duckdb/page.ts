import type { LedgerRow } from "../ledger-row.js";
import type { Page, PageQuery, Position, QueryLimits, SortColumn } from "../ledger-store.js";
import { badQuery } from "../problems.js";
import type { Database } from "./database.js";
import type { Params } from "./params.js";
import { moneyIn, countIn, readRow, rowColumns } from "./rows.js";
import { whereOf } from "./where.js";

/** A piece of the list, newest or largest first. Rows without a value to sort by come last, newest first. */
export async function readPage(
  database: Database,
  { filter, sort = "seq", after, before, limit }: PageQuery,
  limits?: QueryLimits,
): Promise<Page> {
  if (!Number.isSafeInteger(limit) || limit < 1) throw badQuery("limit is a whole number from 1");
  if (after && before) throw badQuery("after or before, not both");
  const isBack = before !== undefined;
  const rows = await database.read((params) => {
    const place = after ?? before;
    const where = whereOf(filter, params, ...(place ? [beyond(sort, place, isBack, params)] : []));
    // The wide columns are only read of the rows that are shown.
    return `SELECT ${rowColumns}, ${sort === "seq" ? "NULL" : sort}::VARCHAR FROM calls
      WHERE seq IN (SELECT seq FROM calls ${where} ORDER BY ${orderOf(sort, isBack)} LIMIT ${limit + 1})
      ORDER BY ${orderOf(sort, isBack)}`;
  }, limits);
  const found = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  if (isBack) found.reverse();
  const items = found.map(readRow);
  const places = found.map((row, index) => positionOf(sort, items[index] as LedgerRow, row.at(-1)));
  const [first = null, last = null] = [places[0], places.at(-1)];
  return {
    items,
    next: isBack || hasMore ? last : null,
    prev: isBack ? (hasMore ? first : null) : after ? first : null,
  };
}

function orderOf(sort: SortColumn, isBack: boolean): string {
  if (sort === "seq") return isBack ? "seq" : "seq DESC";
  return isBack ? `${sort} ASC NULLS FIRST, seq` : `${sort} DESC NULLS LAST, seq DESC`;
}

/** What comes after a place in the list, or before it. */
function beyond(sort: SortColumn, [value, seq]: Position, isBack: boolean, params: Params): string {
  const own = params.integer(seq);
  if (sort === "seq") return isBack ? `seq > ${own}` : `seq < ${own}`;
  if (value === null)
    return isBack ? `(${sort} IS NOT NULL OR seq > ${own})` : `(${sort} IS NULL AND seq < ${own})`;
  const edge = valueOf(sort, value, params);
  return isBack
    ? `(${sort} > ${edge} OR (${sort} = ${edge} AND seq > ${own}))`
    : `(${sort} < ${edge} OR (${sort} = ${edge} AND seq < ${own}) OR ${sort} IS NULL)`;
}

function valueOf(sort: SortColumn, value: string | number, params: Params): string {
  if (sort === "cost" && typeof value === "string") return params.amount(value);
  if (sort !== "cost" && typeof value === "number") return params.integer(value);
  throw badQuery(`a position by ${sort} begins with ${sort === "cost" ? "decimal text" : "microseconds"}`);
}

function positionOf(sort: SortColumn, { seq }: LedgerRow, value: unknown): Position {
  if (sort === "seq" || typeof value !== "string") return [sort === "seq" ? seq : null, seq];
  return [sort === "cost" ? moneyIn(value) : countIn(value), seq];
}
