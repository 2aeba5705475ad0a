/**
 * Epoch seconds as ISO 8601 in UTC with six digits, by way of decimal text: multiplying the double would move the last
 * digits. Text that is already ISO is passed on; LiteLLM's old zoneless times are taken as UTC.
 */
export function toIsoTime(time: number | string): string | undefined {
  if (typeof time === "string") {
    const iso = time.replace(" ", "T");
    const zoned = /(?:Z|[+-][0-9]{2}:[0-9]{2})$/.test(iso) ? iso : `${iso}Z`;
    return Number.isNaN(Date.parse(zoned)) ? undefined : new Date(zoned).toISOString();
  }
  if (!Number.isFinite(time) || time < 0 || time >= 253_402_300_800) return undefined;
  const [seconds, fraction] = time.toFixed(6).split(".") as [string, string];
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
