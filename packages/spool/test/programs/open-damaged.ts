/**
 * Damages copies of a spool, opens each, and takes out what is there. Prints a line before and after each, so that it is known
 * which one ended the process.
 */
import {
  appendFileSync,
  cpSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeSync,
  closeSync,
  statSync,
} from "node:fs";
import { join } from "node:path";

import { openSpool } from "../../src/index.js";

/** What is done to a file: cut at an offset, or bytes at an offset are changed. */
export type Damage =
  | { file: string; kind: "cut"; at: number }
  | { file: string; kind: "flip"; at: number; bit: number }
  | { file: string; kind: "noise"; at: number; bytes: number; seed: number }
  | { file: string; kind: "append"; bytes: number };

export type Outcome = {
  index: number;
  ids: string[];
  dead: number;
  problems: Record<string, { times: number; records: number }>;
  kept: boolean;
};

function apply(dir: string, damage: Damage): void {
  const path = join(dir, damage.file);
  if (damage.kind === "cut") truncateSync(path, damage.at);
  else if (damage.kind === "append") appendFileSync(path, Buffer.alloc(damage.bytes, 0x5a));
  else {
    const file = openSync(path, "r+");
    const bytes = Buffer.alloc(damage.kind === "flip" ? 1 : damage.bytes);
    readSync(file, bytes, 0, bytes.length, damage.at);
    if (damage.kind === "flip") bytes[0] = (bytes[0] ?? 0) ^ (1 << damage.bit);
    else {
      let state = damage.seed;
      for (let index = 0; index < bytes.length; index++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        bytes[index] = state >>> 24;
      }
    }
    writeSync(file, bytes, 0, Math.min(bytes.length, statSync(path).size - damage.at), damage.at);
    closeSync(file);
  }
}

const [template, work, damages] = process.argv.slice(2).map((arg) => JSON.parse(arg) as unknown) as [
  string,
  string,
  Damage[],
];

for (const [index, damage] of damages.entries()) {
  console.log(`${index}`);
  const dir = join(work, String(index));
  cpSync(template, dir, { recursive: true });
  apply(dir, damage);
  const limits = { flushAfterMs: 2 ** 31 - 1 };
  const spool = await openSpool(dir, limits);
  const ids: string[] = [];
  const owner = { owner: "me", leaseMs: 60_000 };
  for (;;) {
    const taken = spool.claim("a", { ...owner, maxRecords: 100, maxBytes: Infinity });
    if (taken.length === 0) break;
    ids.push(...taken.map(({ id }) => id));
    spool.settle(
      "a",
      "me",
      taken.map(({ key }) => ({ key, status: "done" })),
    );
  }
  const letters = spool.deadLetters("a", { limit: 10_000 });
  // It goes on as if nothing had been.
  spool.append([{ id: "after", text: "{}", sinks: ["a"] }]);
  const kept = spool.claim("a", { ...owner, maxRecords: 1, maxBytes: Infinity })[0]?.id === "after";
  await spool.close();
  const again = await openSpool(dir, limits);
  const outcome: Outcome = {
    index,
    ids,
    dead: letters.length,
    problems: spool.problems(),
    kept: kept && again.stats("a").records === 1,
  };
  await again.close();
  console.log(JSON.stringify(outcome));
  rmSync(dir, { recursive: true, force: true });
}
