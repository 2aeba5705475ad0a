import type { Recording } from "@waybill/core";

import { kindOf, type RecordingKind } from "../upstream/recording-kind.js";

/** What a call of the demo's traffic is an example of. */
export type TrafficKind = RecordingKind | "leaves" | "retried" | "failed" | "cut";

/** For which application a call is made: the name of its key. */
export type TrafficKey = "docs-bot" | "checkout" | "search" | "research";

/** Of a hundred calls. What states a wrong cost is taken out of the 54 plain streams. */
export const kindShares: readonly (readonly [kind: TrafficKind, share: number])[] = [
  ["stream", 53],
  ["mismatch", 1],
  ["whole", 10],
  ["tool", 6],
  ["parallel-tools", 6],
  ["cached", 6],
  ["reasoning", 5],
  ["embeddings", 3],
  ["several-choices", 1],
  ["leaves", 3],
  ["retried", 2],
  ["failed", 1],
  ["cut", 1],
  ["unpriced", 1],
  ["hostile", 1],
];

/** Of a hundred calls. */
export const keyShares: readonly (readonly [key: TrafficKey, share: number])[] = [
  ["docs-bot", 40],
  ["checkout", 30],
  ["search", 20],
  ["research", 10],
];

/** The recordings that calls of each kind ask for. What goes wrong on its way is asked for as plain streams are. */
export function recordingsByKind(recordings: readonly Recording[]): Map<TrafficKind, Recording[]> {
  const pools = new Map<TrafficKind, Recording[]>();
  for (const recording of recordings) {
    const kind = kindOf(recording) ?? (recording.response.is_streaming === true ? "stream" : "whole");
    pools.set(kind, [...(pools.get(kind) ?? []), recording]);
  }
  const streams = pools.get("stream") ?? [];
  for (const kind of ["leaves", "retried", "failed", "cut"] as const) pools.set(kind, streams);
  return pools;
}
