import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const corpus = fileURLToPath(new URL("../../../shared/corpus/recordings", import.meta.url));
const seeds = fileURLToPath(new URL("../../fixtures/seeds", import.meta.url));
const hasCorpus = existsSync(corpus);

/** The recordings that are measured: those of the corpus, where it lies beside the checkout, or else the seeds. */
export const sample = {
  name: hasCorpus ? "The sample of the corpus" : "The two seeds (skipped: no corpus)",
  ...filesIn(hasCorpus ? corpus : seeds),
};

function filesIn(folder: string): { files: string[]; bytes: number } {
  const names = readdirSync(folder).filter(
    (name) => name.endsWith(".json") && (hasCorpus || name.startsWith("recording")),
  );
  const files = names.map((name) => readFileSync(`${folder}/${name}`, "utf8"));
  return { files, bytes: files.reduce((sum, file) => sum + Buffer.byteLength(file), 0) };
}
