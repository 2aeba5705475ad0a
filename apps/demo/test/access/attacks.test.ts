import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";

import { callsFromHere } from "../../server/access/middleware.js";

/** `/v1` as it is reached at 127.0.0.1:4601. */
function server({ open = true, origins = [] as string[] } = {}) {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const own = { host: "127.0.0.1", port: () => 4601, publicHosts: ["gateway.test"] };
  app.use("/v1/*", callsFromHere(own, { open: () => ({ proxy: open, page: true }) }, origins));
  let calls = 0;
  app.all("/v1/*", (c) => {
    calls++;
    return c.text("spent");
  });
  return async (headers: Record<string, string>, method = "POST") => {
    const init = { method, headers: { host: "127.0.0.1:4601", ...headers } };
    const response = await app.request("/v1/chat/completions", init);
    return { status: response.status, text: await response.text(), calls };
  };
}

describe("a gateway that needs no key", () => {
  it.each<[string, Record<string, string>, string]>([
    [
      "a page elsewhere that needs no preflight",
      { origin: "https://evil.example", "sec-fetch-site": "cross-site", "content-type": "text/plain" },
      "bad_origin",
    ],
    ["a page elsewhere without an origin", { "sec-fetch-site": "cross-site" }, "bad_origin"],
    [
      "a page at another port of this machine",
      { origin: "http://127.0.0.1:9999", "sec-fetch-site": "same-site" },
      "bad_origin",
    ],
    ["a frame without an origin of its own", { origin: "null" }, "bad_origin"],
    ["a name that was made to point here", { host: "evil.example:4601" }, "bad_host"],
    [
      "a page of a name that was made to point here",
      { host: "evil.example:4601", origin: "http://evil.example:4601", "sec-fetch-site": "same-origin" },
      "bad_host",
    ],
  ])("makes no call for %s", async (_, headers, code) => {
    for (const method of ["POST", "GET", "DELETE"]) {
      const { status, text, calls } = await server()(headers, method);
      expect([status, calls]).toEqual([403, 0]);
      const { error } = JSON.parse(text) as { error: Record<string, unknown> };
      expect(Object.keys(error).toSorted()).toEqual(["code", "message", "param", "type"]);
      expect(error).toMatchObject({ code, type: "permission_error" });
      expect(error["message"]).toMatch(/^Waybill: .*--(?:cors-origin|public-host)/);
    }
  });

  it.each<[string, Record<string, string>]>([
    ["a program", {}],
    ["a program that says localhost", { host: "localhost:4601" }],
    ["its own page", { origin: "http://127.0.0.1:4601", "sec-fetch-site": "same-origin" }],
    ["a name that is ours", { host: "gateway.test" }],
    ["a page that is configured", { origin: "https://app.test", "sec-fetch-site": "cross-site" }],
  ])("makes a call for %s", async (_, headers) => {
    expect(await server({ origins: ["https://app.test"] })(headers)).toMatchObject({ status: 200, calls: 1 });
  });
});

it("a gateway that needs a key leaves it to the key", async () => {
  const headers = { host: "gateway.elsewhere", origin: "https://app.test", "sec-fetch-site": "cross-site" };
  expect(await server({ open: false })(headers)).toMatchObject({ status: 200 });
});
