import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { sumExact } from "@waybill/cost";

import { openLedger } from "../apps/demo/server/ledger/duckdb/open-ledger.js";
import type { LedgerStore } from "../apps/demo/server/ledger/ledger-store.js";
import { figure, verdictOf } from "./cost/verdict.js";
import { callOf, deliveriesOf } from "./ledger/calls.js";
import { queriesOn, type Query } from "./ledger/queries.js";
import { median, table } from "./measure.js";

/*
 * What the page asks of a ledger of a million calls, wall time. The calls go in through `append`, as the gateway's do.
 * `-- ledger 100000` takes fewer.
 */

const BUDGET_MS = 200;
const ROUNDS = 7;
const BATCH = 5000;

/** Prints the table. */
export async function run(): Promise<void> {
  const calls = Number(process.argv[3] ?? 1_000_000);
  const folder = mkdtempSync(join(tmpdir(), "waybill-bench-ledger-"));
  try {
    const path = join(folder, "ledger.duckdb");
    let ledger = await openLedger(path);
    const spent = await fill(ledger, calls);
    await ledger.close();
    const opening = performance.now();
    ledger = await openLedger(path);
    say(`opened again in ${figure(performance.now() - opening)} ms`);
    const { spend } = await ledger.totals({});
    say(`the ledger has spent ${spend}, its calls ${spent}: ${spend === spent ? "equal" : "NOT EQUAL"}`);
    if (spend !== spent) process.exitCode = 1;
    say(`the file has ${figure(statSync(path).size / 1e6)} MB\n`);
    const rows: string[][] = [];
    for (const query of queriesOn(calls)) rows.push(await measured(query, ledger));
    say(table(["query", "median ms", "slowest ms", "budget"], rows));
    say(`\n${await appending(ledger, calls)}`);
    await ledger.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured({ name, run: ask }: Query, ledger: LedgerStore): Promise<string[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await ask(ledger);
    times.push(performance.now() - start);
  }
  const middle = median(times);
  if (middle > BUDGET_MS) process.exitCode = 1;
  return [name, figure(middle), figure(Math.max(...times)), verdictOf(middle, BUDGET_MS, "ms")];
}

/** Fills the ledger, and answers the exact sum of what the calls cost, summed up here. */
async function fill(ledger: LedgerStore, calls: number): Promise<string> {
  const start = performance.now();
  let spent = "0";
  for (let from = 0; from < calls; from += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, calls - from) }, (_, at) =>
      callOf(from + at, calls),
    );
    spent = sumExact([spent, ...records.flatMap(({ cost }) => cost ?? [])]);
    await ledger.append(records);
    await ledger.noteDeliveries(records.flatMap((record, at) => deliveriesOf(record, from + at)));
    if (from % 100_000 === 0) process.stderr.write(`${from} of ${calls} calls\n`);
  }
  say(
    `${calls.toLocaleString("en")} calls went in through append, ${figure((performance.now() - start) / 1000)} s`,
  );
  return spent;
}

/** What a batch of the pipeline costs when so many calls are there. */
async function appending(ledger: LedgerStore, calls: number): Promise<string> {
  const rows: string[][] = [];
  let next = calls;
  for (const size of [10, 100, 500]) {
    const [wall, cpu]: [number[], number[]] = [[], []];
    for (let round = 0; round < 20; round++) {
      const records = Array.from({ length: size }, () => callOf(next++, calls));
      const [start, used] = [performance.now(), process.cpuUsage()];
      await ledger.append(records);
      const { user, system } = process.cpuUsage(used);
      wall.push(performance.now() - start);
      cpu.push((user + system) / size);
    }
    rows.push([`${size} records`, figure(median(wall)), figure(median(cpu))]);
  }
  return table(["append", "median ms", "CPU us a record"], rows);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
