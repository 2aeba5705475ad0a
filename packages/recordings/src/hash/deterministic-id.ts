import { sha256 } from "./sha256.js";

/** Prefixes of ids by what they name. */
const prefixes = { file: "file-", vector_store: "vs_", batch: "batch_", tool_call: "call_" } as const;

/** What has ids that the recorder makes the same in every run. */
export type IdKind = keyof typeof prefixes;

/** As many ids of twelve digits as there are. */
const RANGE = 1_000_000_000_000n;

/** The n-th id (from 1) of a kind in a test: the same in every run, so that requests that carry it hash the same. */
export async function deterministicId(kind: IdKind, testId: string, n: number): Promise<string> {
  const start = BigInt(`0x${await sha256(testId)}`) % RANGE;
  return prefixes[kind] + String(start + BigInt(n));
}
