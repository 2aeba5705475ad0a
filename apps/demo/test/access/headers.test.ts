import { describe, expect, it } from "vitest";

import { headersBack, headersUpstream } from "../../server/access/headers.js";
import { cacheControl, download, pageHeaders } from "../../server/access/page-headers.js";

const keyless = { callers: false };

describe("a request that is sent on", () => {
  it("has what the API reads, and nothing that is ours, LiteLLM's or of the connection", () => {
    const headers = headersUpstream(
      {
        accept: "application/json",
        "content-type": "application/json",
        "openai-beta": "assistants=v2",
        "anthropic-version": "2023-06-01",
        "x-stainless-lang": "js",
        cookie: "a=1",
        host: "localhost:4400",
        connection: "keep-alive, x-secret",
        "transfer-encoding": "chunked",
        "content-length": "5",
        "content-encoding": "gzip",
        "accept-encoding": "br",
        "proxy-authorization": "Basic x",
        "x-forwarded-for": "10.0.0.1",
        "x-waybill-tags": "a",
        "x-litellm-tags": "a",
        "x-secret": "1",
        authorization: "Bearer wb-1",
      },
      keyless,
    );
    expect([...headers.keys()].toSorted()).toEqual([
      "accept",
      "anthropic-version",
      "content-type",
      "openai-beta",
      "x-stainless-lang",
    ]);
  });

  it.each<[string, Record<string, string>, Parameters<typeof headersUpstream>[1], Record<string, string>]>([
    [
      "the gateway's in place of the caller's",
      { authorization: "Bearer wb-1" },
      { upstream: "sk-1", callers: false },
      { authorization: "Bearer sk-1" },
    ],
    [
      "the gateway's where Anthropic looks",
      { "x-api-key": "wb-1" },
      { upstream: "sk-1", callers: false },
      { authorization: "Bearer sk-1", "x-api-key": "sk-1" },
    ],
    [
      "the caller's, which is none of ours",
      { authorization: "Bearer sk-2" },
      { callers: true },
      { authorization: "Bearer sk-2" },
    ],
    ["none, in place of one of ours", { authorization: "Bearer wb-1", "x-api-key": "wb-1" }, keyless, {}],
  ])("carries %s as its key", (_, incoming, key, expected) => {
    expect(Object.fromEntries(headersUpstream(incoming, key))).toEqual(expected);
  });
});

describe("an answer that is handed back", () => {
  it("keeps what is for the caller, and loses what was of the connection, the bytes and other pages", () => {
    const answer = new Headers({
      "content-type": "application/json",
      "x-request-id": "req_1",
      "x-ratelimit-remaining-tokens": "5",
      "retry-after": "1",
      "openai-processing-ms": "5",
      "content-encoding": "gzip",
      "content-length": "5",
      connection: "close, X-Hop",
      "x-hop": "1",
      "keep-alive": "timeout=5",
      "transfer-encoding": "chunked",
      "set-cookie": "a=1",
      "alt-svc": "h3",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "*",
      "cross-origin-resource-policy": "cross-origin",
    });
    expect(headersBack(answer)).toEqual({
      "content-type": "application/json",
      "x-request-id": "req_1",
      "x-ratelimit-remaining-tokens": "5",
      "retry-after": "1",
      "openai-processing-ms": "5",
    });
  });
});

describe("a page", () => {
  it("runs its own scripts and nothing else", () => {
    const policy = pageHeaders["content-security-policy"] ?? "";
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "trusted-types 'none'",
      "frame-ancestors 'none'",
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it("is asked for anew each time, unlike its files", () => {
    expect([cacheControl(false), cacheControl(true)]).toEqual([
      "no-cache",
      "public, max-age=31536000, immutable",
    ]);
  });

  it("gives files a name that harms no header", () => {
    expect(download('../a"b\r\nset-cookie: x.json')).toEqual({
      "content-disposition": 'attachment; filename=".._a_b__set-cookie__x.json"',
    });
  });
});
