import { Value } from "@sinclair/typebox/value";
import type { CostResult, CostStatus } from "@waybill/core";
import { CostLineSchema, CostStatusSchema } from "@waybill/core/schemas";
import { compareExact, sumExact } from "@waybill/cost";

import { listOf, measureOf, membersOf, textOf } from "../ledger/members.js";
import type { StoredCost } from "./schemas.js";

/** The price that a record states. One without the member `waybill` states no exact cost. */
export function storedCost(payload: Record<string, unknown>): StoredCost {
  const { cost } = membersOf(payload.waybill);
  const stated = membersOf(cost);
  const isKnown = Value.Check(CostStatusSchema, stated.status);
  const reason = textOf(stated.reason) ?? (isKnown ? null : "the record states no exact cost");
  const notes = listOf(stated.notes).filter((note): note is string => typeof note === "string");
  return {
    status: isKnown ? (stated.status as CostStatus) : "unpriced",
    ...amounts(textOf(stated.exact), stated.lines),
    double: measureOf(payload.response_cost),
    catalog: textOf(stated.catalog),
    ...optional("reason", reason),
    ...optional("inclusion", textOf(stated.inclusion)),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** A price that was computed just now. */
export function costAnswer(result: CostResult): StoredCost {
  return {
    status: result.status,
    ...amounts(result.exact, result.lines),
    double: result.cost,
    catalog: result.catalog ?? null,
    ...optional("reason", result.reason ?? null),
    ...optional("inclusion", result.inclusion ?? null),
    ...(result.notes ? { notes: result.notes } : {}),
  };
}

/** The amount and its lines, and whether they say the same. */
function amounts(
  exact: string | null,
  given: unknown,
): Pick<StoredCost, "exact" | "lines" | "sum" | "linesAgree"> {
  const lines = listOf(given).filter((line): line is StoredCost["lines"][number] =>
    Value.Check(CostLineSchema, line),
  );
  const sum = lines.length === 0 ? null : sumOf(lines.map(({ amount }) => amount));
  const linesAgree = exact === null || sum === null ? null : isSame(sum, exact);
  return { exact, lines, sum, linesAgree };
}

function sumOf(amountsOfLines: readonly string[]): string | null {
  try {
    const sum = sumExact(amountsOfLines);
    return sum.length <= 80 ? sum : null;
  } catch {
    return null;
  }
}

function isSame(sum: string, exact: string): boolean {
  try {
    return compareExact(sum, exact) === 0;
  } catch {
    return false;
  }
}

function optional<Name extends "reason" | "inclusion">(
  name: Name,
  text: string | null,
): { [name in Name]?: string } {
  return (text === null ? {} : { [name]: text }) as { [name in Name]?: string };
}
