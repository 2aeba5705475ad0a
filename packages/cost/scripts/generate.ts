import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { shardFiles } from "./read-catalog.js";
import { indexModule, shardModule } from "./shard-module.js";
import { inOrder } from "./shards.js";

/* Writes src/generated: an ES module with the prices as JSON text for each file of catalog/, and one with all of them. */

const from = fileURLToPath(new URL("../catalog/", import.meta.url));
const out = fileURLToPath(new URL("../src/generated/", import.meta.url));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const ids = inOrder([...shardFiles(from), "history.json"].map((name) => name.replace(/\.json$/, "")));
const modules = ids.map((id) => shardModule(id, readFileSync(join(from, `${id}.json`), "utf8")));
for (const [name, text] of [...modules.flatMap(({ files }) => files), ...indexModule(modules)]) {
  writeFileSync(join(out, name), text);
}
