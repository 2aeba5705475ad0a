import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";

const segment = /^spool-(\d{8,})$/;

/** The name of a segment's folder. Such names sort by age. */
export function segmentName(number: number): string {
  return `spool-${String(number).padStart(8, "0")}`;
}

/** The number in the name of a segment's folder; undefined for any other. */
export function segmentNumber(name: string): number | undefined {
  const digits = segment.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Where something damaged is moved to, beside the others. */
export function asideName(path: string): string {
  return join(dirname(path), `broken-${basename(path)}-${randomBytes(4).toString("hex")}`);
}
