/** The first moment that ISO 8601 writes with five digits for the year. */
const YEAR_10000 = 253_402_300_800;

const isoLike =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?$/;

/**
 * Epoch seconds as ISO 8601 in UTC with six digits, by way of decimal text: multiplying the double would move the last
 * digits. Text that is ISO already is brought to UTC; LiteLLM's old zoneless times are taken as UTC. Undefined for what
 * is no time between 1970 and 9999.
 */
export function toIsoTime(time: number | string): string | undefined {
  if (typeof time === "string") {
    if (time.length > 40 || !isoLike.test(time)) return undefined;
    const iso = time.replace(" ", "T");
    const ms = Date.parse(/(?:Z|[+-][0-9]{2}:[0-9]{2})$/.test(iso) ? iso : `${iso}Z`);
    return ms >= 0 && ms < YEAR_10000 * 1000 ? new Date(ms).toISOString() : undefined;
  }
  if (!(time >= 0 && time < YEAR_10000)) return undefined;
  const [seconds, fraction] = time.toFixed(6).split(".") as [string, string];
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
