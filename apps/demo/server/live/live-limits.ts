/** What a live stream holds itself to. `rows` and `text` are of a list; `resume` is how many ends are told again. */
export const liveLimits = {
  rows: 50,
  /** Characters of a row's text. */
  text: 240,
  resume: 200,
  /** Bytes that wait for one client. */
  bytes: 256 * 1024,
  tickMs: 100,
} as const;

/** Streams at a time. */
export const MOST_STREAMS = 20;
/** Streams of one client at a time, so that there are some for others. */
export const MOST_OF_ONE = 6;
/** Characters of the text of an open waybill that one event has. */
export const MOST_DELTA = 64 * 1024;
/** Ends that wait for one client until the next tick. */
export const MOST_ENDS = 500;
