import { otlpExporter } from "@waybill/exporter-otlp";
import { createPipeline } from "@waybill/pipeline";
import { openSpool } from "@waybill/spool";

import { numbers, payloadOf } from "../calls.js";

/*
 * Hands in so many records, delivers until the spool is empty, and prints its counts: `deliver-share.ts DIR ENDPOINT FROM COUNT`.
 */

const [dir = "", endpoint = "", from = "0", count = "0"] = process.argv.slice(2);
const spool = await openSpool(dir);
const exporters = [otlpExporter({ endpoint, content: "attributes" })];
// Little memory: most records take the way through the spool, where both processes take them.
const pipeline = createPipeline({ exporters, spool, limits: { memoryRecords: 20, batchRecords: 10 } });
await Promise.all(
  numbers(Number(count), Number(from)).map(async (number) => pipeline.accept(payloadOf(number))),
);
await pipeline.flush();
await pipeline.close();
process.stdout.write(`${JSON.stringify(pipeline.stats()["otlp"])}\n`);
await spool.close();
