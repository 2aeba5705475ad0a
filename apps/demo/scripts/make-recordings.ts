/* Writes the bundled recordings of the demo: npx tsx apps/demo/scripts/make-recordings.ts */
import { writeFileSync } from "node:fs";

import { recordCalls } from "./record-calls.js";

const file = new URL("../recordings/calls.jsonl", import.meta.url);
const text = await recordCalls();
writeFileSync(file, text);
console.log(`${text.split("\n").length - 1} recordings, ${text.length} bytes`);
