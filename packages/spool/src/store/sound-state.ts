import { dataFileIn } from "../disk/environment.js";
import { readMetas, withDataFile } from "../disk/lmdb-file.js";
import { readSnapshot, restoreState } from "../disk/snapshot.js";
import { DamagedError } from "../errors.js";
import type { Problems } from "../problems.js";
import { inspect } from "../segment/inspect.js";

/**
 * Looks at the file of a segment before LMDB does. After the machine stopped it is set back to what had been flushed; when one of
 * its two beginnings is damaged, to the state that the other one leads to. Whoever calls it holds the spool's lock.
 * @throws DamagedError when its state is not whole
 */
export function makeSound(folder: string, boot: string, problems: Problems): void {
  const path = dataFileIn(folder);
  const snapshot = readSnapshot(folder);
  if (snapshot && boot !== "" && snapshot.boot !== boot) {
    const newest = withDataFile(path, (file) => readMetas(file)[0]);
    if (newest?.transaction !== snapshot.meta.transaction) {
      const message = `the machine stopped before all of ${folder} was flushed to the disk: what came later is lost`;
      problems.report({ kind: "unflushed-lost", message, records: null, path: folder });
    }
    restoreState(folder, path, { boot, meta: snapshot.meta });
  }
  const found = withDataFile(path, (file) => {
    const metas = readMetas(file);
    // With both beginnings there, the newer state counts, and of that as much is kept as can be read.
    const states = metas.length === 2 ? metas.slice(0, 1) : [...metas, ...(snapshot ? [snapshot.meta] : [])];
    const findings = states.map((meta) => inspect(file, meta));
    const what = findings[0]?.[0] ?? "it does not begin like a database";
    return {
      sound: states[findings.findIndex(({ length }) => length === 0)],
      isWhole: metas.length === 2,
      what,
    };
  });
  if (!found) throw new DamagedError(`${path} is missing`);
  if (!found.sound) throw new DamagedError(`${path}: ${found.what}`);
  if (found.isWhole) return;
  restoreState(folder, path, { boot, meta: found.sound });
  const message = `the beginning of ${path} was damaged; it has been set back to a state that is whole`;
  problems.report({ kind: "damaged-file", message, records: null, path: folder });
}
