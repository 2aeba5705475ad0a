import { canonicalRequest } from "../hash/canonical-request.js";
import { requestHash } from "../hash/request-hash.js";
import type { InferenceRequest } from "../hash/request.js";
import type { Redactor } from "../record/redaction.js";
import { fileId } from "../store/file-name.js";
import type { Call } from "./call.js";
import type { Catalogue, Entry } from "./catalogue.js";
import { isObject } from "./copy-with.js";
import { endpointOf, maskedUrl } from "./endpoint.js";
import {
  differencesOf,
  leavesOf,
  likeness,
  type Leaves,
  type RequestDifference,
} from "./request-differences.js";

/** Why no recording answers a request. */
export type ReplayMiss = {
  /** The hash of the request: its recording would be called so. */
  hash: string;
  method: string;
  /** Without user and secret parameters. */
  url: string;
  model: string;
  test_id: string | null;
  /** The recording that is most like the request, if there is any of the endpoint. */
  nearest: { file: string; differences: RequestDifference[] } | null;
};

/** What `match: "request"` does not look at. */
const surroundings: readonly string[] = ["/test_id", "/endpoint", "/url"];

/** Requests longer than this are not compared: it would keep everybody else waiting. */
const MAX_COMPARED = 1_000_000;

/** So many differences are told. */
const MAX_DIFFERENCES = 20;

/** Says why no recording answers a call. `match` tells which differences matter. */
export async function missOf(
  call: Call,
  testId: string | null,
  catalogue: Catalogue,
  redactor: Redactor | undefined,
  match: "exact" | "request",
): Promise<ReplayMiss> {
  const { method, signal: _, ...asked } = call;
  const url = redactor ? await redactor.url(asked.url) : asked.url;
  const body = redactor ? await redactor.value(asked.body) : asked.body;
  const request: InferenceRequest = { url: maskedUrl(url), body, testId };
  const canonical = canonicalRequest(request);
  const model = isObject(body) && typeof body["model"] === "string" ? body["model"].slice(0, 200) : "";
  return {
    hash: await requestHash(request),
    method,
    url,
    model,
    test_id: testId,
    nearest:
      canonical.length > MAX_COMPARED ? null : await nearestTo(leavesOf(canonical), url, catalogue, match),
  };
}

/** A miss in words. */
export function wordsOfMiss({ hash, method, url, model, test_id: testId, nearest }: ReplayMiss): string {
  const who = testId === null ? "outside of a test" : `in the test ${testId}`;
  const missing = `no recording answers ${method} ${url}${model === "" ? "" : ` (model ${model})`} ${who}: ${hash}.json is missing`;
  if (!nearest) return `${missing}, and there is nothing of this endpoint to compare it with`;
  const { file, differences } = nearest;
  if (differences.length === 0)
    return `${missing}. ${file} has the same request: it was renamed, or lies elsewhere`;
  const told = differences.map(
    ({ path, asked, recorded }) => `${path}: asked ${asked ?? "nothing"}, recorded ${recorded ?? "nothing"}`,
  );
  const cure = differences.every(({ path }) => surroundings.includes(path))
    ? ' (match: "request" ignores that)'
    : "";
  return `${missing}. The nearest, ${file}, differs in ${told.join("; ")}${cure}`;
}

async function nearestTo(
  leaves: Leaves,
  url: string,
  catalogue: Catalogue,
  match: "exact" | "request",
): Promise<ReplayMiss["nearest"]> {
  const endpoint = endpointOf(url);
  let best: { entry: Entry; leaves: Leaves; score: number } | undefined;
  for (const entry of await catalogue.entries()) {
    if (entry.endpoint !== endpoint || entry.canonical.length > MAX_COMPARED) continue;
    const others = leavesOf(entry.canonical);
    const score = likeness(leaves, others);
    if (!best || score > best.score) best = { entry, leaves: others, score };
  }
  if (!best) return null;
  const ignored = match === "request" ? surroundings : [];
  const differences = differencesOf(leaves, best.leaves);
  if (differences.length === 0) differences.push(...otherAddress(url, best.entry));
  return {
    file: fileId(best.entry.folder, best.entry.fileName),
    differences: differences.filter(({ path }) => !ignored.includes(path)).slice(0, MAX_DIFFERENCES),
  };
}

/** Raw HTTP calls are hashed with their whole address. */
function otherAddress(asked: string, { rawUrl }: Entry): RequestDifference[] {
  if (rawUrl === undefined || rawUrl === asked) return [];
  return [{ path: "/url", asked: JSON.stringify(asked), recorded: JSON.stringify(rawUrl) }];
}
