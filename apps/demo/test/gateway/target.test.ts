import type { IncomingMessage } from "node:http";

import { describe, expect, it } from "vitest";

import { targetOf, type Target } from "../../server/gateway/target.js";

function read(method: string, url: string): Target {
  return targetOf({ method, url } as IncomingMessage);
}

describe("targetOf", () => {
  it.each([
    ["/v1/chat/completions", "/chat/completions", "chat"],
    ["/v1/chat/completions/", "/chat/completions/", "chat"],
    ["/v1/chat/completions?a=%20", "/chat/completions?a=%20", "chat"],
    ["/v1/x/../messages", "/messages", "messages"],
    ["http://other.example/v1/responses", "/responses", "responses"],
    ["/v1/models/a%2Fb", "/models/a%2Fb", undefined],
    ["/v1/threads/1/messages", "/threads/1/messages", undefined],
    ["/v1", "", undefined],
  ])("takes %s for %s", (url, path, api) => {
    expect(read("POST", url)).toEqual({ path, api });
  });

  it.each([
    "/",
    "/admin",
    "/v1x/models",
    "/v1/../admin",
    "/v1/%2e%2E/admin",
    "/v1/..\\admin",
    "/v1/..",
    "//v1/models/../..",
    "http://other.example/admin",
    "http://",
    "*",
    "",
  ])("finds nothing outside of /v1: %j", (url) => {
    expect(read("GET", url).refusal?.status).toBe(404);
  });

  it.each([
    "/v1/chat/completion%73",
    "/v1/CHAT/completions",
    "/v1/responses%2F",
    "/v1%2Fembeddings/../messag%65s",
  ])("refuses what an API may take for a call of a model: %s", (url) => {
    expect(read("POST", url).refusal).toBeDefined();
    expect(read("GET", "/v1/chat/completion%73").refusal).toBeUndefined();
  });

  it.each(["TRACE", "CONNECT", "LINK"])("refuses what cannot be sent on: %s", (method) => {
    expect(read(method, "/v1/models").refusal?.status).toBe(405);
  });
});
