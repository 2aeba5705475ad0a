import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";

import { serve, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { instrumentFetch } from "@waybill/fetch";
import { Hono } from "hono";

/** Starts a proxy of an upstream and says where it listens. */
export type Proxy = (upstream: string) => Promise<number>;

/** As little as a proxy can do: two requests of `node:http`, piped. */
const bare: Proxy = (upstream) => {
  const { port } = new URL(upstream);
  const server = createServer((asked, answer) => {
    const sent = httpRequest(
      { port, host: "127.0.0.1", path: asked.url, method: asked.method, headers: asked.headers },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      },
    );
    asked.pipe(sent);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
};

/** What anybody would write: hono in front, fetch behind, the body handed through. */
const plain =
  (wrap: (base: typeof fetch) => typeof fetch): Proxy =>
  (upstream) => {
    const send = wrap(fetch);
    const app = new Hono();
    app.post("/v1/*", async (context) => {
      const body = await context.req.text();
      const answer = await send(`${upstream}${context.req.path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: context.req.header("authorization") ?? "",
        },
        body,
        signal: context.req.raw.signal,
      });
      const headers = new Headers();
      for (const name of ["content-type", "x-request-id"]) headers.set(name, answer.headers.get(name) ?? "");
      return new Response(answer.body, { status: answer.status, headers });
    });
    return new Promise((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port));
    });
  };

/** The transport of Waybill's gateway, without the accounting: hono in front, `node:http` behind, pieces handed on as they come. */
const direct: Proxy = (upstream) => {
  const { port } = new URL(upstream);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post("/v1/*", async ({ env: { incoming, outgoing }, req }) => {
    const headers = {
      "content-type": "application/json",
      authorization: incoming.headers.authorization ?? "",
    };
    await new Promise<void>((resolve) => {
      const sent = httpRequest(
        { port, host: "127.0.0.1", path: req.path, method: "POST", headers },
        (got) => {
          outgoing.writeHead(got.statusCode ?? 502, { "content-type": got.headers["content-type"] });
          got.pipe(outgoing);
          outgoing.once("close", resolve);
        },
      );
      incoming.pipe(sent);
    });
    return RESPONSE_ALREADY_SENT;
  });
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, (info) => resolve(info.port));
  });
};

/** The proxies that are written here, by name. */
export const proxies: Readonly<Record<string, Proxy>> = {
  "node:http": bare,
  "hono + node:http": direct,
  "hono + fetch": plain((base) => base),
  "hono + instrumentFetch": plain((base) => instrumentFetch(base, { onPayload: () => {} })),
};
