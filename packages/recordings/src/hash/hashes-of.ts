import type { Recording } from "@waybill/core";

import { canonicalRequest } from "./canonical-request.js";
import { isModelList, modelListDigest } from "./model-list.js";
import { recordingFileName } from "./request-hash.js";
import {
  currentVersion,
  hashVersions,
  type HashVersion,
  type Recipe,
  type RecordedRequest,
} from "./request.js";
import { sha256 } from "./sha256.js";

/** One hash that a recording may have been written with, and the file name that follows. */
export type RecordingHash = { recipe: Recipe; version: HashVersion; hash: string; fileName: string };

/** The strategy of file processors when none is given; recordings do not hold it. */
const defaultChunking = {
  type: "static",
  static: { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 },
};

/** The versions that HTTP recordings were made with: there were none before. */
const httpVersions = hashVersions.filter((version) => version >= 5);

/**
 * Every hash of a recording's own request, newest version first: the one whose file name the recording has tells what
 * wrote it. A recipe that never changed is listed once, under the current version.
 */
export async function hashesOf(recording: Recording): Promise<RecordingHash[]> {
  const { recipe, versions, requests } = readingOf(recording);
  const digest = isModelList(recording) ? await modelListDigest(recording) : undefined;
  // Most versions agree on most requests.
  const known = new Map<string, Promise<string>>();
  const hashOf = (canonical: string): Promise<string> => {
    const hash = known.get(canonical) ?? sha256(canonical);
    known.set(canonical, hash);
    return hash;
  };
  return Promise.all(
    versions.flatMap((version) =>
      requests.map(async (request) => {
        const hash = await hashOf(canonicalRequest(request, { recipe, version }));
        return { recipe, version, hash, fileName: recordingFileName(hash, version, digest) };
      }),
    ),
  );
}

type Reading = { recipe: Recipe; versions: readonly HashVersion[]; requests: RecordedRequest[] };

/** A recording's request as it was hashed, by the members that it has. */
function readingOf({ test_id: owner, request }: Recording): Reading {
  const { method, url, test_id: inner } = request;
  const testId = owner ?? inner ?? null;
  if (request.payload !== undefined) {
    const call = { method: method ?? "POST", url: url ?? "", body: recorded(request.payload), testId };
    return { recipe: "http", versions: httpVersions, requests: [call] };
  }
  if (typeof request.tool_name === "string") {
    const { provider, tool_name: toolName, kwargs } = request;
    return {
      recipe: "tool",
      versions: [currentVersion],
      requests: [{ provider: provider ?? "", toolName, kwargs }],
    };
  }
  if (typeof request.file_id === "string") {
    const call = { fileId: request.file_id, testId };
    return {
      recipe: "file-processor",
      versions: [currentVersion],
      requests: [{ ...call, chunkingStrategy: defaultChunking }, call],
    };
  }
  const call = { method: method ?? "POST", url: url ?? "", body: recorded(request.body), testId };
  return { recipe: "inference", versions: hashVersions, requests: [call] };
}

/** A recorded body is a value, also if it is a string. */
function recorded(body: unknown): unknown {
  return typeof body === "string" ? JSON.stringify(body) : body;
}
