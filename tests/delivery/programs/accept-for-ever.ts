import { writeSync } from "node:fs";

import type { Exporter } from "@waybill/core";
import { otlpExporter } from "@waybill/exporter-otlp";
import { createPipeline } from "@waybill/pipeline";
import { openSpool } from "@waybill/spool";

import { payloadOf } from "../calls.js";

/*
 * Hands in records without end: `accept-for-ever.ts DIR ENDPOINT FROM POINT`. Prints the number of each that is safe, as soon
 * as its receipt says so. At a named point it kills itself: `before-export` and `after-export` on the third batch,
 * `after-accept` after the thirtieth receipt.
 */

const [dir = "", endpoint = "", from = "0", point = ""] = process.argv.slice(2);

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

/** Synchronously: what was printed is out before the process can die. A reader that is slow is waited for. */
function print(number: number): void {
  for (;;) {
    try {
      writeSync(1, `${number}\n`);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

const otlp = otlpExporter({ endpoint, content: "attributes" });
let batches = 0;
const exporter: Exporter = {
  name: "otlp",
  async export(batch, context) {
    batches++;
    if (point === "before-export" && batches === 3) die();
    const outcome = await otlp.export(batch, context);
    if (point === "after-export" && batches === 3) die();
    return outcome;
  },
};

const spool = await openSpool(dir, { segmentBytes: 256 * 1024 });
const pipeline = createPipeline({ exporters: [exporter], spool, limits: { batchRecords: 16, lingerMs: 5 } });
let receipts = 0;
for (let number = Number(from); ; number++) {
  void pipeline.accept(payloadOf(number)).then(({ status }) => {
    if (status === "durable") print(number);
    if (++receipts === 30 && point === "after-accept") die();
  });
  if (number % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
}
