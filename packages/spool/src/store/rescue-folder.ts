import { dataFileIn } from "../disk/environment.js";
import { readMetas, withDataFile, type DataFile, type Meta } from "../disk/lmdb-file.js";
import { readSnapshot } from "../disk/snapshot.js";
import { rescue, type Rescued } from "../segment/rescue.js";

/** Reads what can be read of a segment whose file makes no sense. */
export function rescueFrom(folder: string): Rescued {
  const rescued = withDataFile(dataFileIn(folder), (file) => rescue(file, statesOf(file, folder)));
  return rescued ?? { records: [], letters: [], lost: null };
}

/** What to tell about it. */
export function outcomeOf({ records, letters, lost }: Rescued): string {
  const kept = `${records.length} records and ${letters.length} dead letters could be kept`;
  return lost === null ? `${kept}, and nobody knows how many are lost` : `${kept}, ${lost} records are lost`;
}

/** Where the states of a file begin; when its own beginning is lost, it is known where that was at the last flush. */
function statesOf(file: DataFile, folder: string): Meta[] {
  const metas = readMetas(file);
  const snapshot = readSnapshot(folder);
  return metas.length > 0 || !snapshot ? metas : [snapshot.meta];
}
