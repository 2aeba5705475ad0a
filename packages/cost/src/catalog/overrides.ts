import { pointer } from "@waybill/core/pointer";

import { textOf } from "../usage/counts.js";
import type { RateName } from "./format.js";
import { readLitellmEntry, type LitellmEntry, type Prices } from "./litellm-entry.js";
import { isProvider, shardOf } from "./model-names.js";

/** A price of the caller's own, or why it cannot be used. */
export type Override =
  | { ok: true; entry: LitellmEntry; prices: Prices; without: RateName[] }
  | { ok: false; reason: string };

/** The caller's own prices by model. One that cannot be used is known by its reason. */
export function readOverrides(entries: Readonly<Record<string, LitellmEntry>>): Map<string, Override> {
  return new Map(
    Object.entries(entries).map(([model, entry]) => {
      const read = readLitellmEntry(entry, pointer("/overrides", model));
      return [model, read.ok ? { ...read, entry } : read];
    }),
  );
}

/** An override that names its provider prices that provider's calls alone. */
export function isOverrideOf(override: Override, provider: string | undefined): boolean {
  const own = override.ok ? providerOf(override.entry) : undefined;
  return (
    provider === undefined || own === undefined || own === "custom" || isProvider(shardOf(own), provider)
  );
}

/** The provider that an entry names. */
export function providerOf(entry: LitellmEntry): string | undefined {
  return textOf(entry.litellm_provider) || undefined;
}
