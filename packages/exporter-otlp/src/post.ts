import { WaybillError } from "@waybill/core/errors";
import { wordsOf } from "@waybill/core/thrown";

import { readAnswer, type Answer } from "./answer.js";
import { check } from "./check.js";

/** How requests are made. */
export type PostOptions = {
  headers?: Readonly<Record<string, string>> | undefined;
  /** "none" by default. */
  compression?: "gzip" | "none" | undefined;
  /** Time for a request, from its start to the end of its answer, in milliseconds; 10,000 by default. */
  timeoutMs?: number | undefined;
  fetch?: typeof fetch | undefined;
  /** Epoch milliseconds, which a `Retry-After` that is a date is compared with; `Date.now` by default. */
  now?: (() => number) | undefined;
};

/** Posts JSON text. Never rejects: that there was no answer is an answer. */
export type Post = (body: string, signal?: AbortSignal) => Promise<Answer>;

/**
 * A function that posts to one address. Redirects are not followed: they would take keys and prompts to a host that
 * nobody configured.
 * @throws WaybillError `bad-option` for headers that HTTP does not have or that are not for a caller to set, for a time
 * that no timer has, and for another compression
 */
export function createPost(url: string, options: PostOptions = {}): Post {
  const { compression, timeoutMs = 10_000, fetch: send = fetch, now = Date.now } = options;
  check("timeoutMs", timeoutMs);
  check("compression", compression);
  const headers = headersOf(options.headers);
  headers.set("content-type", "application/json");
  if (compression === "gzip") headers.set("content-encoding", "gzip");
  return async function post(text, signal) {
    try {
      // Timers count whole milliseconds.
      const signals = [AbortSignal.timeout(Math.ceil(timeoutMs)), ...(signal ? [signal] : [])];
      const response = await send(url, {
        method: "POST",
        headers,
        body: compression === "gzip" ? await gzip(text) : text,
        // "error" says nothing of what happened, and workerd does not have it.
        redirect: "manual",
        signal: AbortSignal.any(signals),
      });
      return await readAnswer(response, now());
    } catch (error) {
      return { status: 0, text: "", problem: wordsOf(error) };
    }
  };
}

/** Headers that fetch or this package writes: with another's, requests fail or lie. */
const taken = /^(host|(content|transfer)-(length|encoding))$/i;

function headersOf(headers: PostOptions["headers"] = {}): Headers {
  try {
    // A value that is not there, as of a variable that is not set, would go out as "undefined".
    if (Object.entries(headers).every(([name, value]) => typeof value === "string" && !taken.test(name)))
      return new Headers(headers);
  } catch {
    // Told below.
  }
  // What is wrong may be a key: it is not repeated.
  throw new WaybillError("bad-option", "headers: not such as HTTP can send");
}

/** Whole, so that the request has a length. */
function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/**
 * Checks the address of a receiver, which is https, or http on loopback, and returns it with a path behind its own.
 * @throws WaybillError `bad-url` for what is no URL or has a password, `insecure-url` for what sends keys in the clear
 */
export function endpointOf(address: string, path = "", allowHttp = false): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || url.username || url.password) {
    throw new WaybillError("bad-url", "endpoint: no URL, or one with a password");
  }
  const { protocol, hostname } = url;
  const isLoopback = hostname === "localhost" || hostname === "[::1]" || /^127\.[0-9.]+$/.test(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && (isLoopback || allowHttp))) {
    throw new WaybillError("insecure-url", `endpoint: ${url.origin} is not https`);
  }
  if (path !== "") url.pathname += url.pathname.endsWith("/") ? path : `/${path}`;
  return url.href;
}
