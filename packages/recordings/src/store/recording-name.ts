import type { Recording } from "@waybill/core";

import { hashesOf } from "../hash/hashes-of.js";
import { recordedDigits } from "./response-id.js";

/**
 * The file name of a recording that has none: that of the newest version of the hash that its answer's ids agree with, or
 * of the current version when they do not tell.
 */
export async function recordingNameOf(recording: Recording): Promise<string> {
  const hashes = await hashesOf(recording);
  const digits = recordedDigits(recording);
  const fits = digits === undefined ? undefined : hashes.find(({ hash }) => hash.startsWith(digits));
  const [newest] = hashes;
  // Every recipe has a version.
  return (fits ?? newest)?.fileName as string;
}

/** The test that made a recording. HTTP and tool recordings say so in their request. */
export function testIdOf({ test_id: owner, request }: Recording): string | null {
  return owner ?? request.test_id ?? null;
}
