import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { chat, errorIn, plainly, raw, rawRequest, startGateway } from "./start-gateway.js";

const json = { "content-type": "application/json" };

describe("the headers of a request", () => {
  it.each([
    ["accept", "application/json"],
    ["openai-beta", "assistants=v2"],
    ["openai-organization", "org-1"],
    ["anthropic-version", "2023-06-01"],
    ["idempotency-key", "k1"],
    ["traceparent", `00-${"a".repeat(32)}-${"b".repeat(16)}-01`],
    ["user-agent", "OpenAI/JS 6"],
    ["x-stainless-retry-count", "1"],
  ])("that the API needs reach it: %s", async (name, value) => {
    const gateway = await startGateway();
    await gateway.post("/v1/chat/completions", chat(), { [name]: value });
    expect(gateway.stub.requests[0]?.headers[name]).toBe(value);
  });

  it.each([
    ["cookie", "session=1"],
    ["x-waybill-tags", "a,b"],
    ["x-waybill-include", "cost"],
    ["x-litellm-tags", "a"],
    ["x-forwarded-for", "10.0.0.1"],
    ["x-real-ip", "10.0.0.1"],
    ["forwarded", "for=10.0.0.1"],
    ["referer", "http://a/"],
    ["proxy-authorization", "Basic eA=="],
    ["x-anything", "1"],
  ])("that are not the API's business do not reach it: %s", async (name, value) => {
    const gateway = await startGateway();
    const headers = { ...json, [name]: value };
    await plainly(gateway, "/v1/chat/completions", { headers, body: JSON.stringify(chat()) });
    expect(gateway.stub.requests[0]?.headers[name]).toBeUndefined();
  });

  it("have the API's host, not the gateway's", async () => {
    const gateway = await startGateway();
    await gateway.post("/v1/chat/completions", chat());
    expect(gateway.stub.requests[0]?.headers["host"]).toBe(new URL(gateway.stub.url).host);
  });

  const own = { authorization: "Bearer wb-own" };
  const keys: [
    what: string,
    isOwnKey: boolean,
    upstream: string | undefined,
    sent: object,
    arrives: unknown[],
  ][] = [
    [
      "the caller's where no other is known",
      false,
      undefined,
      { authorization: "Bearer sk-1" },
      ["Bearer sk-1", undefined],
    ],
    ["the caller's of Anthropic", false, undefined, { "x-api-key": "sk-2" }, [undefined, "sk-2"]],
    ["none, when the caller's is the gateway's", true, undefined, own, [undefined, undefined]],
    [
      "none, wherever the gateway's stands",
      true,
      undefined,
      { "x-api-key": "wb-own" },
      [undefined, undefined],
    ],
    ["the API's in place of the gateway's", true, "sk-up", own, ["Bearer sk-up", undefined]],
    [
      "the API's in place of the caller's",
      false,
      "sk-up",
      { authorization: "Bearer sk-1" },
      ["Bearer sk-up", undefined],
    ],
    ["the API's where there is none", false, "sk-up", {}, ["Bearer sk-up", undefined]],
    ["the API's in Anthropic's place", true, "sk-up", { "x-api-key": "wb-own" }, ["Bearer sk-up", "sk-up"]],
  ];

  it.each(keys)("have as key %s", async (_, isOwnKey, key, sent, arrives) => {
    const caller = { hash: null, alias: null, lastFour: null, isOwnKey };
    const gateway = await startGateway({
      upstream: { key },
      door: { authenticate: () => ({ ok: true, caller }) },
    });
    await gateway.post("/v1/chat/completions", chat(), { ...sent });
    const { authorization, "x-api-key": apiKey } = gateway.stub.requests[0]?.headers ?? {};
    expect([authorization, apiKey]).toEqual(arrives);
  });
});

