/** Nanoseconds since the epoch as ISO 8601 in UTC with six digits, e.g. `2025-12-17T19:34:28.284660Z`. */
export function toIsoTime(nanoseconds: bigint): string {
  const micros = String((nanoseconds / 1000n) % 1000n).padStart(3, "0");
  return `${new Date(toMilliseconds(nanoseconds)).toISOString().slice(0, -1)}${micros}Z`;
}

/** What Langfuse keeps of a time. */
export function toMilliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / 1_000_000n);
}
