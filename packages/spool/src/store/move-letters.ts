import type { Problems } from "../problems.js";
import { lettersOf } from "../segment/letters.js";
import { putLetters } from "../segment/restore.js";
import type { Segment } from "../segment/segment.js";
import { flushNow } from "./flush.js";

/** Dead letters are large, and all of one page are in memory. */
const PAGE = 64;

/**
 * Copies all dead letters of a segment into another, and brings that to the disk, so that the first one can go. Those that are
 * there already stay as they are, so it can be done again when it was cut short.
 */
export function moveLetters(
  from: Segment,
  to: Segment,
  { problems, boot }: { problems: Problems; boot: string },
): void {
  for (const { name, dead } of from.totals().sinks) {
    let behindPlace: number | undefined;
    for (let left = dead; left > 0;) {
      const found = lettersOf(from, name, { behindPlace, limit: PAGE });
      if (found.length === 0) break;
      left -= found.length;
      behindPlace = found.at(-1)?.place;
      const letters = found.flatMap(({ letter }) => (letter ? [{ ...letter, sink: name }] : []));
      putLetters(to, letters);
      const lost = found.length - letters.length;
      const message = `${lost} dead letters in ${from.env.folder} were damaged and are gone`;
      if (lost > 0) problems.report({ kind: "damaged-record", message, records: lost });
    }
  }
  flushNow(to, boot);
}
