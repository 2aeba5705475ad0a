import { median, table } from "../measure.js";
import { runFresh } from "./fresh-process.js";
import type { Growth } from "./growth-process.js";

const BUDGET_MIB = 25;
const PROCESSES = 3;

const counts = [10_000, 100_000, 1_000_000];

/** The chunks up to which a reader is measured. */
const readers: readonly [name: string, most: number][] = [
  ["floor", 1_000_000],
  ["waybill", 1_000_000],
  ["openai-node", 100_000],
];

/** Time and memory as a stream grows; the memory is the most that is resident, beyond what was before. */
export function growth(): string {
  const rows = readers.flatMap(([name, most]) =>
    counts.filter((count) => count <= most).map((count) => measure(name, count)),
  );
  return table(["reader", "chunks", "ns per chunk", "peak memory", "budget"], rows);
}

function measure(name: string, count: number): string[] {
  const all = Array.from({ length: PROCESSES }, () =>
    runFresh<Growth>("growth-process.ts", [name, `${count}`]),
  );
  const nanoseconds = Math.round(median(all.map((each) => each.nanoseconds)));
  const peak = median(all.map((each) => each.peakMib));
  return [
    name,
    count.toLocaleString("en"),
    all.every(({ isRight }) => isRight) ? `${nanoseconds}` : "wrong",
    `${peak.toFixed(1)} MiB`,
    name === "waybill" ? `linear, ${BUDGET_MIB} MB` : "",
  ];
}
