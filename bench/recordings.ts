import { hashing } from "./recordings/hashing.js";
import { reading } from "./recordings/reading.js";
import { sample } from "./recordings/sample.js";
import { writing } from "./recordings/writing.js";

/*
 * What it costs to read, hash and write recordings without losing anything, beside what JSON.parse and JSON.stringify
 * cost, which lose things.
 */

const sections: readonly { title: string; measure: () => Promise<string> }[] = [
  { title: "Reading", measure: reading },
  { title: "Reading and hashing the request", measure: hashing },
  { title: "Writing", measure: writing },
];

/** Prints the tables. */
export async function run(): Promise<void> {
  const { name, files, bytes } = sample;
  const size = `${files.length} files, ${(bytes / 1e6).toFixed(2)} MB`;
  process.stdout.write(`${name}: ${size}; CPU time of one core\n\n`);
  for (const { title, measure } of sections) process.stdout.write(`${title}\n\n${await measure()}\n\n`);
}