describe("the body of a request", () => {
  const texts = [
    '{"model":"gpt-4o","temperature":1.0,"seed":12345678901234567890,"top_p":1e-1,"messages":[{"role":"user","content":"é🪐\\u0000\\ud83e\\ude90"}]}',
    '\n {"messages" : [], "messages": [{"role":"user","content":"twice"}], "model":"gpt-4o" }\n',
    '{"model":"gpt-4o","messages":[{"role":"user","content":"half \\ud800 a pair"}]}',
    '{"model":"gpt-4o","__proto__":{"a":1},"messages":[],"max":1e999}',
    '\ufeff{"model":"gpt-4o","messages":[]}',
    `{"model":"gpt-4o","x":${"[".repeat(120)}${"]".repeat(120)},"messages":[]}`,
  ];

  it.each(texts)("reaches the API as it is: %s", async (text) => {
    const gateway = await startGateway();
    await plainly(gateway, "/v1/chat/completions", { headers: json, body: text });
    expect(gateway.stub.requests[0]?.raw.equals(Buffer.from(text))).toBe(true);
    expect(gateway.records[0]?.model).toBe("gpt-4o");
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("is unpacked: %s", async (encoding, pack) => {
    const gateway = await startGateway();
    const text = JSON.stringify(chat());
    const headers = { ...json, "content-encoding": encoding };
    const { status } = await plainly(gateway, "/v1/chat/completions", { headers, body: pack(text) });
    expect(status).toBe(200);
    const [request] = gateway.stub.requests;
    expect(request?.raw.toString()).toBe(text);
    expect(request?.headers["content-encoding"]).toBeUndefined();
  });

  it("of megabytes behind something odd is read in one go", async () => {
    const gateway = await startGateway({ limits: { maxBodyBytes: 8e6, headersMs: 60_000, idleMs: 60_000 } });
    // A reader that begins anew at every quote would take hours over the second.
    const long = `{"model":"gpt-4o","a":"\\ud800","image":"${"A".repeat(5e6)}","messages":[]}`;
    const open = `{"model":"gpt-4o","a":"\\ud800","b":"${'\\"'.repeat(2e6)}`;
    expect((await gateway.post("/v1/chat/completions", long)).status).toBe(200);
    expect((await gateway.post("/v1/chat/completions", open)).status).toBe(400);
  });
});

describe("where a request goes", () => {
  it.each([
    ["GET", "/v1/models"],
    ["GET", "/v1/models?limit=2&after=a%20b"],
    ["DELETE", "/v1/models/ft%3Agpt-4o%3Aorg"],
    ["POST", "/v1/audio/transcriptions"],
    ["POST", "/v1/threads/thread_1/messages"],
    ["POST", "/v1/nobody/knows?this=1"],
    ["PATCH", "/v1/things/1"],
  ])("is the same path, with what is asked behind it: %s %s", async (method, path) => {
    const seen: string[] = [];
    const gateway = await startGateway({
      upstream: {
        fetch: (input, init) => {
          seen.push(`${init?.method} ${(input as string).slice(gateway.stub.url.length)}`);
          return fetch(input, init);
        },
      },
    });
    await plainly(gateway, path, {
      method,
      ...(path.includes("threads") ? { body: '{"role":"user"}' } : {}),
    });
    expect(seen).toEqual([`${method} ${path}`]);
    expect(gateway.records).toEqual([]);
    expect(gateway.charges).toEqual([]);
  });

  it("is the same for a file, whose bytes stay what they are", async () => {
    const gateway = await startGateway();
    const body = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256));
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    await plainly(gateway, "/v1/audio/transcriptions", { headers, body });
    const [request] = gateway.stub.requests;
    expect(request?.raw.equals(body)).toBe(true);
    expect(request?.headers["content-type"]).toBe(headers["content-type"]);
    expect(gateway.events).toMatchObject([{ type: "unrecognised", method: "POST" }]);
  });

  it.each([
    "/v1/../admin",
    "/v1/%2e%2e/admin",
    "/v1/.%2E/admin",
    "/v1/..\\admin",
    "/v1/models/../../admin",
    "//evil.example/v1/../admin",
    "http://evil.example/v1/../admin",
    "http://evil.example/admin",
    "/v1evil",
  ])("is nowhere outside of /v1: %s", async (target) => {
    const gateway = await startGateway();
    const { status } = await rawRequest(gateway, `GET ${target}`);
    expect([400, 404]).toContain(status);
    expect(gateway.stub.requests).toEqual([]);
  });

  it.each([
    "//evil.example/v1/models",
    "http://evil.example/v1/models",
    "/v1//evil.example/x",
    "/v1/@evil.example/x",
  ])("is no other host: %s", async (target) => {
    const asked: string[] = [];
    const gateway = await startGateway({
      upstream: {
        fetch: (input) => {
          asked.push(new Request(input).url);
          return Promise.resolve(new Response("{}"));
        },
      },
    });
    await rawRequest(gateway, `GET ${target}`);
    expect(asked.filter((url) => !url.startsWith(gateway.stub.baseUrl))).toEqual([]);
  });

  it.each(["/v1/chat/completion%73", "/v1/chat%2Fcompletions", "/v1/Chat/Completions", "/v1/responses%2f"])(
    "is refused where a call of a model would pass as something else: %s",
    async (path) => {
      const gateway = await startGateway();
      const { status, bytes } = await plainly(gateway, path, { headers: json, body: JSON.stringify(chat()) });
      expect(status).toBe(400);
      expect(errorIn(bytes.toString())).toMatchObject({ code: "unclear_path" });
      expect(gateway.stub.requests).toEqual([]);
    },
  );
});

describe("other ways to ask", () => {
  it("HEAD is answered once, without a body", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => logged.mockRestore());
    const gateway = await startGateway();
    const { status, bytes, headers } = await plainly(gateway, "/v1/models", { method: "HEAD" });
    expect(status).toBeLessThan(500);
    expect(bytes.length).toBe(0);
    expect(headers["x-waybill-id"]).toBeDefined();
    expect(gateway.stub.requests).toMatchObject([{ method: "HEAD" }]);
    // The server says there when something was written twice.
    expect(logged).not.toHaveBeenCalled();
  });

  it("OPTIONS is passed on, and no page gets leave by it", async () => {
    const gateway = await startGateway();
    const headers = { origin: "http://evil.example", "access-control-request-method": "POST" };
    const answer = await plainly(gateway, "/v1/chat/completions", { method: "OPTIONS", headers });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(gateway.records).toEqual([]);
  });

  it.each(["TRACE", "PROPFIND"])("%s is refused", async (method) => {
    const gateway = await startGateway();
    const { status } = await rawRequest(gateway, `${method} /v1/models`);
    expect([400, 405]).toContain(status);
    expect(gateway.stub.requests).toEqual([]);
    expect((await plainly(gateway, "/v1/models", { method: "GET" })).status).toBe(200);
  });

  it("HTTP/1.0 gets its answer without chunks, streamed too", async () => {
    const gateway = await startGateway();
    const body = JSON.stringify(chat({ stream: true }));
    const text = await raw(
      gateway.port,
      `POST /v1/chat/completions HTTP/1.0\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200/);
    expect(text).not.toMatch(/transfer-encoding/i);
    expect(text.slice(text.indexOf("\r\n\r\n") + 4)).toMatch(/^data: \{[^]*data: \[DONE\]\n\n$/);
  });
});
