import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { createGunzip, createInflate, createBrotliDecompress } from "node:zlib";

import { parseJsonText } from "@waybill/core";

import { bodyCut, invalidJson, refusal, requestTooLarge, type Refusal } from "./errors.js";

/** A body that was read: its bytes as they are to be sent on, inflated. */
export type ReadBody = { ok: true; bytes: Buffer } | { ok: false; refusal: Refusal };

const inflaters = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

/** No text that people write packs better; what does is made to blow up. */
const MOST_RATIO = 200;

/** What packs well and is this small may pack as well as it can. */
const SMALL = 1024 * 1024;

/**
 * Reads the body of a request, inflated, up to a limit. What is beyond it is left unread, and the connection open, so that
 * the answer finds its reader.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  const stated = Number(request.headers["content-length"] ?? 0);
  if (stated > limit) return tooLarge(limit);
  if (encoding === "identity" || encoding === "") return received(request, limit);
  if (!Object.hasOwn(inflaters, encoding)) {
    const message = `the content-encoding ${JSON.stringify(encoding)} is not known; send gzip, deflate, br or none`;
    return { ok: false, refusal: refusal(415, "unsupported_encoding", message) };
  }
  const packed = await received(request, limit);
  if (!packed.ok) return packed;
  const most = Math.min(limit, Math.max(packed.bytes.length * MOST_RATIO, SMALL));
  const inflated = Readable.from([packed.bytes]).pipe(inflaters[encoding as keyof typeof inflaters]());
  try {
    const bytes = await collect(inflated, most);
    return bytes ? { ok: true, bytes } : tooLarge(most);
  } catch {
    const message = `the body is not ${encoding}, as its content-encoding says; send it as it is`;
    return { ok: false, refusal: refusal(400, "invalid_encoding", message) };
  }
}

/** The body as it comes over the network. */
async function received(request: IncomingMessage, limit: number): Promise<ReadBody> {
  try {
    // To break off must not end the connection, over which the refusal is to go.
    const bytes = await collect(request.iterator({ destroyOnReturn: false }), limit);
    return bytes ? { ok: true, bytes } : tooLarge(limit);
  } catch {
    return { ok: false, refusal: bodyCut() };
  }
}

/** All of a source; undefined when that is more than it may be. */
async function collect(source: AsyncIterable<Buffer>, most: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    bytes += piece.length;
    if (bytes > most) return undefined;
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
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
    // `parseJsonText` passes over a byte order mark, too.
    return isDeep(text) ? undefined : JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** Whether brackets outside of strings nest deeper than they may. One step a character, whatever the text is. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text[at];
    if (isInString) {
      if (unit === "\\") at++;
      else if (unit === '"') isInString = false;
    } else if (unit === '"') isInString = true;
    else if (unit === "[" || unit === "{") depth++;
    else if (unit === "]" || unit === "}") depth--;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** A body as the object it is to be, or what is wrong with it and where. It is held to 128 levels. */
export function jsonObjectOf(
  bytes: Buffer,
): { ok: true; value: Record<string, unknown> } | { ok: false; refusal: Refusal } {
  const text = bytes.toString("utf8");
  // How long it may be has been decided.
  const limits = { depth: DEEPEST, items: 1_000_000, textLength: text.length, stringLength: text.length };
  const parsed = parseJsonText(text, limits);
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
