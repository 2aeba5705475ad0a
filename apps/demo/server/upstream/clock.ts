/** Time as the demo's upstream and traffic see it, so that tests can make it pass. */
export type Clock = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Resolves when so many milliseconds have passed, or at once when the signal aborts. Never rejects. */
  wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
};

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      // A timer of no time still takes a millisecond.
      if (signal?.aborted || milliseconds <= 0) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      signal?.addEventListener("abort", end, { once: true });
    }),
};
