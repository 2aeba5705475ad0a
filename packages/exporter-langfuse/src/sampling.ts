/** Digits of a trace id that decide: its end, because ids that begin with the time are not random at their beginning. */
const DIGITS = 13;

/**
 * Whether a trace belongs to the share that is kept, from 0 to 1. By its id alone, so that a trace is whole or absent, also
 * when several processes send parts of it.
 */
export function isSampled(traceId: string, rate: number): boolean {
  return parseInt(traceId.slice(-DIGITS), 16) < rate * 16 ** DIGITS;
}
