import { once } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";

import { serve } from "@hono/node-server";
import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { checkStandardLoggingPayloadEmit } from "@waybill/core/emit";
import { createCostEngine } from "@waybill/cost";
import type { FetchEvent } from "@waybill/fetch";
import { startOpenAIStub, type OpenAIStub, type OpenAIStubOptions } from "@waybill/testkit";
import { expect, onTestFinished } from "vitest";

import { createGateway } from "../../server/gateway/gateway.js";
import type { Caller, Door, GatewayParts } from "../../server/gateway/parts.js";
import { createHttpFetch } from "../../server/upstream/http-fetch.js";

/** What was done with what was held for one call. */
export type Charge = { settled: string | null } | "released";

/** A gateway of a test, with all that it wrote down. */
export type TestGateway = {
  url: string;
  port: number;
  stub: OpenAIStub;
  records: StandardLoggingPayloadEmit[];
  /** Resolves with the record of a number, from 1 on. */
  record: (number: number) => Promise<StandardLoggingPayloadEmit>;
  /** Of each call that was admitted, in the order of their admission: what happened to what was held. */
  charges: Charge[][];
  events: FetchEvent[];
  live: Set<string>;
  /** Sends a call and reads its answer. */
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Answer>;
};

/** An answer, read to its end. */
export type Answer = { status: number; headers: Headers; text: string };

/** For whom calls are made where a test does not say. */
export const anyone: Caller = { hash: null, alias: null, lastFour: null, isOwnKey: false };

const engine = createCostEngine({
  overrides: {
    "gpt-4o": {
      litellm_provider: "openai",
      mode: "chat",
      input_cost_per_token: 2.5e-6,
      output_cost_per_token: 1e-5,
    },
  },
});

export type GatewayOptions = Partial<Omit<GatewayParts, "door" | "upstream">> & {
  upstream?: Partial<GatewayParts["upstream"]>;
  door?: Partial<Door>;
  stub?: OpenAIStubOptions;
  /** What is left, for who has a budget. */
  remaining?: string;
};

/** Starts a gateway in front of a stub; both end with the test. */
export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const { stub: stubOptions, upstream, door, remaining, ...given } = options;
  const stub = await startOpenAIStub(stubOptions);
  onTestFinished(() => stub.close());
  const records: StandardLoggingPayloadEmit[] = [];
  const charges: Charge[][] = [];
  const events: FetchEvent[] = [];
  const live = new Set<string>();
  const waiting = new Set<() => void>();
  const app = createGateway({
    upstream: { fetch: createHttpFetch(), base: stub.baseUrl, ...upstream },
    engine,
    redactor: null,
    record: (payload) => {
      records.push(payload);
      for (const look of waiting) look();
    },
    door: {
      authenticate: () => ({ ok: true, caller: anyone }),
      admitUncounted: () => undefined,
      admit: async () => {
        const charged: Charge[] = [];
        charges.push(charged);
        return {
          ok: true,
          admission: {
            remaining: remaining ?? null,
            settle: async (exact) => void charged.push({ settled: exact }),
            release: async () => void charged.push("released"),
          },
        };
      },
      ...door,
    },
    live: { start: ({ id }) => live.add(id), end: (id) => live.delete(id) },
    payloadText: async (id) => {
      const found = records.find((payload) => payload.id === id);
      return found ? JSON.stringify(found) : null;
    },
    limits: { maxBodyBytes: 1024 * 1024, headersMs: 60_000, idleMs: 60_000 },
    isDraining: () => false,
    onEvent: (event) => void events.push(event),
    ...given,
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  if (!server.listening) await once(server, "listening");
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  // Every record of every test is one that may be sent on.
  onTestFinished(() => {
    for (const payload of records)
      expect(checkStandardLoggingPayloadEmit(payload)).toMatchObject({ ok: true });
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    stub,
    records,
    charges,
    events,
    live,
    record: (number) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = records[number - 1];
          if (!found) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    post: async (path, body, headers = {}) => {
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}

/** A call of chat; with `stream`, also for usage. */
export function chat(more: Record<string, unknown> = {}): Record<string, unknown> {
  const usage = more["stream"] === true ? { stream_options: { include_usage: true } } : {};
  return {
    model: "gpt-4o",
    messages: [{ role: "user", content: "Which planet has rings?" }],
    ...usage,
    ...more,
  };
}

/** Sends bytes as they are, and reads to the end of the connection. */
export async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  // What the other side does not want any more is no matter.
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return Buffer.concat(pieces).toString("latin1");
}

/** The answer to a request of one line and its headers. */
export async function rawRequest(
  { port }: TestGateway,
  line: string,
  headers: Record<string, string> = {},
  body = "",
): Promise<{ status: number; text: string }> {
  const lines = [
    `${line} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    "connection: close",
    ...(body === "" ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const text = await raw(port, Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1"));
  return { status: Number(/^HTTP\/1\.1 ([0-9]{3})/.exec(text)?.[1]), text };
}

/** An answer through Node's own client, which unpacks nothing and shows headers as they came. */
export function plainly(
  { port }: TestGateway,
  path: string,
  {
    method = "POST",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { port, host: "127.0.0.1", path, method, headers, agent: false },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(pieces) }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** The error of an answer, which has to be one of OpenAI's form with our mark. */
export function errorIn(text: string): { message: string; type: string; param: unknown; code: string } {
  const { error } = JSON.parse(text) as {
    error: { message: string; type: string; param: unknown; code: string };
  };
  expect(Object.keys(error).toSorted()).toEqual(["code", "message", "param", "type"]);
  expect(error.message).toMatch(/^Waybill: /);
  return error;
}
