import { Accumulator } from "@waybill/stream";
import { chatChunks, cut, sseBytes } from "@waybill/testkit";

import { settledMemory } from "./settled-memory.js";

/*
 * Measures what a stream holds that waits for more: `idle-process.ts`, with `gc`.
 */

const STREAMS = 1000;

const reads = halfOf(sseBytes(chatChunks({ chunks: 200 })));

/** The first half of a body, in reads that end in the middle of an event. */
function halfOf(bytes: Uint8Array): Uint8Array[] {
  const events = cut(bytes, "event");
  const half = events.slice(0, events.length / 2);
  return half.map((event, place) => {
    const next = events[place + 1] ?? event;
    const rest = event.subarray(place === 0 ? 0 : event.length >> 1);
    return Uint8Array.from([...rest, ...next.subarray(0, next.length >> 1)]);
  });
}

function open(): Accumulator {
  const accumulator = new Accumulator();
  // Each read is a copy of its own, as a socket's are: one that was kept would be seen.
  for (const read of reads) accumulator.write(read.slice());
  return accumulator;
}

// What is made once and for all is there before it counts.
for (let each = 0; each < STREAMS; each++) open();
const before = await settledMemory();
const streams = Array.from({ length: STREAMS }, open);
const bytes = ((await settledMemory()) - before) / STREAMS;
const characters = streams[0]?.snapshot().choices[0]?.message.content?.length ?? Number.NaN;
process.stdout.write(JSON.stringify({ bytes, characters }));
