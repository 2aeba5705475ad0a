import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";

/*
 * Keeps the vectors of the version that is about to be released. They stay in the repository, and tests go on running
 * them: a document that was valid once must stay valid, and a narrowing is noticed.
 */

const vectors = new URL("../json/vectors/", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const target = new URL(`released/${version}/`, vectors);
mkdirSync(target, { recursive: true });
for (const file of readdirSync(vectors).filter((name) => name.endsWith(".json"))) {
  copyFileSync(new URL(file, vectors), new URL(file, target));
}
