import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

/*
 * Copies the modules of the shards to dist/catalog. They are modules already: as a hundred entries of tsup they would only
 * make the build slow. It runs after tsup, which empties dist, and its type declarations once more.
 */

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
cpSync(pathOf("../src/generated/"), pathOf("../dist/catalog/"), { recursive: true });
