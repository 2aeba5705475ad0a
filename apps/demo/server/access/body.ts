import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { createGunzip, createInflate, createBrotliDecompress } from "node:zlib";

import { parseJsonText } from "@waybill/core";

import { invalidJson, refusal, requestTooLarge, type Refusal } from "./errors.js";

/** A body that was read: its bytes as they are to be sent on, inflated. */
export type ReadBody = { ok: true; bytes: Buffer } | { ok: false; refusal: Refusal };

const inflaters = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

/** No text that people write packs better; what does is made to blow up. */
const MOST_RATIO = 200;

/** Reads the body of a request, inflated, up to a limit. What is beyond it is not read. */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const stated = Number(request.headers["content-length"] ?? 0);
  if (stated > limit) return tooLarge(limit);
  if (encoding === "identity" || encoding === "") return collect(request, limit);
  if (!Object.hasOwn(inflaters, encoding)) {
    const message = `the content-encoding ${JSON.stringify(encoding)} is not known; send gzip, deflate, br or none`;
    return { ok: false, refusal: refusal(415, "unsupported_encoding", message) };
  }
  const packed = await collect(request, limit);
  if (!packed.ok) return packed;
  const most = Math.min(limit, Math.max(packed.bytes.length * MOST_RATIO, 1024));
  const inflated = Readable.from([packed.bytes]).pipe(inflaters[encoding as keyof typeof inflaters]());
  try {
    return await collect(inflated, most, limit);
  } catch {
    const message = `the body is not ${encoding}, as its content-encoding says; send it as it is`;
    return { ok: false, refusal: refusal(400, "invalid_encoding", message) };
  }
}

async function collect(source: AsyncIterable<Buffer>, most: number, limit = most): Promise<ReadBody> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > most) return tooLarge(limit);
    pieces.push(piece);
  }
  return { ok: true, bytes: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces) };
}

function tooLarge(limit: number): ReadBody {
  return { ok: false, refusal: requestTooLarge(limit) };
}

/** What an API may take all the same: what reads these bodies here expects them. */
const harmless: ReadonlySet<string> = new Set(["lone-surrogate", "forbidden-key", "number-overflow"]);

const DEEPEST = 128;

/** The value of text that is odd, if it is JSON at all and not too deep; behind what is odd nobody has looked yet. */
function leniently(text: string): unknown {
  try {
    return isDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether brackets outside of strings nest deeper than they may. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** A body as the object it is to be, or what is wrong with it and where. It is held to 128 levels. */
export function jsonObjectOf(
  bytes: Buffer,
): { ok: true; value: Record<string, unknown> } | { ok: false; refusal: Refusal } {
  const text = bytes.toString("utf8");
  const parsed = parseJsonText(text, { depth: DEEPEST, items: 1_000_000 });
  const issue = parsed.ok ? undefined : parsed.issues[0];
  if (issue && !harmless.has(issue.code)) return { ok: false, refusal: invalidJson(issue.message) };
  const value = parsed.ok ? parsed.value : leniently(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return { ok: true, value: value as Record<string, unknown> };
  if (value === undefined) return { ok: false, refusal: invalidJson(issue?.message ?? "it cannot be read") };
  const kind = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
  const message = `the body is ${kind}, and has to be an object; see the API's reference`;
  return { ok: false, refusal: refusal(400, "invalid_request", message) };
}
