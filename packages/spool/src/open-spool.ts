import { accessSync, constants, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { bootId } from "./disk/boot.js";
import { SpoolError, spoolError } from "./errors.js";
import { resolveLimits, type SpoolLimits } from "./limits.js";
import type { Spool } from "./spool-type.js";
import { Shared } from "./store/shared.js";
import { FolderSpool } from "./store/spool.js";

/**
 * Opens a spool in a folder, which is made if it is not there. Several processes may have it open at a time. What is damaged is
 * moved aside within the folder, and told by `onProblem`.
 * @throws SpoolError, as a rejection: `spool-io`, `disk-full`, `bad-option`
 */
export async function openSpool(dir: string | URL, limits: SpoolLimits = {}): Promise<Spool> {
  return openSpoolIn(dir, limits, bootId());
}

/** The same, in a run of the operating system that has this name. */
export async function openSpoolIn(
  dir: string | URL,
  limits: SpoolLimits,
  boot: string,
): Promise<FolderSpool> {
  const resolved = resolveLimits(limits);
  const root = pathOf(dir);
  let shared: Shared | undefined;
  try {
    // It takes longer to load than all the rest, and is only needed here.
    const lmdb = await import("lmdb");
    mkdirSync(root, { recursive: true, mode: 0o700 });
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK);
    shared = new Shared({ lmdb, root, boot, limits: resolved });
    putInOrder(shared);
    shared.reserve.take();
    return new FolderSpool(shared);
  } catch (error) {
    await shared?.close().catch(() => undefined);
    throw spoolError(error, "open a spool", root);
  }
}

/** Takes in what processes that were killed left behind, and lets go of what is empty. */
function putInOrder(shared: Shared): void {
  const { segments } = shared;
  shared.run({ name: "open a spool" }, () => {
    segments.adoptStrays();
    for (const segment of segments.all) segments.clear(segment);
  });
}

function pathOf(dir: string | URL): string {
  if (dir instanceof URL) return resolve(fileURLToPath(dir));
  if (typeof dir === "string" && dir !== "") return resolve(dir);
  throw new SpoolError("bad-option", "dir is the path of a folder, or a file: URL");
}
