import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

import { IncomingBody } from "./incoming-body.js";

const inflaters = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

/** How long a connection is kept that nobody uses: what is between here and the API may have forgotten it by then. */
const IDLE_MS = 30_000;

/** A connection that was kept was gone when it was used again, so that nobody has seen the request. */
class StaleConnection extends TypeError {}

/** How long connecting may take, as with `fetch`. */
const CONNECT_MS = 10_000;

/**
 * A `fetch` for servers that hand bodies on piece by piece: the same requests, on `node:http`. A piece costs a third of the CPU
 * that it costs with the streams of `fetch`. Redirects are errors. The body can be read by one reader, and by nothing else.
 */
export function createHttpFetch(): typeof fetch {
  const kept = { keepAlive: true, timeout: IDLE_MS };
  const agents = { "http:": new HttpAgent(kept), "https:": new HttpsAgent(kept) };
  return async (input, init = {}) => {
    const url = new URL(typeof input === "string" ? input : (input as URL).href);
    const isSafe = url.protocol === "https:";
    const { method = "GET", signal } = init;
    const body = init.body as Buffer | undefined;
    signal?.throwIfAborted();
    const headers = headersOf(init.headers, body);
    const agent = isSafe ? agents["https:"] : agents["http:"];
    const send = (): Promise<IncomingMessage> => {
      const asked = (isSafe ? httpsRequest : httpRequest)(url, { method, headers, agent });
      return answered(asked, body, signal ?? undefined);
    };
    const answer = await send().catch((error: unknown) => {
      if (error instanceof StaleConnection) return send();
      throw error;
    });
    const status = answer.statusCode ?? 0;
    if (status >= 300 && status < 400 && answer.headers.location !== undefined) {
      answer.destroy();
      throw new TypeError("fetch failed", { cause: new Error("unexpected redirect") });
    }
    // A reader is told the reason of the one who aborted it.
    const reasonOf = (error: unknown): unknown => (signal?.aborted ? signal.reason : error);
    return responseOf(answer, { method, url, reasonOf });
  };
}

function headersOf(given: RequestInit["headers"], body: Buffer | undefined): Record<string, string | number> {
  const headers: Record<string, string | number> = Object.fromEntries(new Headers(given));
  // A length that is known needs no chunks.
  if (body) headers["content-length"] = body.length;
  return headers;
}

/** Sends a request and waits for the headers of its answer. */
function answered(
  asked: ClientRequest,
  body: Buffer | undefined,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      asked.destroy(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort, { once: true });
    asked.once("close", () => signal?.removeEventListener("abort", abort));
    asked.on("socket", (socket) => {
      if (!socket.connecting) return;
      const late = setTimeout(() => asked.destroy(connectTimeout()), CONNECT_MS);
      const clear = (): void => clearTimeout(late);
      socket.once("connect", clear).once("close", clear);
    });
    asked.once("response", resolve);
    asked.on("error", (error) => {
      const isStale = asked.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET";
      const Failure = isStale ? StaleConnection : TypeError;
      // As `fetch` has it: the caller's own reason, and else what the network said as a cause.
      reject(signal?.aborted ? (signal.reason as Error) : new Failure("fetch failed", { cause: error }));
    });
    asked.end(body);
  });
}

function connectTimeout(): Error {
  return Object.assign(new Error("connecting took too long"), { code: "UND_ERR_CONNECT_TIMEOUT" });
}

/** Statuses whose answers have no body. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

function responseOf(
  answer: IncomingMessage,
  { method, url, reasonOf }: { method: string; url: URL; reasonOf: (error: unknown) => unknown },
): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  const { rawHeaders } = answer;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  const hasBody = method !== "HEAD" && !bodiless.has(status);
  if (!hasBody) answer.resume();
  const response = {
    status,
    statusText: answer.statusMessage ?? "",
    ok: status >= 200 && status < 300,
    headers,
    url: url.href,
    redirected: false,
    type: "basic",
    body: hasBody ? new IncomingBody(inflated(answer, headers), reasonOf) : null,
  };
  // What a gateway asks of a response is here; it never leaves this program.
  return response as unknown as Response;
}

function inflated(answer: IncomingMessage, headers: Headers): Readable {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (!Object.hasOwn(inflaters, encoding)) return answer;
  const inflater = inflaters[encoding as keyof typeof inflaters]();
  answer.on("error", (error) => inflater.destroy(error));
  return answer.pipe(inflater);
}
