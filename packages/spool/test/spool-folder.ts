import { chmodSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { SpoolRecord, SpooledRecord, SpoolSettlement, SpoolStore } from "@waybill/core";
import { afterEach } from "vitest";

import { bootId } from "../src/disk/boot.js";
import { readMetas, withDataFile } from "../src/disk/lmdb-file.js";
import { readSnapshot } from "../src/disk/snapshot.js";
import type { SpoolLimits } from "../src/index.js";
import { openSpoolIn } from "../src/open-spool.js";
import type { SpoolProblem } from "../src/problems.js";
import type { FolderSpool } from "../src/store/spool.js";

const made: string[] = [];
const opened: FolderSpool[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (spool) => spool.close().catch(() => undefined)));
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "waybill-spool-")));
  // Tests also act as other users.
  chmodSync(folder, 0o777);
  made.push(folder);
  return folder;
}

/** A clock that stands still until somebody moves it. */
export type Clock = { time: number };

export type TestSpool = { spool: FolderSpool; dir: string; clock: Clock; problems: SpoolProblem[] };

/** A spool that is closed after the test, and never flushes by itself. */
export async function testSpool(
  limits: SpoolLimits = {},
  { dir = temporaryFolder(), clock = { time: 1_700_000_000_000 }, boot = bootId() } = {},
): Promise<TestSpool> {
  const problems: SpoolProblem[] = [];
  const onProblem = (problem: SpoolProblem): void => void problems.push(problem);
  const all = { now: () => clock.time, flushAfterMs: 2 ** 31 - 1, onProblem, ...limits };
  const spool = await openSpoolIn(dir, all, boot);
  opened.push(spool);
  return { spool, dir, clock, problems };
}

/** A record for exporters, with a text of about so many bytes. */
export function record(id: string, sinks: string | readonly string[] = "a", bytes = 0): SpoolRecord {
  const text = JSON.stringify({ id, pad: "x".repeat(Math.max(0, bytes - id.length - 17)) });
  return { id, text, sinks: typeof sinks === "string" ? [sinks] : sinks };
}

export function records(count: number, sinks: string | readonly string[] = "a", bytes = 0): SpoolRecord[] {
  return Array.from({ length: count }, (_, index) => record(`r${index}`, sinks, bytes));
}

export const me = { owner: "me", leaseMs: 30_000 };
export const other = { owner: "other", leaseMs: 30_000 };

const plenty = { maxRecords: 1_000_000, maxBytes: Infinity };

/** Takes everything that may be taken. */
export function takeAll(spool: SpoolStore, sink = "a", claim = me): SpooledRecord[] {
  return spool.claim(sink, { ...claim, ...plenty });
}

export function take(spool: SpoolStore, maxRecords: number, sink = "a", claim = me): SpooledRecord[] {
  return spool.claim(sink, { ...claim, maxRecords, maxBytes: Infinity });
}

export function idsOf(list: readonly { id: string }[]): string[] {
  return list.map(({ id }) => id);
}

export function done(list: readonly { key: string }[]): SpoolSettlement[] {
  return list.map(({ key }) => ({ key, status: "done" }));
}

export function dead(list: readonly { key: string }[], code = "bad", reason = "no good"): SpoolSettlement[] {
  return list.map(({ key }) => ({ key, status: "dead", code, reason }));
}

export function retry(list: readonly { key: string }[], notBefore: number): SpoolSettlement[] {
  return list.map(({ key }) => ({ key, status: "retry", notBefore }));
}

/** Takes and settles everything until nothing is left, and returns the ids in their order. */
export function drain(spool: SpoolStore, sink = "a", claim = me): string[] {
  const ids: string[] = [];
  for (;;) {
    const taken = take(spool, 256, sink, claim);
    if (taken.length === 0) return ids;
    ids.push(...idsOf(taken));
    spool.settle(sink, claim.owner, done(taken));
  }
}

/** Bytes that a folder takes on the disk. */
export function diskUse(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce((sum, name) => {
    const { blocks } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? { blocks: 0 };
    return sum + blocks * 512;
  }, 0);
}

/** The folders of segments. */
export function segmentsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith("spool-"))
    .toSorted();
}

/** What was moved aside. */
export function brokenIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("broken-"));
}

/** The code of the error that an action throws. */
export function codeFrom(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "nothing thrown";
}

/** Whether all of a spool was flushed. */
export function isClean(folder: string): boolean {
  return segmentsIn(folder).every((segment) => {
    const newest = withDataFile(join(folder, segment, "data.mdb"), (file) => readMetas(file)[0]);
    return readSnapshot(join(folder, segment))?.meta.transaction === newest?.transaction;
  });
}
