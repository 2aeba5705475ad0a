import { pointer } from "@waybill/core/pointer";

import { textOf } from "../usage/counts.js";
import type { RateName } from "./format.js";
import { readLitellmEntry, type LitellmEntry, type Prices } from "./litellm-entry.js";

/** A price of the caller's own, or why it cannot be used. */
export type Override =
  | { ok: true; name: string; entry: LitellmEntry; prices: Prices; without: RateName[] }
  | { ok: false; reason: string };

/** The caller's own prices by model. One that cannot be used is known by its reason. */
export function readOverrides(entries: Readonly<Record<string, LitellmEntry>>): Map<string, Override> {
  return new Map(
    Object.entries(entries).map(([model, entry]) => {
      const read = readLitellmEntry(entry, pointer("/overrides", model));
      return [model, read.ok ? { ...read, name: model, entry } : read];
    }),
  );
}

/** The provider that an entry names. */
export function providerOf(entry: LitellmEntry): string | undefined {
  return textOf(entry.litellm_provider) || undefined;
}
