import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { WaybillError, wordsOf } from "@waybill/core";

import { currentTest, type ReplayOptions, type TestId } from "../replay/replay-options.js";
import { Replayer } from "../replay/replayer.js";
import type { RecordingStore } from "../store/recording-store.js";

/** How recordings are served. */
export type ServeOptions = ReplayOptions & {
  /** Any free one by default. */
  port?: number | undefined;
  /** The interface; only this machine by default. */
  host?: string | undefined;
  /**
   * The origin that requests are meant for, such as `https://api.openai.com`: some hashes contain it. The server's own
   * by default.
   */
  origin?: string | undefined;
  /** The test of calls without a header that names theirs. */
  testId?: TestId | undefined;
  /** Largest body of a request in bytes; 64 MiB by default. */
  maxBodyBytes?: number | undefined;
};

/** A running server. */
export type RecordingServer = {
  /** Where it listens, without a slash at the end. The base URL of clients is this and `/v1`. */
  url: string;
  port: number;
  /** Stops listening and ends what is still being sent. */
  close(): Promise<void>;
};

/** Headers in which clients of llama-stack name their test. */
const testHeaders = ["x-ogx-provider-data", "x-llamastack-provider-data"];

/**
 * Serves recordings over HTTP, so that clients in any language can be tested with them. As clients have base URLs of their
 * own, requests are matched by endpoint and body (`match: "request"`) by default.
 * @throws WaybillError `bad-option`, as a rejection
 */
export async function serveRecordings(
  store: RecordingStore,
  options: ServeOptions = {},
): Promise<RecordingServer> {
  const { port = 0, host = "127.0.0.1", match = "request" } = options;
  // A text would be the path of a socket.
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new WaybillError("bad-option", `port is a number from 0 to 65535, not ${JSON.stringify(port)}`);
  const replayer = new Replayer(store, { ...options, match });
  const server = createServer((request, response) => {
    answer(request, response, replayer, options).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, `the recordings cannot be served: ${wordsOf(error)}`);
    });
  });
  await listen(server, port, host);
  const { port: chosen, address, family } = server.address() as AddressInfo;
  const name = family === "IPv6" ? `[${address}]` : address;
  return {
    url: `http://${name}:${chosen}`,
    port: chosen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      // Such as too many open files: the connection is lost, and the server goes on.
      server.on("error", () => {});
      resolve();
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  replayer: Replayer,
  options: ServeOptions,
): Promise<void> {
  const body = await readBody(request, options.maxBodyBytes ?? 64 * 1024 * 1024);
  if (body === undefined) {
    refuse(response, 413, "the request's body is over maxBodyBytes", () => request.destroy());
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const origin = options.origin ?? `http://${request.headers.host ?? "localhost"}`;
  const url = origin.replace(/\/$/, "") + (request.url ?? "/");
  const call = {
    method: (request.method ?? "GET").toUpperCase(),
    url,
    signal: gone.signal,
    streamsBody: false,
    input: url,
    init: undefined,
    text: async () => body,
  };
  const answered = await replayer.answer(call, testOf(request, options));
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.flushHeaders();
  for await (const piece of answered.body ?? []) {
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

function refuse(response: ServerResponse, status: number, message: string, then?: () => void): void {
  const error = { message, type: "replay_error", param: null, code: null };
  const headers = { "content-type": "application/json", "x-should-retry": "false", connection: "close" };
  response.writeHead(status, headers).end(JSON.stringify({ error }), then);
}

function testOf(request: IncomingMessage, { testId }: ServeOptions): string | null {
  for (const name of testHeaders) {
    const named = testIn(request.headers[name]);
    if (named !== undefined) return named;
  }
  return currentTest(testId);
}

function testIn(header: string | string[] | undefined): string | undefined {
  if (typeof header !== "string") return undefined;
  try {
    const data = JSON.parse(header) as { __test_id?: unknown } | null;
    return typeof data?.__test_id === "string" ? data.__test_id : undefined;
  } catch {
    // The header has other uses: what is not JSON names no test.
    return undefined;
  }
}

/** The body as text; undefined when it is too large, and then the rest is not read. */
async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > limit) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      response.off("drain", end);
      response.off("close", end);
      resolve();
    };
    response.once("drain", end);
    response.once("close", end);
  });
}
