import { pointer } from "@waybill/core";

import { deepest } from "../json/json-limits.js";
import { notesOf, spellingOf } from "../json/notes.js";
import { readJson } from "../json/read-json.js";

/** A member in which two requests differ; `null` where one of them has none. */
export type RequestDifference = {
  /** JSON Pointer in the canonical request: `/body/messages/0/content`, `/test_id`; or `/url`, when that alone differs. */
  path: string;
  /** The JSON text of what was asked for; of long ones the part around the first difference. */
  asked: string | null;
  recorded: string | null;
};

/** The scalars and empty containers of a JSON text, by their places. */
export type Leaves = ReadonlyMap<string, string>;

/** The longest text of a value in a report, and how much of it stands before the difference. */
const SHOWN = 200;
const BEFORE = 40;

/** The leaves of a canonical request, as they are spelled there: `1.0` is not `1`. */
export function leavesOf(canonical: string): Leaves {
  const leaves = new Map<string, string>();
  // Our own text, of a body that kept to the limits: with what is around it, it may be beyond them.
  const limits = { depth: deepest, stringLength: Infinity, items: Infinity, textLength: Infinity };
  addLeaves(readJson(canonical, limits), "", undefined, leaves);
  return leaves;
}

function addLeaves(
  value: unknown,
  path: string,
  spelling: string | undefined,
  leaves: Map<string, string>,
): void {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    leaves.set(path, spelling ?? JSON.stringify(value));
    return;
  }
  const notes = notesOf(value);
  const isArray = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) {
    const name = isArray ? Number(key) : key;
    addLeaves(member, pointer(path, name), spellingOf(notes, name, member), leaves);
  }
}

/** The share of leaves that two requests have in common, from 0 to 1. */
export function likeness(left: Leaves, right: Leaves): number {
  let same = 0;
  for (const [path, text] of left) if (right.get(path) === text) same++;
  return same / (left.size + right.size - same);
}

/** Every place in which two requests differ. */
export function differencesOf(asked: Leaves, recorded: Leaves): RequestDifference[] {
  const paths = new Set([...asked.keys(), ...recorded.keys()]);
  return [...paths]
    .filter((path) => asked.get(path) !== recorded.get(path) && !isFilled(path, asked, recorded))
    .map((path) => {
      const [left, right] = [asked.get(path), recorded.get(path)];
      const at = firstDifference(left ?? "", right ?? "");
      return { path, asked: shown(left, at), recorded: shown(right, at) };
    });
}

/** Whether a container is empty in one request only: what the other has in it is told anyway. */
function isFilled(path: string, asked: Leaves, recorded: Leaves): boolean {
  const [own, other] = asked.has(path) ? [asked, recorded] : [recorded, asked];
  const text = own.get(path);
  if (text !== "{}" && text !== "[]") return false;
  return !other.has(path) && [...other.keys()].some((inner) => inner.startsWith(`${path}/`));
}

function firstDifference(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return at;
}

function shown(text: string | undefined, difference: number): string | null {
  if (text === undefined) return null;
  if (text.length <= SHOWN) return text;
  const start = Math.max(0, difference - BEFORE);
  const end = start + SHOWN;
  return `${start > 0 ? "..." : ""}${text.slice(start, end)}${end < text.length ? "..." : ""}`;
}
