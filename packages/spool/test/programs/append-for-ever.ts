/**
 * Appends and settles until it is killed, and tells what is certain: "kept ID" once append returned, "settled ID" before settle
 * is called. Whoever reads along knows what must be there, and what may be.
 */
import fs, { writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";

import { openSpool } from "../../src/index.js";

const [dir, name, segmentBytes, killAt] = process.argv.slice(2).map((arg) => JSON.parse(arg) as unknown) as [
  string,
  string,
  number,
  string | undefined,
];

function say(text: string): void {
  // Straight to the pipe: what is in a buffer of this process dies with it.
  writeSync(1, `${text}\n`);
}

function reach(point: string): void {
  if (point === killAt && ++reached > 3) process.kill(process.pid, "SIGKILL");
}

let reached = 0;

/** With "call-N" it is killed before the Nth call that changes names or files in other ways than LMDB's. */
const lastCall = Number(/^call-(\d+)$/.exec(killAt ?? "")?.[1] ?? Infinity);
let calls = 0;
for (const call of [
  "mkdirSync",
  "rmSync",
  "renameSync",
  "linkSync",
  "writeFileSync",
  "fdatasyncSync",
] as const) {
  const real = fs[call] as (...args: unknown[]) => unknown;
  const counting = (...args: unknown[]): unknown => {
    if (++calls === lastCall) process.kill(process.pid, "SIGKILL");
    return real(...args);
  };
  Object.assign(fs, { [call]: counting });
}
syncBuiltinESMExports();

const spool = await openSpool(dir, {
  segmentBytes,
  flushAfterMs: 5,
  onProblem: ({ message }) => say(`problem ${message}`),
});
const me = { owner: name, leaseMs: 60_000 };
say("open");
for (let count = 0; ; count += 8) {
  const ids = Array.from({ length: 8 }, (_, index) => `${name}-${count + index}`);
  reach("before-append");
  spool.append(
    ids.map((id, index) => ({
      id,
      text: JSON.stringify({ id, pad: "x".repeat(index * 700) }),
      sinks: ["a"],
    })),
  );
  reach("after-append");
  say(`kept ${ids.join(" ")}`);
  const taken = spool.claim("a", { ...me, maxRecords: 6, maxBytes: 1e6 });
  reach("after-claim");
  say(`settled ${taken.map(({ id }) => id).join(" ")}`);
  const [first, ...rest] = taken;
  if (first && count % 3 === 0) {
    spool.settle("a", name, [{ key: first.key, status: "dead", code: "bad", reason: "" }]);
    reach("after-dead");
  }
  spool.settle(
    "a",
    name,
    rest.map(({ key }) => ({ key, status: "done" })),
  );
  reach("after-settle");
  if (count % 5 === 0) {
    const sync = spool.sync();
    reach("in-sync");
    await sync;
    reach("after-sync");
  }
}
