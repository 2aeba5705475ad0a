import { stretchesOf } from "../ledger/time/zone.js";
import { badValue, quoted } from "./api-problem.js";
import type { Query } from "./query.js";

const HOUR = 3_600_000;

/** The ranges that have a name, in milliseconds. They end now. */
export const ranges = { "1h": HOUR, "24h": 24 * HOUR, "7d": 168 * HOUR, "30d": 720 * HOUR } as const;
export type RangeName = keyof typeof ranges;
export const rangeNames = Object.keys(ranges) as RangeName[];

/** Which times are meant: a range that ends now, or fixed ends, of which `from` is inside and `to` is not. */
export type TimeRange = { range: RangeName } | { from?: number; to?: number };

/**
 * Reads `range`, or `from` and `to`, and the zone in which times without one are meant.
 * @throws ApiProblem `bad_value`
 */
export function readTimes(query: Query, defaultZone: string): { times: TimeRange; zone: string } {
  const zone = zoneOf(query.one("tz") ?? defaultZone);
  const range = query.word("range", rangeNames);
  const [from, to] = [momentOf(query, "from", zone), momentOf(query, "to", zone)];
  if (range !== undefined) {
    if (from !== undefined || to !== undefined)
      throw badValue("range", "cannot stand beside from and to", "leave one of them out");
    return { times: { range }, zone };
  }
  if (from !== undefined && to !== undefined && from >= to) throw badValue("to", "has to be later than from");
  return {
    times: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    zone,
  };
}

function zoneOf(zone: string): string {
  try {
    // The same check as the ledger's, made before anything is asked.
    stretchesOf(zone, 0, 0);
    return zone;
  } catch {
    throw badValue("tz", `${quoted(zone)} is no time zone`, "an IANA name such as Europe/Berlin");
  }
}

const moment =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d{0,6})?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function momentOf(query: Query, name: string, zone: string): number | undefined {
  const text = query.one(name);
  if (text === undefined) return undefined;
  const time = readMoment(text, zone);
  // The ledger counts microseconds in doubles, and no call was made before 1970.
  if (time !== undefined && time >= 0 && time < LATEST) return time;
  throw badValue(name, `${quoted(text)} is no time`, "2026-11-20 or 2026-11-20T14:00:00Z");
}

const LATEST = Date.UTC(2255, 0, 1);

function readMoment(text: string, zone: string): number | undefined {
  const [whole, year, month, day, hour = "00", minute = "00", second = "00", part = "0", offset] =
    moment.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const fraction = `${second}.${part.padEnd(3, "0")}`;
  const utc = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${fraction}Z`);
  // February 30 would be taken for March 2.
  if (Number.isNaN(utc) || new Date(utc).getUTCDate() !== Number(day)) return undefined;
  if (offset === undefined) return utcOf(utc, zone);
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${fraction}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}

const DAY = 24 * HOUR;

/** When the clocks of a zone show what a clock of UTC shows at that time; the first time, when they do twice. */
function utcOf(shown: number, zone: string): number {
  const stretches = stretchesOf(zone, shown - DAY, shown + DAY);
  for (const [index, { from, offset }] of stretches.entries()) {
    const time = shown - offset;
    const end = stretches[index + 1]?.from ?? Infinity;
    if (time < end) return Math.max(time, from);
  }
  return shown;
}
