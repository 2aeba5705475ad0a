import type { Recording } from "@waybill/core";

import { envelopesOf } from "./envelopes.js";

/** An id of an answer, and where it stands. */
export type ResponseId = { id: string; path: string };

/**
 * The ids that the recorder puts `rec-` and the first twelve digits of the hash in the place of. Ids of models stay, and so
 * do those of raw answers.
 */
export function responseIdsOf(recording: Recording): ResponseId[] {
  return envelopesOf(recording).flatMap(({ data: { id, object }, path }) =>
    typeof id === "string" && object !== "model" ? [{ id, path: `${path}/__data__/id` }] : [],
  );
}

/** The digits of the hash that a recording was made with, when its ids tell. */
export function recordedDigits(recording: Recording): string | undefined {
  for (const { id } of responseIdsOf(recording)) {
    const digits = /^rec-([0-9a-f]{12})$/.exec(id)?.[1];
    if (digits !== undefined) return digits;
  }
  return undefined;
}
