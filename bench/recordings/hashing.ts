import { hashesOf, readRecording, requestHash, type RecordedRequest, type Recipe } from "@waybill/recordings";

import { sample } from "./sample.js";
import { throughput } from "./throughput.js";

type Recording = ReturnType<typeof readRecording>;

/** From text to the hash of the request. */
export function hashing(): Promise<string> {
  const each = (hash: (text: string) => Promise<unknown>) => async () => {
    for (const text of sample.files) await hash(text);
  };
  return throughput([
    { name: "JSON.parse, JSON.stringify, SHA-256", run: each(naive) },
    { name: "readRecording, requestHash", run: each(current), least: 50 },
    { name: "readRecording, hashesOf (seven versions)", run: each((text) => hashesOf(readRecording(text))) },
  ]);
}

async function current(text: string): Promise<string> {
  const { request, recipe } = requestOf(readRecording(text));
  return requestHash(request, { recipe });
}

function requestOf({ test_id: testId, request }: Recording): { request: RecordedRequest; recipe: Recipe } {
  const { url, body, payload, provider, tool_name: toolName, kwargs } = request;
  if (typeof toolName === "string") {
    return { request: { provider: provider ?? "", toolName, kwargs }, recipe: "tool" };
  }
  const recipe = payload === undefined ? "inference" : "http";
  return { request: { url: url ?? "", body: payload ?? body, testId }, recipe };
}

/** What one would write who knows none of the traps: the least that it can cost. */
async function naive(text: string): Promise<ArrayBuffer> {
  const { test_id: testId, request } = JSON.parse(text) as Recording;
  const canonical = JSON.stringify({ body: request.body ?? request.payload, testId });
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical));
}
