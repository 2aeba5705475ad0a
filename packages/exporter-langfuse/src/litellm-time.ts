import { toIsoTime, toMilliseconds } from "./iso-time.js";

/**
 * A time as LiteLLM writes that of a generation: in the zone of its process, without a fraction when that is exactly zero.
 * `offset` is minutes east of UTC; without one, and with 0, the time is UTC and ends in Z.
 */
export function toZonedTime(nanoseconds: bigint, offset = 0): string {
  const local = inZone(nanoseconds, offset).replace(".000000", "");
  if (offset === 0) return `${local}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const sign = offset < 0 ? "-" : "+";
  return `${local}${sign}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

/** The clock of a time as LiteLLM puts it into the id of a generation: `16-23-27-220129`. */
export function clockOf(nanoseconds: bigint, offset = 0): string {
  return inZone(nanoseconds, offset).slice(11).replaceAll(/[:.]/g, "-");
}

/** The zone's own time without a zone. */
function inZone(nanoseconds: bigint, offset: number): string {
  const iso = toIsoTime(nanoseconds);
  const local = new Date(toMilliseconds(nanoseconds) + offset * 60_000).toISOString();
  return `${local.slice(0, 19)}${iso.slice(19, 26)}`;
}
