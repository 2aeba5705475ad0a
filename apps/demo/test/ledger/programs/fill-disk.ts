/** Appends until nothing more can be written, and tells how many records were kept, and what can be read then. */
import { randomBytes } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";

import { openLedger } from "../../../server/ledger/duckdb/open-ledger.js";
import { LedgerError } from "../../../server/ledger/problems.js";
import { NOON, recordOf } from "../calls.js";

const [path = ""] = process.argv.slice(2);
const ledger = await openLedger(path, { threads: 1 });
let kept = 0;
let code = "";
while (code === "") {
  const records = Array.from({ length: 50 }, (_, at) =>
    recordOf({
      id: `call-${kept + at}`,
      started: (NOON + kept + at) * 1e6,
      payload: randomBytes(8000).toString("hex"),
    }),
  );
  try {
    await ledger.append(records);
    kept += records.length;
  } catch (error) {
    code = LedgerError.isInstance(error) ? error.code : String(error);
  }
}
const { calls } = await ledger.totals({});
const handles = readdirSync("/proc/self/fd").filter((fd) => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === path;
  } catch {
    return false;
  }
});
process.stdout.write(`${JSON.stringify({ kept, code, calls, handles: handles.length })}\n`);
process.kill(process.pid, "SIGKILL");
