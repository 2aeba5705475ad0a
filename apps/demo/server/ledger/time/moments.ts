import { measureOf, membersOf, type Members } from "../members.js";

/** Microseconds beyond which a number is no longer exact: the year 2255. */
const LATEST = Number.MAX_SAFE_INTEGER;

/** Older payloads write UTC without saying so. */
const zoneless = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)$/;

/**
 * A time of a payload as epoch microseconds; null when it is none. At today's times a double of seconds is exact to a quarter
 * of a microsecond, so that rounding the product gives the digits that were written.
 */
export function momentOf(time: unknown): number | null {
  const seconds = typeof time === "string" ? secondsOf(time) : time;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 0) return null;
  const microseconds = Math.round(seconds * 1e6);
  return microseconds <= LATEST ? microseconds : null;
}

function secondsOf(text: string): number {
  const [, day, time] = zoneless.exec(text) ?? [];
  return day === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`) / 1000;
}

/** How long things took, in microseconds; null is what nobody measured. */
export type Durations = {
  /** Until the first piece of the answer, of a call that was streamed. */
  ttft: number | null;
  total: number | null;
  /** The longest gap between chunks. */
  gap: number | null;
  /** From the first piece to the finish reason. */
  writing: number | null;
};

/** Durations by the monotonic clock of the stream where there is one, else from the times of the record. */
export function durationsOf(payload: Members, isStreamed: boolean): Durations {
  const timing = membersOf(membersOf(payload.waybill).timing);
  const pieces = [timing.firstContent, timing.firstReasoning, timing.firstTool]
    .map(measureOf)
    .filter((moment) => moment !== null);
  const first = pieces.length > 0 ? Math.min(...pieces) : null;
  const finish = measureOf(timing.finish) ?? measureOf(timing.lastChunk);
  const between = isStreamed ? spanOf(payload.startTime, payload.completionStartTime) : null;
  return {
    ttft: isStreamed ? (microsecondsOf(first) ?? between) : null,
    total: microsecondsOf(timing.close) ?? spanOf(payload.startTime, payload.endTime),
    gap: microsecondsOf(membersOf(timing.gaps).max),
    writing: first !== null && finish !== null && finish > first ? microsecondsOf(finish - first) : null,
  };
}

/** Null also when a clock was put back meanwhile. */
function spanOf(start: unknown, end: unknown): number | null {
  const [from, to] = [momentOf(start), momentOf(end)];
  return from !== null && to !== null && to >= from ? to - from : null;
}

function microsecondsOf(milliseconds: unknown): number | null {
  const measure = measureOf(milliseconds);
  const microseconds = measure === null ? null : Math.round(measure * 1000);
  return microseconds !== null && microseconds <= LATEST ? microseconds : null;
}
