/** The first second whose nanoseconds OTLP's 64 bits do not hold. */
const END_OF_TIME = 18_446_744_073;

const isoLike =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.([0-9]{1,30}))?(Z|[+-][0-9]{2}:[0-9]{2})?$/;

/**
 * Epoch nanoseconds of a payload's time: epoch seconds, or the text of older payloads, which is UTC when it names no
 * zone. By way of decimal text: multiplying the double would move the last digits. Undefined for what is no time.
 */
export function toNanoseconds(time: unknown): bigint | undefined {
  if (typeof time === "string") {
    const [, day, clock, fraction = "", zone = "Z"] = isoLike.exec(time) ?? [];
    const seconds = Date.parse(`${day}T${clock}${zone}`) / 1000;
    return seconds >= 0 && seconds < END_OF_TIME ? joined(String(seconds), fraction) : undefined;
  }
  if (typeof time !== "number" || !(time >= 0 && time < END_OF_TIME)) return undefined;
  // What is below has an exponent in its text.
  const [whole = "", fraction = ""] = (time < 1e-6 ? time.toFixed(9) : String(time)).split(".");
  return joined(whole, fraction);
}

function joined(seconds: string, fraction: string): bigint {
  return BigInt(seconds + fraction.slice(0, 9).padEnd(9, "0"));
}

/** Seconds between two times in nanoseconds; undefined when either is unknown or the second is earlier. */
export function secondsBetween(start: bigint | undefined, end: bigint | undefined): number | undefined {
  return start === undefined || end === undefined || end < start ? undefined : Number(end - start) / 1e9;
}
