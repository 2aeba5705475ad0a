import { chatChunks, cut, sseBytes } from "@waybill/testkit";

import { contentOf } from "./naive.js";
import { readerOf } from "./readers.js";
import { settledMemory } from "./settled-memory.js";

/** What one reader does with a stream of so many chunks. */
export type Growth = { nanoseconds: number; peakMib: number; isRight: boolean };

/*
 * Measures one reader on a stream of so many chunks: `growth-process.ts NAME CHUNKS`. The stream is a head, a block of
 * chunks again and again, and a tail, so that it is never in memory as a whole; its reads are there beforehand.
 */

const BLOCK = 10_000;
const WARM_UP_MS = 500;
/** Short streams are read several times, for their time to be measurable. */
const LEAST_CHUNKS = 200_000;
/** Reads from one look at the memory to the next. */
const STEP = 32;

const { head, block, tail, text } = pieces();
let peak = 0;
let looked = 0;

function pieces() {
  const chunks = chatChunks({ chunks: BLOCK, text: "mixed" });
  const withoutDone = (bytes: Uint8Array) => bytes.slice(0, -"data: [DONE]\n\n".length);
  return {
    head: withoutDone(sseBytes(chunks.slice(0, 1))),
    block: cut(withoutDone(sseBytes(chunks.slice(1, -2))), 16 * 1024),
    tail: sseBytes(chunks.slice(-2)),
    text: contentOf(chunks),
  };
}

function* streamOf(blocks: number): Generator<Uint8Array> {
  yield head;
  for (let each = 0; each < blocks; each++) {
    for (const read of block) {
      yield read;
      looked++;
      if (looked % STEP === 0) look();
    }
  }
  yield tail;
}

function look(): void {
  peak = Math.max(peak, process.memoryUsage.rss());
}

/** CPU milliseconds since this process started. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measure(name: string, count: number): Promise<Growth> {
  const reader = await readerOf(name);
  const blocks = count / BLOCK;
  // The memory first: behind a warm-up, what it left behind would be there to be used again.
  await settledMemory();
  const base = process.memoryUsage.rss();
  const answer = await reader.answer(streamOf(blocks));
  look();
  const peakMib = (peak - base) / 2 ** 20;
  const isRight = name === "floor" || answer?.choices[0]?.content === text.repeat(blocks);
  for (const start = cpu(); cpu() - start < WARM_UP_MS;) await reader.read(streamOf(1));
  const runs = Math.max(1, LEAST_CHUNKS / count);
  const start = cpu();
  for (let run = 0; run < runs; run++) await reader.read(streamOf(blocks));
  return { nanoseconds: ((cpu() - start) * 1e6) / (runs * count), peakMib, isRight };
}

process.stdout.write(JSON.stringify(await measure(process.argv[2] ?? "", Number(process.argv[3]))));
