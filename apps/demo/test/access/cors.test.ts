import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";

import { answerPreflight, corsHeaders } from "../../server/access/cors.js";
import { cors } from "../../server/access/middleware.js";

const origins = ["https://app.example.com", "http://localhost:3000"];
const ask = (more: Partial<Parameters<typeof answerPreflight>[0]>) =>
  answerPreflight(
    { origin: origins[0], method: "POST", headers: undefined, privateNetwork: undefined, ...more },
    origins,
  );

describe("an answer", () => {
  it("names the origin that is configured, and what its page may read", () => {
    const headers = corsHeaders(origins[1], origins);
    expect(headers).toMatchObject({ vary: "Origin", "access-control-allow-origin": "http://localhost:3000" });
    for (const name of [
      "x-request-id",
      "x-waybill-id",
      "x-waybill-cost",
      "x-ratelimit-remaining-tokens",
      "retry-after",
    ])
      expect(headers["access-control-expose-headers"]).toContain(name);
  });

  it.each([
    ["https://evil.test"],
    ["null"],
    ["*"],
    ["https://app.example.com.evil.test"],
    ["HTTPS://APP.EXAMPLE.COM"],
    [undefined],
  ])("to %s names none", (origin) => {
    expect(corsHeaders(origin, origins)).toEqual({ vary: "Origin" });
  });

  it("says nothing of origins where none are configured", () => {
    expect(corsHeaders(origins[0], [])).toEqual({});
  });
});

describe("a preflight", () => {
  const sent =
    "authorization,content-type,x-stainless-arch,x-stainless-lang,x-stainless-retry-count,x-waybill-tags,anthropic-version";

  it("grants what clients of OpenAI and Anthropic send", () => {
    expect(ask({ headers: sent })).toMatchObject({
      status: 204,
      headers: {
        "access-control-allow-origin": origins[0],
        "access-control-allow-headers": sent.replaceAll(",", ", "),
      },
    });
  });

  it.each<[string, string]>([
    ["cookies", "cookie"],
    ["a header with a line break", "x-stainless-a\r\nset-cookie: x"],
    ["every header", "*"],
    ["the name alone of a pattern", "x-stainless-"],
    ["a long name", `x-stainless-${"a".repeat(1000)}`],
  ])("grants nothing for %s", (_, headers) => {
    expect(ask({ headers }).headers).not.toHaveProperty("access-control-allow-headers");
  });

  it("looks at so many names and no more", () => {
    const headers = Array.from({ length: 1000 }, (_, index) => `x-stainless-${index}`).join(",");
    expect(ask({ headers }).headers["access-control-allow-headers"]?.split(",")).toHaveLength(64);
  });

  it("says whether a page of the internet may reach this machine", () => {
    expect(ask({ privateNetwork: "true" }).headers).toHaveProperty(
      "access-control-allow-private-network",
      "true",
    );
  });

  it.each<[string, Parameters<typeof ask>[0]]>([
    ["another origin", { origin: "https://evil.test" }],
    ["no origin", { origin: undefined }],
    ["a method that there is not", { method: "TRACE" }],
  ])("of %s is refused", (_, more) => {
    const { status, headers } = ask(more);
    expect([status, headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  });

  it("never allows every origin, nor credentials", () => {
    const all = JSON.stringify([ask({ headers: sent }), corsHeaders(origins[0], origins)]);
    expect(all).not.toMatch(/"\*"|credentials/);
  });
});

describe("the middleware", () => {
  const app = new Hono();
  app.use("/v1/*", cors(origins));
  app.all("/v1/models", (c) => c.json({ method: c.req.method }));

  it("answers preflights itself, and leaves other OPTIONS alone", async () => {
    const headers = { origin: origins[0] ?? "", "access-control-request-method": "POST" };
    expect((await app.request("/v1/models", { method: "OPTIONS", headers })).status).toBe(204);
    expect(await (await app.request("/v1/models", { method: "OPTIONS" })).json()).toEqual({
      method: "OPTIONS",
    });
  });

  it("puts its headers on answers", async () => {
    const response = await app.request("/v1/models", { headers: { origin: origins[0] ?? "" } });
    expect(response.headers.get("access-control-allow-origin")).toBe(origins[0]);
  });

  it("puts them also on answers that are written past hono", async () => {
    const raw = new Hono<{ Bindings: HttpBindings }>();
    raw.use("/v1/*", cors(origins));
    raw.all("/v1/*", ({ env: { outgoing } }) => {
      outgoing.writeHead(200, { "content-type": "text/plain" }).end("x");
      return RESPONSE_ALREADY_SENT;
    });
    const server = createAdaptorServer({ fetch: raw.fetch });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as { port: number };
      const response = await fetch(`http://127.0.0.1:${port}/v1/x`, {
        headers: { origin: origins[0] ?? "" },
      });
      expect([await response.text(), response.headers.get("access-control-allow-origin")]).toEqual([
        "x",
        origins[0],
      ]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
