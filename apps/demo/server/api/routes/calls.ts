import { Hono } from "hono";

import { withDelivery } from "../../delivery/latest-states.js";
import type { LedgerRow } from "../../ledger/ledger-row.js";
import type { Position, SortColumn } from "../../ledger/ledger-store.js";
import { jsonAnswer, MOST_ANSWERED } from "../answer.js";
import { filtersOf, isoOf, limitsOf, type Asked } from "../asking.js";
import { readCursor, sortColumns, writeCursor } from "../cursor.js";
import { filterAt, filterHash } from "../filters.js";
import type { CallRow, CallsAnswer } from "../schemas.js";

const DEFAULT_LIMIT = 50;
const MOST_ROWS = 200;

/** `/api/calls`: calls that have ended, newest or largest first, a page at a time. */
export function callsRoute(parts: Asked): Hono {
  const { ledger, now } = parts;
  return new Hono().get("/api/calls", async (context) => {
    const { query, filters } = filtersOf(context, parts, ["limit", "cursor", "sort"]);
    const limit = query.count("limit", 1, MOST_ROWS) ?? DEFAULT_LIMIT;
    const sort = query.word("sort", sortColumns) ?? "seq";
    const hash = filterHash(filters.canonical);
    const text = query.one("cursor");
    const cursor = text === undefined ? undefined : readCursor(text, sort, hash);
    const asOf = now();
    const filter = filterAt(filters, asOf);
    const newest = ledger.newestSeq();
    const limits = limitsOf(context, parts);
    const page = await ledger.page(
      {
        filter,
        sort,
        limit,
        ...(cursor?.direction === "next" ? { after: cursor.position } : {}),
        ...(cursor?.direction === "prev" ? { before: cursor.position } : {}),
      },
      limits,
    );
    const rows = await withDelivery(ledger, page.items, limits);
    const isBack = cursor?.direction === "prev";
    const items = fitting(rows.map(short), isBack);
    const [first, last] = [items[0], items.at(-1)];
    const isCut = items.length < rows.length;
    const next = isCut && !isBack && last ? positionOf(last, sort) : page.next;
    const prev = isCut && isBack && first ? positionOf(first, sort) : page.prev;
    const answer: CallsAnswer = {
      items,
      ...(next ? { next: writeCursor({ position: next, direction: "next" }, sort, hash) } : {}),
      ...(prev ? { prev: writeCursor({ position: prev, direction: "prev" }, sort, hash) } : {}),
      // Calls may have entered between the two questions, and be in the answer.
      watermark: Math.max(newest, ...items.map(({ seq }) => seq)),
      asOf: isoOf(asOf),
    };
    return jsonAnswer(answer);
  });
}

/** Room for what is around the rows. */
const ROOM = MOST_ANSWERED - 10_000;

/** A row with more tags than this is told the rest in numbers, if it is that large. */
const LARGE_ROW = 64 * 1024;
const MOST_TAGS = 20;

/** The row, of which lists have no room for everything: one call must not keep all others from being shown. */
function short(row: CallRow): CallRow {
  if (Buffer.byteLength(JSON.stringify(row)) <= LARGE_ROW) return row;
  const firstOf = (list: string[]): string[] =>
    list.length > MOST_TAGS ? [...list.slice(0, MOST_TAGS), `and ${list.length - MOST_TAGS} more`] : list;
  return { ...row, tags: firstOf(row.tags), diagnostics: firstOf(row.diagnostics) };
}

/** As many rows as an answer has room for, from the side that was asked for. */
function fitting(rows: CallRow[], isBack: boolean): CallRow[] {
  let bytes = 0;
  const ordered = isBack ? rows.toReversed() : rows;
  const beyond = ordered.findIndex((row) => (bytes += Buffer.byteLength(JSON.stringify(row)) + 1) > ROOM);
  if (beyond < 0) return rows;
  const kept = ordered.slice(0, Math.max(1, beyond));
  return isBack ? kept.toReversed() : kept;
}

/** The place of a row, as the ledger states it. */
function positionOf({ seq, cost, totalMs, ttftMs }: LedgerRow, sort: SortColumn): Position {
  if (sort === "seq") return [seq, seq];
  if (sort === "cost") return [cost, seq];
  const milliseconds = sort === "total" ? totalMs : ttftMs;
  return [milliseconds === null ? null : Math.round(milliseconds * 1000), seq];
}
