import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { TypeCompiler } from "@sinclair/typebox/compiler";
import { checkChatCompletionChunk } from "@waybill/core/chat-completion-chunk";
import { checkLangfuseBatch } from "@waybill/core/langfuse-batch";
import {
  ChatCompletionChunkSchema,
  LangfuseBatchSchema,
  StandardLoggingPayloadSchema,
} from "@waybill/core/schemas";
import { checkStandardLoggingPayload } from "@waybill/core/standard-logging-payload";

import { compare, median, table } from "./measure.js";
import * as zod from "./validate-zod.js";

/*
 * What it costs to check a document that is in memory, against parsing its text. zod's schemas have fewer members than
 * ours; TypeBox's compiler gets our own schemas and needs eval.
 */

const seed = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/seeds/${name}.json`, import.meta.url), "utf8")) as never;
const recording: { response: { body: { __data__: unknown }[] } } = seed("recording-with-usage");

const documents = [
  {
    name: "chunk",
    document: recording.response.body[5]?.__data__,
    budget: 0.15,
    ours: checkChatCompletionChunk,
    typebox: TypeCompiler.Compile(ChatCompletionChunkSchema),
    zod: zod.chunk,
  },
  {
    name: "payload",
    document: seed("standard-logging-payload") as unknown,
    budget: 0.04,
    ours: checkStandardLoggingPayload,
    typebox: TypeCompiler.Compile(StandardLoggingPayloadSchema),
    zod: zod.payload,
  },
  {
    name: "batch",
    document: seed("langfuse-batch-with-output") as unknown,
    budget: 0.12,
    ours: checkLangfuseBatch,
    typebox: TypeCompiler.Compile(LangfuseBatchSchema),
    zod: zod.batch,
  },
] as const;

/** Prints the tables. */
export async function run(): Promise<void> {
  const rows: string[][] = [];
  for (const { name, document, budget, ours, typebox, zod: schema } of documents) {
    const text = JSON.stringify(document);
    const results = await compare([
      { name: "JSON.parse", run: () => JSON.parse(text) as unknown },
      { name: "waybill", run: () => ours(document) },
      { name: "TypeBox compiler", run: () => typebox.Check(document) },
      { name: "zod", run: () => schema.safeParse(document) },
    ]);
    const cells = results.map(
      ({ nanoseconds, ratio }) => `${ratio.toFixed(3)} (${Math.round(nanoseconds)} ns)`,
    );
    rows.push([name, `${text.length}`, ...cells.slice(0, 2), `${budget}`, ...cells.slice(2)]);
  }
  const head = ["document", "bytes", "JSON.parse", "waybill", "budget", "TypeBox compiler (eval)", "zod"];
  process.stdout.write(
    `CPU time of a check against JSON.parse of the same text; the budget is for waybill\n\n${table(head, rows)}\n\n`,
  );

  // A file, and not a data URL: what Node pays for the first file of a program is not the package's.
  const empty = importTime(new URL("empty.js", import.meta.url).href);
  const imports = ["@waybill/core", "@waybill/core/chat-completion-chunk", "zod"].map((name) => [
    name,
    `${(importTime(import.meta.resolve(name)) - empty).toFixed(1)} ms`,
  ]);
  process.stdout.write(`Time of an import in a new process, beyond that of an empty file\n\n`);
  process.stdout.write(`${table(["import", "time"], imports)}\n`);
}

/** Milliseconds from the start of a process to behind a static import; the median of some processes. */
function importTime(url: string): number {
  const program = `import ${JSON.stringify(url)}; console.log(performance.now());`;
  const times = Array.from({ length: 15 }, () =>
    Number(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" })),
  );
  return median(times);
}
