import { table } from "../measure.js";
import type { Measured } from "./accumulation-process.js";
import { rows } from "./accumulation-rows.js";
import { runFresh } from "./fresh-process.js";

const own = ["naive", "eventsource-parser + naive", "waybill"];
const peers = ["openai-node", "AI SDK"];

/**
 * Bytes to a completion, each way to get there against the floor. Each in a process of its own, with the floor beside
 * it: the AI SDK turns on hooks that make every promise of its process slower, those of others, too.
 */
export function accumulation(): string {
  const columns = [...own, ...peers].map((name) => runFresh<Measured[]>("accumulation-process.ts", [name]));
  const cells = rows.map(({ stream, size, budget }, row) => {
    const [naive, parser, ours, ...others] = columns.map((column) => cellOf(column[row]));
    const floor = Math.round(columns[own.indexOf("waybill")]?.[row]?.nanoseconds ?? Number.NaN);
    const reads = size === "event" ? "event" : `${size} B`;
    return [
      stream.name,
      reads,
      `1 (${floor} ns)`,
      naive ?? "",
      parser ?? "",
      ours ?? "",
      `${budget}`,
      ...others,
    ];
  });
  return table(["stream", "reads", "floor", ...own, "budget", ...peers], cells);
}

function cellOf(measured: Measured | undefined): string {
  if (!measured) return "–";
  return measured.isRight ? measured.ratio.toFixed(2) : "wrong";
}
