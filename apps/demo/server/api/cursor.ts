import type { Position, SortColumn } from "../ledger/ledger-store.js";
import { ApiProblem } from "./api-problem.js";

/** A place in a list, and which way to go from there. */
export type Cursor = { position: Position; direction: "next" | "prev" };

/** What lists can be sorted by. */
export const sortColumns: readonly SortColumn[] = ["seq", "cost", "total", "ttft"];

const LONGEST = 500;

/** Writes a place of a list as base64url of `[sort, value, seq, hash of the filters, direction]`. */
export function writeCursor({ position, direction }: Cursor, sort: SortColumn, hash: string): string {
  return Buffer.from(JSON.stringify([sort, ...position, hash, direction])).toString("base64url");
}

/**
 * Reads a cursor of a list with this order and these filters.
 * @throws ApiProblem `bad_cursor` for what is none, `cursor_mismatch` for one of another list
 */
export function readCursor(text: string, sort: SortColumn, hash: string): Cursor {
  const [ofSort, value, seq, ofHash, direction] = partsOf(text) ?? [];
  if (!isSort(ofSort) || typeof ofHash !== "string" || !isPlace(ofSort, value, seq)) throw badCursor();
  if (direction !== "next" && direction !== "prev") throw badCursor();
  if (ofSort !== sort || ofHash !== hash)
    throw new ApiProblem(
      400,
      "cursor_mismatch",
      "the cursor belongs to a list with other filters or another order",
      { field: "cursor", hint: "leave the cursor out when filters or sort change" },
    );
  return { position: [value as string | number | null, seq as number], direction };
}

function partsOf(text: string): unknown[] | undefined {
  if (text.length > LONGEST || !/^[\w-]+$/.test(text)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return Array.isArray(parts) && parts.length === 5 ? (parts as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}

function isSort(value: unknown): value is SortColumn {
  return sortColumns.some((sort) => sort === value);
}

function isPlace(sort: SortColumn, value: unknown, seq: unknown): boolean {
  if (!Number.isSafeInteger(seq) || (seq as number) < 0) return false;
  if (sort === "seq") return value === seq;
  if (value === null) return true;
  return sort === "cost"
    ? typeof value === "string" && /^-?[0-9]{1,14}(?:\.[0-9]{1,24})?$/.test(value)
    : Number.isSafeInteger(value);
}

function badCursor(): ApiProblem {
  return new ApiProblem(400, "bad_cursor", "this is no cursor of ours", {
    field: "cursor",
    hint: "use next and prev of an answer as they are, or leave the cursor out",
  });
}
