const pattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** Whether a text is a day of the calendar, such as "2026-08-01". */
export function isDay(text: unknown): text is string {
  if (typeof text !== "string" || !pattern.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse makes March 2 of February 30.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** How many days lie between two days. */
export function daysBetween(left: string, right: string): number {
  return Math.abs(Date.parse(`${left}T00:00:00Z`) - Date.parse(`${right}T00:00:00Z`)) / 86_400_000;
}

/** The day after a day. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
