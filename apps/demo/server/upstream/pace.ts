/** When the parts of one answer are sent, in milliseconds. */
export type Pace = {
  /** From the request to the headers. */
  headers: number;
  /** From the event before, or the headers, to the n-th event, from 0. */
  gapBefore: (event: number) => number;
};

/** The time to the first token is log-normal, with this middle and this spread. */
const FIRST = { median: 400, sigma: 0.6 };

/** A middle gap between two events; a stream with a stall waits that long once. */
const GAP = 25;
const STALLS = { share: 0.02, shortest: 500, longest: 3000 };

/** A stall comes among the first events, so that short answers have it, too. */
const STALL_WITHIN = 20;

/** The pace of one answer, as of a model that is asked by many. */
export function naturalPace(random: () => number): Pace {
  const first = FIRST.median * Math.exp(FIRST.sigma * normal(random));
  const hasStall = random() < STALLS.share;
  const stallAt = 1 + Math.floor(random() * STALL_WITHIN);
  const stall = STALLS.shortest + random() * (STALLS.longest - STALLS.shortest);
  // Headers come when the model has begun, shortly before its first token.
  const headers = first * 0.85;
  return {
    headers,
    gapBefore: (event) => {
      if (event === 0) return first - headers;
      if (hasStall && event === stallAt) return stall;
      return GAP * (0.4 + 1.2 * random());
    },
  };
}

/** Without any waiting. */
export const instantPace: Pace = { headers: 0, gapBefore: () => 0 };

/** A number around 0 with a spread of 1, by Box and Muller; the logarithm of 0 is never taken. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
