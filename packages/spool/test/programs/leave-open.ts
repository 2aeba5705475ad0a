/** Appends and leaves, without closing the spool. */
import { openSpool } from "../../src/index.js";

const [dir, how] = process.argv.slice(2).map((arg) => JSON.parse(arg) as unknown) as [string, string];
const spool = await openSpool(dir, { flushAfterMs: 3_600_000 });
spool.append([{ id: how, text: "{}", sinks: ["a"] }]);
if (how === "exit") process.exit(0);
if (how === "thread") {
  const { Worker } = await import("node:worker_threads");
  // A thread does not know of tsx by itself.
  const program = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${JSON.stringify(new URL("thread.ts", import.meta.url).href)}, ${JSON.stringify(import.meta.url)}))`;
  const worker = new Worker(program, { eval: true, workerData: dir, execArgv: [] });
  for (let count = 0; count < 300; count++) {
    spool.append([{ id: `main-${count}`, text: "{}", sinks: ["a"] }]);
    if (count % 10 === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  await new Promise((resolve) => void worker.once("exit", resolve));
}
