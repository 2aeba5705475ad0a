import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { Environment, type Lmdb } from "../disk/environment.js";
import { readMetas, withDataFile } from "../disk/lmdb-file.js";
import { walk } from "../disk/walk.js";
import { DamagedError, isDiskFull, SpoolError } from "../errors.js";
import { readRow, writeRow } from "../format/row.js";
import { noLeases, type Leases } from "../lease/leases.js";
import type { Problems } from "../problems.js";
import { asideName } from "./names.js";

/** Which segments there are, from the oldest to the newest. */
export type SegmentList = {
  /** The number of the next one. */
  next: number;
  /** The last place that any segment gave away, as far as segments that are gone tell. */
  last: number;
  names: string[];
  /** How often dead letters came back to life anywhere, so that processes know when what they remember is old. */
  revivals: number;
};

const LETTER = 0x6b;
const listKey = Buffer.from("list");
const leasesKey = Buffer.from("leases");
const spareKey = Buffer.from("spare");
/** So much is written and removed again at first: later commits find room in the file also when the disk is full. */
const SPARE = 512 * 1024;

/**
 * What the processes that use a spool share: a lock that all of them take for each call, the list of segments, and the leases.
 * It is only good for one run of the operating system and has its name. When it is lost, the segments tell what there is, and
 * all leases have ended.
 */
export class Control {
  readonly folder: string;
  /** Which files they are: it changes when others are in their place. */
  files = 0;
  readonly #lmdb: Lmdb;
  readonly #problems: Problems;
  #env: Environment;
  #leases: Leases = noLeases(0);
  #leasesText = "";

  private constructor(lmdb: Lmdb, folder: string, env: Environment, problems: Problems) {
    this.#lmdb = lmdb;
    this.folder = folder;
    this.#env = env;
    this.#problems = problems;
  }

  static open(lmdb: Lmdb, root: string, boot: string, problems: Problems): Control {
    const name = boot === "" ? "control" : `control-${boot.replaceAll(/[^0-9a-zA-Z]/g, "").slice(0, 16)}`;
    const folder = join(root, name);
    const control = new Control(lmdb, folder, openSound(lmdb, folder, problems), problems);
    for (const old of readdirSync(root))
      if (/^control(-[0-9a-zA-Z]+)?$/.test(old) && old !== name)
        rmSync(join(root, old), { recursive: true, force: true });
    return control;
  }

  /**
   * Runs an action while no other process does anything with the spool. When the action ended and only what it did with the
   * list and the leases could not be kept, `onUnkept` decides.
   * @throws SpoolError `spool-io` when the folder is gone
   */
  locked<T>(action: () => T, onUnkept: (error: unknown) => void): T {
    let outcome: { value: T } | undefined;
    try {
      this.#follow();
      return this.#env.transact(() => {
        this.#load();
        outcome = { value: action() };
        this.#save();
        return outcome.value;
      });
    } catch (error) {
      if (!outcome) throw error;
      onUnkept(error);
      return outcome.value;
    }
  }

  /** The list; undefined when it was lost. Only for use inside of `locked`, as all that follows. */
  get list(): SegmentList | undefined {
    const text = this.#read(listKey);
    return text === undefined ? undefined : (JSON.parse(text) as SegmentList);
  }

  set list(list: SegmentList) {
    this.#env.put(listKey, writeRow(LETTER, { numbers: [], texts: [JSON.stringify(list)] }));
  }

  get leases(): Leases {
    return this.#leases;
  }

  /** Begins anew with files that make sense. */
  setAside(cause: DamagedError): void {
    this.#env.close();
    moveAside(this.folder, cause, this.#problems);
    this.files++;
    this.#env = openSound(this.#lmdb, this.folder, this.#problems);
  }

  close(): void {
    this.#env.close();
  }

  #load(): void {
    const text = this.#read(leasesKey);
    if (text !== undefined && text === this.#leasesText) {
      // The action before this one may have failed half-way.
      this.#leases = JSON.parse(text) as Leases;
      return;
    }
    this.#leases = text === undefined ? noLeases(0) : (JSON.parse(text) as Leases);
    this.#leasesText = text ?? "";
  }

  #save(): void {
    const text = JSON.stringify(this.#leases);
    if (text === this.#leasesText) return;
    this.#env.put(leasesKey, writeRow(LETTER, { numbers: [], texts: [text] }));
    this.#leasesText = text;
  }

  #read(key: Buffer): string | undefined {
    const row = this.#env.get(key);
    return row && readRow(LETTER, row)?.texts[0];
  }

  /** Another process may have made new files: the folder was removed, or the files were damaged. */
  #follow(): void {
    if (this.#env.size() !== undefined && !this.#env.isSuspect) return;
    if (statSync(this.#env.dataFile, { throwIfNoEntry: false }) === undefined) {
      const message = `${this.folder} was removed while the spool was open: open the spool again`;
      throw new SpoolError("spool-io", message);
    }
    this.#env.close();
    this.files++;
    this.#env = openSound(this.#lmdb, this.folder, this.#problems);
  }
}

/** Opens the files, or new ones when they are damaged. */
function openSound(lmdb: Lmdb, folder: string, problems: Problems): Environment {
  for (let tries = 3; ; tries--) {
    try {
      return openOnce(lmdb, folder);
    } catch (error) {
      if (!(error instanceof DamagedError) || tries === 1) throw error;
      moveAside(folder, error, problems);
    }
  }
}

function moveAside(folder: string, cause: DamagedError, problems: Problems): void {
  const path = asideName(folder);
  renameSync(folder, path);
  const message = `${folder} was damaged and has been moved to ${path}; leases have ended`;
  problems.report({ kind: "damaged-file", message, records: 0, path, cause });
}

function openOnce(lmdb: Lmdb, folder: string): Environment {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const env = Environment.open(lmdb, folder);
  try {
    // Nobody else writes meanwhile, and LMDB itself does not look at more than what was checked already.
    env.transact(() => {
      const damage = withDataFile(env.dataFile, (file) => {
        const [meta] = readMetas(file);
        return meta ? walk(file, meta, () => undefined).damage : ["it has no beginning"];
      });
      if (damage?.length) throw new DamagedError(`${folder}: ${damage[0]}`);
    });
    if (env.transact(() => env.get(leasesKey) === undefined)) makeRoom(env);
    return env;
  } catch (error) {
    env.close();
    throw error;
  }
}

/** On a disk that is full already, what is in the spool can still be delivered as long as nothing else fails. */
function makeRoom(env: Environment): void {
  try {
    env.transact(() => env.put(spareKey, Buffer.alloc(SPARE)));
    env.transact(() => env.remove(spareKey));
  } catch (error) {
    if (!isDiskFull(error, env.folder)) throw error;
  }
}
