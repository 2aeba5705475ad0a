import { hashesOf } from "../hash/hashes-of.js";
import { testIdOf } from "../store/recording-name.js";
import type { StoredRecording } from "../store/recording-store.js";
import { turnName, turnOf } from "../store/turn-name.js";

/** What becomes of a file whose name is not that of the current version of the hash. */
export type Rename = {
  readonly folder: string;
  readonly from: string;
  readonly to: string;
  /** `planned`: it can be renamed. `renamed`: it was. `blocked`: another file has the name. `kept`: the old name is of more use. */
  readonly outcome: "planned" | "renamed" | "blocked" | "kept";
  /** Why it was not renamed. */
  readonly reason?: string;
};

/** The rename that a recording needs; undefined when it has the name of the current version. */
export async function renameOf({
  folder,
  fileName,
  recording,
}: StoredRecording): Promise<Rename | undefined> {
  const hashes = await hashesOf(recording);
  const turn = turnOf(fileName);
  const to = hashes[0] && turnName(hashes[0].fileName, turn);
  // Every recipe has a version, and file processors may have two names.
  const isCurrent = hashes.some(
    (each) => each.version === hashes[0]?.version && turnName(each.fileName, turn) === fileName,
  );
  if (to === undefined || isCurrent) return undefined;
  const first = hashes.find(({ version }) => version === 1);
  if (first?.fileName === fileName && first.hash !== hashes[0]?.hash && testIdOf(recording) === null) {
    const reason =
      "version 1 left out the test, so that every test finds it under this name, and only calls outside of tests would under the other";
    return { folder, from: fileName, to, outcome: "kept", reason };
  }
  return { folder, from: fileName, to, outcome: "planned" };
}

/**
 * Carries out renames as far as no name is taken, in an order in which they make room for each other. `taken` holds all
 * files by folder, and changes with them; `move` tells whether it could.
 */
export async function carryOut(
  renames: readonly Rename[],
  taken: ReadonlyMap<string, Set<string>>,
  move: (rename: Rename) => Promise<"planned" | "renamed" | "blocked">,
): Promise<Rename[]> {
  const outcomes = new Map<Rename, Rename["outcome"]>();
  let left = renames.filter(({ outcome }) => outcome === "planned");
  for (let before = -1; before !== left.length;) {
    before = left.length;
    for (const rename of left) {
      const names = taken.get(rename.folder);
      if (names?.has(rename.to)) continue;
      const outcome = await move(rename);
      outcomes.set(rename, outcome);
      names?.add(rename.to);
      if (outcome !== "blocked") names?.delete(rename.from);
    }
    left = left.filter((rename) => !outcomes.has(rename));
  }
  return renames.map((rename) => {
    const outcome = rename.outcome === "kept" ? "kept" : (outcomes.get(rename) ?? "blocked");
    const reason = outcome === "blocked" ? `${rename.to} is there already` : rename.reason;
    return { ...rename, outcome, ...(reason === undefined ? {} : { reason }) };
  });
}
