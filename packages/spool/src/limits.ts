import { SpoolError } from "./errors.js";
import type { SpoolProblem } from "./problems.js";

/** How much a spool may hold, and what its surroundings are. All of it may be left out. */
export type SpoolLimits = {
  /** Bytes of the records that wait, as `usage` counts them; default 512 MiB. On the disk they take up to twice as much. */
  maxBytes?: number | undefined;
  /** Bytes of one record's text and id; default 8 MiB, at most 15 MiB. */
  maxRecordBytes?: number | undefined;
  /** Bytes of all dead letters, the oldest of which go; default 64 MiB. */
  maxDeadBytes?: number | undefined;
  /**
   * How large a file grows, in bytes, before the next one is begun; default 64 MiB, or a sixteenth of `maxBytes` if that is more.
   * Files are deleted once they are empty.
   */
  segmentBytes?: number | undefined;
  /** After how long, in milliseconds, what was written is flushed to the disk without being asked; default 1000. */
  flushAfterMs?: number | undefined;
  /** The time, in epoch milliseconds. */
  now?: (() => number) | undefined;
  /** Hears of everything that went wrong and was got over. What it throws is ignored. */
  onProblem?: ((problem: SpoolProblem) => void) | undefined;
};

export type ResolvedLimits = Required<{ [Name in keyof SpoolLimits]: NonNullable<SpoolLimits[Name]> }>;

const MIB = 1 << 20;

/** The values above which LMDB hands out its own memory, which may go away under us. */
const LARGEST_RECORD = 15 * MIB;
/** Half of what is mapped of a file. */
const LARGEST_SEGMENT = 1024 * MIB;

const numbers = {
  maxBytes: { fallback: 512 * MIB, least: 1, most: Number.MAX_SAFE_INTEGER },
  maxRecordBytes: { fallback: 8 * MIB, least: 1, most: LARGEST_RECORD },
  maxDeadBytes: { fallback: 64 * MIB, least: 0, most: Number.MAX_SAFE_INTEGER },
  flushAfterMs: { fallback: 1000, least: 1, most: 2 ** 31 - 1 },
} as const;

/** @throws SpoolError `bad-option` */
export function resolveLimits(limits: SpoolLimits): ResolvedLimits {
  const read = (name: keyof typeof numbers): number => {
    const { fallback, least, most } = numbers[name];
    return checked(name, limits[name] ?? fallback, least, most);
  };
  const { now = Date.now, onProblem = () => undefined } = limits;
  if (typeof now !== "function" || typeof onProblem !== "function")
    throw new SpoolError("bad-option", "now and onProblem are functions");
  const maxBytes = read("maxBytes");
  const usual = Math.min(Math.max(64 * MIB, maxBytes / 16), LARGEST_SEGMENT);
  return {
    maxBytes,
    maxRecordBytes: read("maxRecordBytes"),
    maxDeadBytes: read("maxDeadBytes"),
    segmentBytes: checked("segmentBytes", limits.segmentBytes ?? usual, 64 * 1024, LARGEST_SEGMENT),
    flushAfterMs: read("flushAfterMs"),
    now,
    onProblem,
  };
}

function checked(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return Math.floor(value);
  throw new SpoolError("bad-option", `${name} is a number from ${least} to ${most}, not ${String(value)}`);
}
