import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { checkOrigin, type OriginHeaders, type OwnAddress } from "../../server/access/origin.js";

const loopback: OwnAddress = { host: "127.0.0.1", port: () => 4400, publicHosts: ["Gateway.Example.com"] };
const everywhere: OwnAddress = { ...loopback, host: "0.0.0.0", publicHosts: [] };

function verdict(headers: Partial<OriginHeaders>, own = loopback): string {
  const answer = checkOrigin({ host: "127.0.0.1:4400", origin: undefined, site: undefined, ...headers }, own);
  return answer.ok ? "ok" : answer.code;
}

describe("a host", () => {
  it.each<[string, string, string, OwnAddress?]>([
    ["this machine by its address", "127.0.0.1:4400", "ok"],
    ["this machine by its name", "localhost:4400", "ok"],
    ["this machine in capitals", "LOCALHOST:4400", "ok"],
    ["this machine by IPv6", "[::1]:4400", "ok"],
    ["another port of this machine", "127.0.0.1:4401", "bad_host"],
    ["this machine without a port", "localhost", "bad_host"],
    ["a name that points here", "evil.test:4400", "bad_host"],
    ["a name that ends like ours", "localhost.evil.test:4400", "bad_host"],
    ["a name that begins like an address", "127.0.0.1.evil.test:4400", "bad_host"],
    ["a name that is configured, at any port", "gateway.example.com", "ok"],
    ["one below it", "a.gateway.example.com", "bad_host"],
    ["an address, where all are listened at", "192.168.1.7:4400", "ok", everywhere],
    ["an address of IPv6 there", "[fe80::1]:4400", "ok", everywhere],
    ["a name there", "evil.test:4400", "bad_host", everywhere],
    ["somebody else's address elsewhere", "192.168.1.7:4400", "bad_host"],
    ["nothing", "", "bad_host"],
    ["two hosts", "localhost:4400, evil.test", "bad_host"],
    ["a user", "localhost:4400@evil.test", "bad_host"],
    ["a path", "localhost:4400/x", "bad_host"],
    ["a port that is none", "localhost:99999", "bad_host"],
  ])("that is %s is judged", (_, host, expected, own = loopback) => {
    expect(verdict({ host }, own)).toBe(expected);
  });

  it("is required", () => {
    expect(verdict({ host: undefined })).toBe("bad_host");
  });
});

describe("an origin", () => {
  it.each<[string, Partial<OriginHeaders>, string]>([
    ["that is absent, as from curl", {}, "ok"],
    ["of the page itself", { origin: "http://127.0.0.1:4400", site: "same-origin" }, "ok"],
    ["of the page by its other name", { host: "localhost:4400", origin: "http://localhost:4400" }, "ok"],
    [
      "of another name of this machine",
      { host: "localhost:4400", origin: "http://127.0.0.1:4400" },
      "bad_origin",
    ],
    ["of another port", { origin: "http://127.0.0.1:3000" }, "bad_origin"],
    ["of another site", { origin: "https://evil.test" }, "bad_origin"],
    ["that is null", { origin: "null" }, "bad_origin"],
    ["that is empty", { origin: "" }, "bad_origin"],
    ["with a path", { origin: "http://127.0.0.1:4400/" }, "bad_origin"],
    ["with a user", { origin: "http://a@127.0.0.1:4400" }, "bad_origin"],
    [
      "behind a proxy that ends TLS",
      { host: "gateway.example.com:443", origin: "https://gateway.example.com" },
      "ok",
    ],
    ["that is absent, of another site by the browser's word", { site: "cross-site" }, "bad_origin"],
    ["that is absent, of a neighbour", { site: "same-site" }, "bad_origin"],
    ["that is absent, of an address that was typed", { site: "none" }, "ok"],
  ])("%s is judged", (_, headers, expected) => {
    expect(verdict(headers)).toBe(expected);
  });

  it("is never taken for ours when its host is another", () => {
    fc.assert(
      fc.property(fc.webUrl(), (url) => {
        expect(verdict({ origin: new URL(url).origin })).toBe("bad_origin");
      }),
    );
  });
});
