import type { Clock } from "@waybill/pipeline";

/** Time that goes faster than the machine's, so that an outage of ten seconds is a tenth of one. */
export function scaledClock(factor: number): Clock {
  const start = performance.now();
  const elapsed = (): number => (performance.now() - start) * factor;
  return {
    now: () => Date.UTC(2026, 0, 2) + elapsed(),
    monotonic: elapsed,
    after: (ms, call) => {
      const timer = setTimeout(call, Math.max(0, ms) / factor);
      return () => clearTimeout(timer);
    },
  };
}
