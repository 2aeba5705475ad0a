import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

import { Departures } from "./departures.js";
import type { Faults, LoopbackFault } from "./faults.js";
import { Milestones } from "./milestones.js";

/** A request that reached a stub. */
export type LoopbackRequest = {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** Bytes as they were sent; none of a body that was too large. */
  raw: Buffer;
  /** The body as text, inflated. */
  text: string;
};

/** What a stub answers. */
export type LoopbackAnswer = { status: number; body: string; headers?: Record<string, string> } & (
  | { write?: never }
  /** Writes what follows the body, piece by piece, and ends the answer; `breakOff` breaks its connection. */
  | { write: (response: ServerResponse, breakOff: () => void) => Promise<void> }
);

/** What a stub is: how it refuses, and what it does with what it takes. */
export type Site<Fault, Request extends LoopbackRequest> = {
  /** 0 for any that is free. */
  port?: number | undefined;
  /** Largest body in bytes, as it is sent. */
  maxBodyBytes: () => number;
  /** What a body that is larger is answered with, as status 413. */
  tooLarge: string;
  /** Puts down a request that arrived. */
  note: (request: LoopbackRequest) => Request;
  /** The body of a fault that has a status and no body; none by default. */
  errorBody?: (status: number, path: string) => string;
  /** Why a request is refused before anything else is done with it. */
  refuse: (request: Request) => LoopbackAnswer | undefined;
  /** Takes a request in, with what goes wrong for this stub alone, and answers. */
  take: (request: Request, fault?: Fault) => LoopbackAnswer;
  faults?: Faults<Fault | LoopbackFault> | undefined;
};

/** A running stub. */
export type Loopback<Fault, Request> = {
  url: string;
  requests: Request[];
  faults: Faults<Fault | LoopbackFault>;
  /** Resolves when so many requests have arrived, from the first one on. */
  arrived: (requests: number) => Promise<void>;
  /** Resolves when so many clients have gone away before the end of their answer, from the first one on. */
  aborted: (clients: number) => Promise<void>;
  /** Lets delayed requests go on. */
  release: () => void;
  close: () => Promise<void>;
};

/** Starts a server on loopback that goes wrong as it is told. */
export async function startLoopback<Fault extends { kind: string }, Request extends LoopbackRequest>(
  site: Site<Fault, Request>,
): Promise<Loopback<Fault, Request>> {
  let faults: Faults<Fault | LoopbackFault> = site.faults ?? [];
  let count = 0;
  const arrivals = new Milestones();
  const departures = new Departures();
  let delayed: (() => void)[] = [];
  const requests: Request[] = [];

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readBody(incoming, site.maxBodyBytes());
    const path = (incoming.url ?? "/").split("?")[0] ?? "/";
    const isGzip = incoming.headers["content-encoding"] === "gzip";
    const text = raw && (isGzip ? inflate(raw) : raw.toString("utf8"));
    const request = site.note({
      method: incoming.method ?? "",
      path,
      headers: incoming.headers,
      raw: raw ?? Buffer.alloc(0),
      text: text ?? "",
    });
    requests.push(request);
    const number = count++;
    const fault = typeof faults === "function" ? faults(number, path, request.text) : faults[number];
    arrivals.pass();
    if (raw === undefined) return reply(response, { status: 413, body: site.tooLarge });
    const refused = site.refuse(request);
    if (refused) return reply(response, refused);
    if (text === undefined) return reply(response, { status: 400, body: "invalid gzip" });
    return answer(request, response, fault);
  }

  async function answer(
    request: Request,
    response: ServerResponse,
    given: Fault | LoopbackFault | undefined,
  ): Promise<void> {
    if (given === undefined) return reply(response, site.take(request));
    const fault = given as LoopbackFault;
    switch (fault.kind) {
      case "status":
        return reply(response, {
          status: fault.status,
          body: fault.body ?? site.errorBody?.(fault.status, request.path) ?? "",
          headers: {
            ...(fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter }),
            ...(fault.contentType === undefined ? {} : { "content-type": fault.contentType }),
          },
        });
      case "redirect": {
        const headers = { location: fault.location };
        return reply(response, { status: fault.status ?? 307, body: "", headers });
      }
      case "reset-before":
        departures.breakOff(response);
        return;
      case "reset-after":
        site.take(request);
        departures.breakOff(response);
        return;
      case "invalid-json": {
        const { status, headers } = site.take(request);
        return reply(response, {
          status,
          body: fault.body ?? '{"partialSuccess":',
          ...(headers ? { headers } : {}),
        });
      }
      case "delay":
        await new Promise<void>((resolve) => delayed.push(resolve));
        return reply(response, site.take(request));
      case "stall":
        return;
      case "slow-loris":
        response.writeHead(site.take(request).status, { "content-type": "application/json" });
        response.write("{");
        return;
      case "endless": {
        response.writeHead(site.take(request).status, { "content-type": "application/json" });
        const more = () => {
          while (!response.destroyed && response.write(" ".repeat(65_536)));
        };
        response.on("drain", more);
        more();
        return;
      }
      default:
        return reply(response, site.take(request, given as Fault));
    }
  }

  async function reply(response: ServerResponse, given: LoopbackAnswer): Promise<void> {
    if (given.write && !response.destroyed && !response.headersSent) {
      response.writeHead(given.status, given.headers);
      if (given.body !== "") response.write(given.body);
      await given.write(response, () => departures.breakOff(response));
    } else send(response, given);
  }

  const server = createServer((incoming, response) => {
    departures.watch(response);
    handle(incoming, response).catch(() => send(response, { status: 500, body: "" }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(site.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get faults() {
      return faults;
    },
    set faults(next) {
      faults = next;
      count = 0;
    },
    arrived: (enough) => arrivals.reached(enough),
    aborted: (clients) => departures.reached(clients),
    release: () => {
      const due = delayed;
      delayed = [];
      for (const go of due) go();
    },
    close: () =>
      new Promise((resolve) => {
        departures.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The body; undefined when it is too large. The rest is read and forgotten, so that the answer finds its reader. */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes <= limit) pieces.push(piece);
  }
  return bytes > limit ? undefined : Buffer.concat(pieces);
}

function inflate(raw: Buffer): string | undefined {
  try {
    return gunzipSync(raw).toString("utf8");
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, headers }: LoopbackAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const type = body.startsWith("{") ? "application/json" : "text/plain";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(body);
}
