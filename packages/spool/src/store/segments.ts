import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { dataFileIn, type Lmdb } from "../disk/environment.js";
import { readMetas, withDataFile } from "../disk/lmdb-file.js";
import { readSnapshot, snapshotFileIn, writeSnapshot } from "../disk/snapshot.js";
import { DamagedError, freeBytes, SpoolError } from "../errors.js";
import { deadIn, waitingIn } from "../format/totals.js";
import type { Problems } from "../problems.js";
import { restoreInto } from "../segment/restore.js";
import { Segment } from "../segment/segment.js";
import type { Control, SegmentList } from "./control.js";
import { flushNow } from "./flush.js";
import { moveLetters } from "./move-letters.js";
import { asideName, segmentName, segmentNumber } from "./names.js";
import { outcomeOf, rescueFrom } from "./rescue-folder.js";
import { makeSound } from "./sound-state.js";

/** Below that, a segment is not worth the work to make another. */
const SMALL = 4 << 20;
/** Below that, dead letters stay where they are. */
const LEAST = 256 * 1024;
/** What a new segment needs at first. */
const ROOM = 512 * 1024;

export type SegmentsOptions = {
  lmdb: Lmdb;
  root: string;
  control: Control;
  problems: Problems;
  boot: string;
  segmentBytes: number;
};

/** The segments of a spool. Everything but `close` is for use inside of the spool's lock. */
export class Segments {
  readonly #options: SegmentsOptions;
  readonly #open = new Map<string, Segment>();
  #list: SegmentList = { next: 1, last: 0, names: [], revivals: 0 };
  #all: Segment[] | undefined;
  #doomed: Segment[] = [];
  #warnedOfPins = false;
  #files = 0;

  constructor(options: SegmentsOptions) {
    this.#options = options;
  }

  /** All segments, the oldest first. */
  get all(): readonly Segment[] {
    this.#all ??= this.#list.names.flatMap((name) => this.#open.get(name) ?? []);
    return this.#all;
  }

  get newest(): Segment | undefined {
    return this.all.at(-1);
  }

  /** The segment that a place was given away in. */
  homeOf(place: number): Segment | undefined {
    return this.all.findLast(({ base }) => base < place);
  }

  /** Whether a segment holds places that were given away before there was it. */
  hasStrays(segment: Segment): boolean {
    const { revivals } = this.#list;
    if (segment.strays?.revivals !== revivals)
      segment.strays = { revivals, has: segment.totals().revivals > 0 };
    return segment.strays.has;
  }

  /** How often dead letters came back to life in any process. */
  get revivals(): number {
    return this.#list.revivals;
  }

  countRevival(): void {
    this.#setList({ ...this.#list, revivals: this.#list.revivals + 1 });
  }

