/** Appends batches until it is killed, and tells of each one once `append` has resolved: "kept FIRST LAST". */
import { writeSync } from "node:fs";

import { openLedger } from "../../../server/ledger/duckdb/open-ledger.js";
import { NOON, recordOf } from "../calls.js";

const [path = "", from = "0"] = process.argv.slice(2);

function say(text: string): void {
  // Straight to the pipe: what is in a buffer of this process dies with it.
  writeSync(1, `${text}\n`);
}

const ledger = await openLedger(path, { threads: 1 });
say(`open ${ledger.newestSeq()} ${ledger.recovered?.reason ?? "whole"}`);
for (let first = Number(from); ; first += 50) {
  const records = Array.from({ length: 50 }, (_, at) => {
    const id = `call-${first + at}`;
    return recordOf({
      id,
      started: (NOON + first + at) * 1e6,
      cost: "0.000225",
      payload: `{"id":"${id}"}`.padEnd(4000),
    });
  });
  await ledger.append(records);
  say(`kept ${first} ${first + 49}`);
  if (first % 400 === 0) await ledger.checkpoint();
}
