import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A recorded file: its name and its text. */
export type RecordedFile = { name: string; text: string };

const folder = fileURLToPath(new URL("../../../../shared/corpus/recordings", import.meta.url));
const seeds = fileURLToPath(new URL("../../../fixtures/seeds", import.meta.url));

/** Whether the sample of recordings lies beside the checkout. */
export const hasCorpus = existsSync(folder);

/** What to write behind the title of tests that need the corpus. */
export const corpusNote = hasCorpus ? "" : " (skipped: no corpus)";

/** The recordings of the corpus; none when there is no corpus. */
export const corpusFiles: readonly RecordedFile[] = hasCorpus ? filesOf(folder, () => true) : [];

/** The two recordings that come with the project. */
export const seedFiles: readonly RecordedFile[] = filesOf(seeds, (name) => name.startsWith("recording"));

/** The corpus' own list of which versions of the hash give a file its name, by the first twelve digits. */
export function versionsInIndex(): Map<string, string> {
  const rows = readFileSync(`${folder}/INDEX.md`, "utf8").split("\n");
  return new Map(
    rows.flatMap((row) => {
      const [, file, , , versions] = row.split("|").map((cell) => cell.trim());
      const digits = /^`(?:models-)?([0-9a-f]{12})/.exec(file ?? "")?.[1];
      return digits !== undefined && versions !== undefined ? [[digits, versions] as const] : [];
    }),
  );
}

function filesOf(directory: string, isWanted: (name: string) => boolean): RecordedFile[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json") && isWanted(name))
    .map((name) => ({ name, text: readFileSync(`${directory}/${name}`, "utf8") }));
}
