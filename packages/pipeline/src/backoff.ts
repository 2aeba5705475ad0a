/** Full jitter: any time between nothing and a bound that doubles with every failure, so that senders do not march in step. */
export function backoffMs(failures: number, random: () => number): number {
  const bound = Math.min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** Math.max(0, failures - 1));
  return random() * bound;
}

const FIRST_BACKOFF = 500;
const MAX_BACKOFF = 60_000;
