import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { publishedFiles, vectorFiles } from "./published-files.js";

/*
 * Writes the JSON Schema files. Without options they go to json/, which is committed. With --base-url they are given
 * under a publisher's own address: npm run schemas -- --base-url https://schemas.example.com/ --out dist-schemas
 */

const options = { "base-url": { type: "string" }, out: { type: "string" } } as const;
const { values } = readOptions();
const out = values.out ?? fileURLToPath(new URL("../json", import.meta.url));

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
// Vectors belong to our own copy: who hosts the schemas does not promise them.
const vectors = values.out === undefined ? vectorFiles() : [];
const files = [
  ...publishedFiles(sha256, values["base-url"]),
  ...vectors.map(({ file, text }) => ({ file: join("vectors", file), text })),
];
mkdirSync(vectors.length > 0 ? join(out, "vectors") : out, { recursive: true });
for (const { file, text } of files) {
  writeFileSync(join(out, file), text);
  process.stderr.write(`${join(out, file)}\n`);
}

function readOptions() {
  try {
    return parseArgs({ options });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${reason}\nusage: npm run schemas -- [--base-url URL] [--out DIR]\n`);
    return process.exit(2);
  }
}
