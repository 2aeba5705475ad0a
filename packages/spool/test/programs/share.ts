/** Appends records and delivers whatever there is, beside others that do the same, until all of them are delivered. */
import { appendFileSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

import { openSpool } from "../../src/index.js";

const [dir, log, name, count, total] = process.argv.slice(2).map((arg) => JSON.parse(arg) as unknown) as [
  string,
  string,
  string,
  number,
  number,
];

const spool = await openSpool(dir, { segmentBytes: 65_536, flushAfterMs: 3 });
const me = { owner: name, leaseMs: 60_000 };
let appended = 0;
let round = 0;
for (;;) {
  round++;
  if (appended < count) {
    const ids = Array.from(
      { length: Math.min(7, count - appended) },
      (_, index) => `${name}-${appended + index}`,
    );
    const records = ids.map((id, index) => ({ id, text: "x".repeat(index * 900), sinks: ["a"] }));
    spool.append(records, round % 4 === 0 ? me : undefined);
    appended += ids.length;
    // What it had at once, it gives back.
    if (round % 8 === 0) spool.release(name);
  }
  const taken = spool.claim("a", { ...me, maxRecords: 5, maxBytes: 1e6 });
  const again = taken.filter(({ attempts, id }) => attempts === 0 && id.endsWith("3"));
  const rest = taken.filter((each) => !again.includes(each));
  spool.settle(
    "a",
    name,
    again.map(({ key }) => ({ key, status: "retry", notBefore: 0 })),
  );
  const settled = spool.settle(
    "a",
    name,
    rest.map(({ key }) => ({ key, status: "done" })),
  );
  if (settled !== rest.length) throw new Error(`${settled} of ${rest.length} were still ours`);
  if (rest.length > 0) appendFileSync(log, `${rest.map(({ id }) => id).join("\n")}\n`);
  if (taken.length === 0 && appended === count) {
    if (readFileSync(log, "utf8").split("\n").length > total) break;
    spool.release(name);
  }
  if (round % 10 === 0) await setImmediate();
}
await spool.close();
