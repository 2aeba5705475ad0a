import type { Recording } from "@waybill/core";

/** What a bundled recording is an example of. */
export type RecordingKind =
  | "stream"
  | "whole"
  | "tool"
  | "parallel-tools"
  | "cached"
  | "reasoning"
  | "embeddings"
  | "several-choices"
  | "unpriced"
  | "hostile"
  /** The answer states a cost that its usage does not come to. */
  | "mismatch";

const kinds: readonly string[] = [
  "stream",
  "whole",
  "tool",
  "parallel-tools",
  "cached",
  "reasoning",
  "embeddings",
  "several-choices",
  "unpriced",
  "hostile",
  "mismatch",
] satisfies RecordingKind[];

/** The recording with its kind, where recordings keep what is known about their provider. */
export function withKind(recording: Recording, kind: RecordingKind): Recording {
  return { ...recording, request: { ...recording.request, provider_metadata: { waybill: { kind } } } };
}

/** What the recording is an example of; undefined for one that does not say, such as a seed. */
export function kindOf({ request }: Recording): RecordingKind | undefined {
  const { waybill } = (request.provider_metadata ?? {}) as { waybill?: { kind?: unknown } | null };
  const kind = waybill?.kind;
  return typeof kind === "string" && kinds.includes(kind) ? (kind as RecordingKind) : undefined;
}
