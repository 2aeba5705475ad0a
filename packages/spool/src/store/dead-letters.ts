import type { DeadLetter } from "@waybill/core";

import { SpoolError } from "../errors.js";
import { placeOf } from "../format/keys.js";
import type { StoredLetter } from "../format/record-row.js";
import { deadIn } from "../format/totals.js";
import { chargeOfLetters, endLetters, lettersOf, oldestLetter, toDeadLetter } from "../segment/letters.js";
import { atLeastOne } from "./check-input.js";
import type { Shared } from "./shared.js";
import { bytesInUse, checkRoom } from "./usage.js";

/** So many come at a time when nobody says how many. */
const PAGE = 1000;

/** Dead letters of an exporter, oldest first. */
export function listLetters(
  shared: Shared,
  sink: string,
  { after, limit = PAGE }: { after?: string | undefined; limit?: number | undefined } = {},
): DeadLetter[] {
  const behindPlace = after === undefined ? undefined : placeOf(after);
  if (after !== undefined && behindPlace === undefined)
    throw new SpoolError("bad-option", `after is the key of a dead letter, not ${JSON.stringify(after)}`);
  const most = atLeastOne(limit);
  const found = shared.run({ name: "read dead letters" }, () =>
    shared.segments.all.flatMap((segment) => lettersOf(segment, sink, { behindPlace, limit: most })),
  );
  // A process that was killed while it moved a dead letter left it in both places.
  const byPlace = new Map(found.map((each) => [each.place, each]));
  const sorted = [...byPlace.values()].toSorted((one, other) => one.place - other.place);
  return sorted.slice(0, most).map(({ place, letter }) => toDeadLetter(sink, letter ?? unreadable(place)));
}

function unreadable(place: number): StoredLetter {
  const reason = "the dead letter was damaged on the disk, and nothing is left of it: purge it";
  return { place, storedAt: 0, attempts: 0, diedAt: 0, id: "", text: "", code: "damaged", reason };
}

/** Lets dead letters wait again: all of them when they fit, or none. Returns how many. */
export function reviveLetters(shared: Shared, sink: string, keys?: readonly string[]): number {
  const places = placesOf(keys);
  const done = new Set<number>();
  let hasRoom = false;
  shared.run({ name: "revive dead letters" }, () => {
    const { segments, flusher } = shared;
    if (!hasRoom) {
      const more = segments.all.reduce((sum, segment) => sum + chargeOfLetters(segment, sink, places), 0);
      checkRoom(shared, bytesInUse(shared) + more, "let dead letters wait again");
      hasRoom = true;
    }
    if (segments.all.length > 0) segments.countRevival();
    for (const segment of segments.all) {
      endLetters(segment, sink, places, { revive: true, done });
      flusher.touched(segment);
    }
  });
  return done.size;
}

/** Forgets dead letters. Returns how many. */
export function purgeLetters(shared: Shared, sink: string, keys?: readonly string[]): number {
  const places = placesOf(keys);
  const done = new Set<number>();
  shared.run({ name: "purge dead letters", useReserve: true }, () => {
    const { segments, flusher } = shared;
    for (const segment of segments.all) {
      endLetters(segment, sink, places, { revive: false, done });
      flusher.touched(segment);
      segments.clear(segment);
    }
  });
  return done.size;
}

/** Forgets the oldest dead letters while there are too many. Only for use inside of `run`. */
export function trimLetters({ segments, limits, problems, flusher, root }: Shared): void {
  const size = () => segments.all.reduce((sum, segment) => sum + deadIn(segment.totals()).deadBytes, 0);
  let dropped = 0;
  while (size() > limits.maxDeadBytes) {
    const oldest = segments.all
      .flatMap((segment) => {
        const letter = oldestLetter(segment);
        return letter ? [{ segment, ...letter }] : [];
      })
      .toSorted((one, other) => one.place - other.place)[0];
    if (!oldest) break;
    endLetters(oldest.segment, oldest.sink, [oldest.place], { revive: false, done: new Set() });
    flusher.touched(oldest.segment);
    dropped++;
  }
  if (dropped === 0) return;
  const message = `the ${dropped} oldest dead letters in ${root} were over the limit of ${limits.maxDeadBytes} bytes and are gone`;
  problems.report({ kind: "dead-letter-dropped", message, records: dropped, path: root });
}

/** Keys that are none of ours name nothing. */
function placesOf(keys: readonly string[] | undefined): number[] | undefined {
  return keys && [...new Set(keys.map(placeOf))].filter((place) => place !== undefined);
}
