import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The documents the project started from. */
export const seedDirectory = fileURLToPath(new URL("../../../fixtures/seeds", import.meta.url));

/** Public data beside a developer's checkout. It is not part of the project, and tests do without it. */
const corpus = fileURLToPath(new URL("../../../../shared/corpus", import.meta.url));
export const hasCorpus = existsSync(corpus);

export type NamedText = { name: string; text: string };

/** The JSON files of a directory of the corpus, or of any other. */
export function readDirectory(directory: string): NamedText[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ name: basename(file), text: readFileSync(join(directory, file), "utf8") }));
}

export function readCorpus(directory: string): NamedText[] {
  return hasCorpus ? readDirectory(join(corpus, directory)) : [];
}

/** The path of a file of the corpus. */
export function corpusFile(path: string): string {
  return join(corpus, path);
}

export function readSeed(name: string): unknown {
  return JSON.parse(readFileSync(join(seedDirectory, name), "utf8"));
}
