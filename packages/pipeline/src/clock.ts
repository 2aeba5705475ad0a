/** Time as a pipeline sees it. Tests put in a clock of their own. */
export type Clock = {
  /** The time of day, in epoch milliseconds. It may jump. */
  now(): number;
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number;
  /**
   * Calls back after a while and returns what cancels it. With `isVital` a program does not end before: what was accepted
   * is on its way for the first time. All other timers let it end.
   */
  after(ms: number, call: () => void, isVital: boolean): () => void;
};

/** The clocks and timers of the runtime. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, call, isVital) => {
    const timer: unknown = setTimeout(call, Math.min(Math.max(0, ms), MAX_DELAY));
    // Only Node and Bun have handles that can let the process go.
    if (!isVital && typeof timer === "object" && timer !== null && "unref" in timer)
      (timer as { unref(): void }).unref();
    return () => clearTimeout(timer as ReturnType<typeof setTimeout>);
  },
};

/** Timers take no more than 31 bits. */
const MAX_DELAY = 2 ** 31 - 1;