  /** Reads which segments there are, and opens and closes what has changed. */
  refresh(): void {
    const { list, files } = this.#options.control;
    // Other files may have the same names.
    if (files !== this.#files) this.close();
    this.#files = files;
    this.#list = list ?? { next: 1, last: 0, names: [], revivals: 0 };
    this.#all = undefined;
    if (!list) this.adoptStrays();
    const names = new Set(this.#list.names);
    const newest = this.#list.names.at(-1);
    for (const [name, segment] of this.#open) {
      // What is appended must not go to a file that was removed. From the others can still be taken.
      const isThere = name !== newest || segment.env.size() !== undefined;
      if (names.has(name) && isThere && !segment.env.isSuspect) continue;
      segment.close();
      this.#opened(name, undefined);
    }
    for (const name of names) if (!this.#open.has(name)) this.#openListed(name);
  }

  /** Takes in segments that are not in the list, because it was lost or a process was killed at the wrong time. */
  adoptStrays(): void {
    const { root } = this.#options;
    const strays = readdirSync(root).filter(
      (name) => segmentNumber(name) !== undefined && !this.#list.names.includes(name),
    );
    for (const name of strays.toSorted(byNumber)) {
      if (isLeftover(join(root, name))) {
        rmSync(join(root, name), { recursive: true, force: true });
        continue;
      }
      this.#setList({
        ...this.#list,
        next: Math.max(this.#list.next, (segmentNumber(name) ?? 0) + 1),
        names: [...this.#list.names, name].toSorted(byNumber),
      });
      this.#openListed(name);
    }
    if (!this.#options.control.list) this.#setList(this.#list);
  }

  /** Begins a new segment, which becomes the newest. */
  create(): Segment {
    const { lmdb, root, boot, segmentBytes } = this.#options;
    if (freeBytes(root) < Math.min(ROOM, segmentBytes))
      throw new SpoolError("disk-full", `cannot begin a new file in ${root}: the disk is full: make room`);
    const last = this.all.reduce((most, segment) => Math.max(most, segment.totals().last), this.#list.last);
    let { next } = this.#list;
    while (existsSync(join(root, segmentName(next)))) next++;
    const folder = join(root, segmentName(next));
    try {
      mkdirSync(folder, { mode: 0o700 });
      const segment = Segment.open(lmdb, folder, this.#onPinFailure);
      segment.begin(last);
      const meta = withDataFile(segment.env.dataFile, (file) => readMetas(file)[0]);
      if (meta) writeSnapshot(folder, { boot, meta });
      this.#opened(segment.name, segment);
      this.#setList({ ...this.#list, next: next + 1, last, names: [...this.#list.names, segment.name] });
      return segment;
    } catch (error) {
      this.#open.get(segmentName(next))?.close();
      this.#opened(segmentName(next), undefined);
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Lets go of segments in which nothing waits any more, and moves dead letters out of large ones. */
  clear(segment: Segment): void {
    const totals = segment.totals();
    if (waitingIn(totals) > 0) return;
    const size = segment.env.size() ?? 0;
    const small = Math.min(SMALL, this.#options.segmentBytes);
    const { dead, deadBytes } = deadIn(totals);
    const { newest = segment } = this;
    if (dead === 0) {
      if (segment !== newest || size > small) this.#drop(segment);
    } else if (size > (segment === newest ? 2 * small : LEAST) + 4 * deadBytes) {
      moveLetters(segment, segment === newest ? this.create() : newest, this.#options);
      this.#drop(segment);
    }
  }

  /** Moves a segment aside whose file makes no sense, and keeps what of it can be read. */
  setAside(name: string, cause: DamagedError): void {
    // Somebody else may have met the same damage.
    if (!this.#list.names.includes(name)) return;
    const { root, problems, boot } = this.#options;
    const folder = join(root, name);
    this.#open.get(name)?.close();
    this.#opened(name, undefined);
    this.#forget(name);
    const rescued = rescueFrom(folder);
    if (rescued.records.length > 0 || rescued.letters.length > 0) {
      const target = this.newest ?? this.create();
      restoreInto(target, rescued);
      flushNow(target, boot);
      this.countRevival();
    }
    const path = asideName(folder);
    renameSync(folder, path);
    const message = `${folder} was damaged and has been moved to ${path}: ${outcomeOf(rescued)} (${cause.message})`;
    problems.report({ kind: "damaged-file", message, records: rescued.lost, path, cause });
  }

  /** Removes the files of segments that were let go of. For use after the list was kept. */
  sweep(): void {
    for (const segment of this.#doomed.splice(0)) {
      segment.close();
      this.#opened(segment.name, undefined);
      this.#remove(segment.env.folder);
    }
  }

  /** The list could not be kept: what it let go of stays. */
  keepDoomed(): void {
    this.#doomed = [];
  }

  close(): void {
    for (const segment of this.#open.values()) segment.close();
    this.#open.clear();
    this.#all = undefined;
  }

  #openListed(name: string): void {
    const { lmdb, root, boot, problems } = this.#options;
    const folder = join(root, name);
    if (!existsSync(dataFileIn(folder))) {
      const message = `${folder} is gone, and with it what it held`;
      problems.report({ kind: "missing-file", message, records: null, path: folder });
      this.#forget(name);
      return;
    }
    try {
      makeSound(folder, boot, problems);
      const segment = Segment.open(lmdb, folder, this.#onPinFailure);
      this.#opened(name, segment);
      if (!readSnapshot(folder)) flushNow(segment, boot);
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      this.setAside(name, error);
    }
  }

  #drop(segment: Segment): void {
    this.#setList({ ...this.#list, last: Math.max(this.#list.last, segment.totals().last) });
    this.#forget(segment.name);
    this.#doomed.push(segment);
  }

  #forget(name: string): void {
    this.#setList({ ...this.#list, names: this.#list.names.filter((each) => each !== name) });
  }

  #opened(name: string, segment: Segment | undefined): void {
    if (segment) this.#open.set(name, segment);
    else this.#open.delete(name);
    this.#all = undefined;
  }

  #setList(list: SegmentList): void {
    this.#list = list;
    this.#all = undefined;
    this.#options.control.list = list;
  }

  #remove(folder: string): void {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (cause) {
      // Some systems do not remove what another process has open. Whoever opens the spool next does it.
      const message = `${folder} is empty and could not be removed`;
      this.#options.problems.report({ kind: "io", message, records: 0, path: folder, cause });
    }
  }

  readonly #onPinFailure = (cause: unknown): void => {
    if (this.#warnedOfPins) return;
    this.#warnedOfPins = true;
    const message = "LMDB has no reader to spare: what was flushed may not outlive a stop of the machine";
    this.#options.problems.report({ kind: "io", message, records: 0, cause });
  };
}

/** Whether a process was killed while it made or removed a segment that was empty. */
function isLeftover(folder: string): boolean {
  const isEmpty = withDataFile(dataFileIn(folder), (file) => {
    const metas = readMetas(file);
    // Everything that was ever used has had a snapshot since before.
    const isNew = file.size === 0 || (metas.length === 2 && metas[0]?.rows.root === undefined);
    return isNew && !existsSync(snapshotFileIn(folder));
  });
  return isEmpty ?? true;
}

function byNumber(one: string, other: string): number {
  return (segmentNumber(one) ?? 0) - (segmentNumber(other) ?? 0);
}
