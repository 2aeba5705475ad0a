import { WaybillError } from "@waybill/core/errors";

/** What options are written like. Times are below 1e9 milliseconds: timers hold little more. */
const right =
  /^(compression: (gzip|none)|content: (none|attributes|events|both)|maxContent: (\d+|Infinity)|signals: (metrics,)?traces(,metrics)?|timeoutMs: [1-9]\d{0,8}(\.\d+)?)$/;

/**
 * Holds that an option is such as works: a wrong one shows when the program starts, and not in what is never sent.
 * @throws WaybillError `bad-option`
 */
export function check(option: string, value: unknown): void {
  const text = `${option}: ${String(value)}`;
  if (value !== undefined && !right.test(text)) throw new WaybillError("bad-option", text);
}
