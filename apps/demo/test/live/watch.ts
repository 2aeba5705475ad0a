import { afterEach } from "vitest";

import { filterNames, readFilters } from "../../server/api/filters.js";
import { Query } from "../../server/api/query.js";
import type { LiveRequest } from "../../server/live/live-feed.js";
import { harness, type Harness } from "../api/api-harness.js";
import { EventReader, named, type ReadEvent } from "./events.js";
import { settled } from "./fake-clock.js";

const open: Harness[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
});

/** A feed over a ledger, which is closed after the test. */
export async function opened(): Promise<Harness> {
  const test = await harness();
  open.push(test);
  return test;
}

export function list(search = "", more: { lastSeq?: number; cut?: () => void } = {}): LiveRequest {
  return { filters: readFilters(new Query(new URLSearchParams(search), filterNames), "UTC"), ...more };
}

export function watch(test: Harness, request: LiveRequest = list()): EventReader {
  const stream = test.feed.open(request);
  if (!stream) throw new Error("there are too many streams");
  return new EventReader(stream);
}

/** Time passes, and queries that were begun in it end. */
export async function pass(test: Harness, ms: number): Promise<void> {
  await test.clock.advance(ms);
  for (let turns = 0; turns < 20; turns++) await settled();
}

/** What is looked for in what is told, as soon as there is any: queries take the time they take. */
export async function heard<T>(
  test: Harness,
  reader: EventReader,
  look: (events: ReadEvent[]) => T[],
): Promise<T[]> {
  for (;;) {
    const found = look(await reader.drain());
    if (found.length > 0) return found;
    // So little that nothing else happens but what waits already.
    await test.clock.advance(1);
  }
}

export const endsOf = (events: ReadEvent[]) => named(events, "calls").flatMap(({ end }) => end);
