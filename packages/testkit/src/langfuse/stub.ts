import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { refusalOf } from "./event-check.js";
import { LangfuseStore } from "./store.js";

/** What the stub is like. */
export type LangfuseStubOptions = {
  /** The project's keys; any other pair is answered 401. */
  publicKey?: string;
  secretKey?: string;
  /** Largest request body in bytes; 4.5 MiB by default, as on a real server. */
  maxBodyBytes?: number;
};

/** A request that reached the stub. */
export type StubRequest = { method: string; path: string; bytes: number; body: unknown };

/** A running stub. */
export type LangfuseStub = {
  baseUrl: string;
  publicKey: string;
  secretKey: string;
  requests: StubRequest[];
  /** What a server would have stored. */
  stored: LangfuseStore;
  /** How many events were accepted and rejected so far. */
  verdicts: { accepted: number; rejected: number };
  close(): Promise<void>;
};

type Answer = { status: number; body: unknown };

/** Starts a Langfuse on loopback that checks keys and events, stores what it accepts and answers 207. */
export async function startLangfuseStub(options: LangfuseStubOptions = {}): Promise<LangfuseStub> {
  const { publicKey = "pk-lf-stub", secretKey = "sk-lf-stub", maxBodyBytes = 4_718_592 } = options;
  const stored = new LangfuseStore();
  const requests: StubRequest[] = [];
  const verdicts = { accepted: 0, rejected: 0 };
  const authorization = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString("base64")}`;

  async function answer(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const text = await readBody(request, maxBodyBytes);
    if (text === undefined) return { status: 413, body: "Body exceeded 4.5mb limit" };
    const body = parse(text);
    requests.push({ method: request.method ?? "", path, bytes: Buffer.byteLength(text), body });
    if (path === "/api/public/health") return { status: 200, body: { status: "OK", version: "3.180.0" } };
    if (path !== "/api/public/ingestion")
      return { status: 404, body: { error: "NotFoundError", message: path } };
    if (body === undefined) return { status: 400, body: "Invalid JSON" };
    if (request.method !== "POST")
      return { status: 405, body: { error: "MethodNotAllowedError", message: "POST only" } };
    if (request.headers.authorization !== authorization) {
      return { status: 401, body: { error: "UnauthorizedError", message: "Invalid credentials" } };
    }
    const answered = ingest(body, stored);
    verdicts.accepted += answered.body.successes?.length ?? 0;
    verdicts.rejected += answered.body.errors?.length ?? 0;
    return answered;
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (result) => send(response, result),
      () => send(response, { status: 500, body: { error: "Internal Server Error" } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    publicKey,
    secretKey,
    requests,
    stored,
    verdicts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Verdict = { id: string; status: number; message?: string; error?: string };
type IngestAnswer = { status: number; body: { successes?: Verdict[]; errors?: Verdict[]; message?: string } };

function ingest(body: unknown, stored: LangfuseStore): IngestAnswer {
  const batch = (body as { batch?: unknown } | null)?.batch;
  if (!Array.isArray(batch))
    return { status: 400, body: { message: "Invalid request data: batch is not an array" } };
  const successes: Verdict[] = [];
  const errors: Verdict[] = [];
  for (const event of batch as Event[]) {
    const error = refusalOf(event);
    const id = typeof event?.id === "string" ? event.id : "unknown";
    if (error) errors.push({ id, status: 400, message: "Invalid request data", error });
    // A log line is neither listed nor stored.
    else if (event.type !== "sdk-log") {
      stored.store(event);
      successes.push({ id, status: 201 });
    }
  }
  return { status: 207, body: { successes, errors } };
}

type Event = { id: string; type: string; body: Record<string, unknown> };

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

function send(response: ServerResponse, { status, body }: Answer): void {
  const isText = typeof body === "string";
  // A body that was too large is still on its way: the connection is of no use for another request.
  const connection = status === 413 ? { connection: "close" } : {};
  response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json", ...connection });
  response.end(isText ? body : JSON.stringify(body), () => {
    if (status === 413) response.socket?.destroy();
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "null" : text);
  } catch {
    return undefined;
  }
}
