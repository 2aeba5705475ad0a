/** The widths of buckets, in seconds. */
export const steps = {
  "1m": 60,
  "5m": 300,
  "15m": 900,
  "1h": 3600,
  "3h": 10_800,
  "6h": 21_600,
  "12h": 43_200,
  "1d": 86_400,
  "7d": 604_800,
} as const;

export type Step = keyof typeof steps;

/** The smallest step that makes at most so many buckets of a range; the largest when none does. */
export function stepFor(seconds: number, most: number): Step {
  const names = Object.keys(steps) as Step[];
  return names.find((name) => seconds / steps[name] <= most) ?? "7d";
}
