import { describe, expect, it } from "vitest";

import { chat, errorIn, plainly, startGateway, type TestGateway } from "./start-gateway.js";

const MAX = 1024 * 1024;

async function expectUp(gateway: TestGateway): Promise<void> {
  gateway.stub.faults = [];
  expect((await gateway.post("/v1/chat/completions", chat())).status).toBe(200);
}

function failingWith(code: string): { upstream: { fetch: typeof fetch } } {
  const cause = Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code });
  return { upstream: { fetch: () => Promise.reject(new TypeError("fetch failed", { cause })) } };
}

describe("an API that gives no answer", () => {
  it.each([
    ["ECONNREFUSED", 502, "upstream_unreachable"],
    ["ENOTFOUND", 502, "upstream_unreachable"],
    ["UND_ERR_CONNECT_TIMEOUT", 504, "upstream_timeout"],
    ["UND_ERR_HEADERS_TIMEOUT", 504, "upstream_timeout"],
  ])("%s: is named, with what to do", async (why, status, code) => {
    const gateway = await startGateway(failingWith(why));
    const answer = await gateway.post("/v1/chat/completions", chat({ stream: true }));
    expect(answer.status).toBe(status);
    const error = errorIn(answer.text);
    expect(error.code).toBe(code);
    expect(error.message).toContain(new URL(gateway.stub.url).host);
    expect(error.message).toMatch(
      status === 502 ? new RegExp(`${why}.*--upstream`) : /\((connect|headers)\)/,
    );
    expect(gateway.records).toMatchObject([
      { id: answer.headers.get("x-waybill-id"), status: "failure", error_information: { error_class: why } },
    ]);
  });

  it("because nobody listens there", async () => {
    const gateway = await startGateway({ upstream: { base: "http://127.0.0.1:1/v1" } });
    const { status } = await gateway.post("/v1/chat/completions", chat());
    expect(status).toBe(502);
    expect(gateway.records).toHaveLength(1);
    const { status: other, bytes } = await plainly(gateway, "/v1/models", { method: "GET" });
    expect(other).toBe(502);
    expect(errorIn(bytes.toString()).code).toBe("upstream_unreachable");
    expect(gateway.records).toHaveLength(1);
  });

  it("because it breaks the connection", async () => {
    const gateway = await startGateway({ stub: { faults: [{ kind: "reset-before" }] } });
    const { status, text } = await gateway.post("/v1/chat/completions", chat());
    expect(status).toBe(502);
    expect(errorIn(text)).toMatchObject({ code: "upstream_unreachable", type: "upstream_error" });
    expect(gateway.records).toMatchObject([{ status: "failure" }]);
    await expectUp(gateway);
  });

  it("in the time that it has is given up", async () => {
    const limits = { maxBodyBytes: MAX, headersMs: 50, idleMs: 60_000 };
    const gateway = await startGateway({ limits, stub: { faults: [{ kind: "stall" }] } });
    const { status, text } = await gateway.post("/v1/chat/completions", chat());
    expect(status).toBe(504);
    expect(errorIn(text)).toMatchObject({ code: "upstream_timeout" });
    expect(text).toContain("(headers)");
    expect(gateway.records).toMatchObject([
      { status: "failure", error_information: { error_class: "TimeoutError" } },
    ]);
    await gateway.stub.aborted(1);
  });

  it.each([301, 302, 307, 308])("but points elsewhere is not followed: %i", async (status) => {
    const location = "http://127.0.0.1:1/v1/evil";
    const gateway = await startGateway({ stub: { faults: [{ kind: "redirect", location, status }] } });
    const answer = await gateway.post("/v1/chat/completions", chat());
    expect(answer.status).toBe(502);
    expect(errorIn(answer.text).message).toMatch(/redirect/);
    expect(gateway.records).toHaveLength(1);
  });
});

describe("an API that breaks off", () => {
  it.each([
    ["between two events", false],
    ["in the middle of an event", true],
  ])("a stream %s: the caller gets an event that says so, and no end", async (_, inside) => {
    const gateway = await startGateway({ stub: { faults: [{ kind: "cut", after: 3, inside }] } });
    const { status, text } = await gateway.post("/v1/chat/completions", chat({ stream: true }));
    expect(status).toBe(200);
    expect(text).not.toContain("[DONE]");
    const last = text.trimEnd().split("\n\n").at(-1);
    expect(errorIn(last?.replace(/^data: /, "") ?? "")).toMatchObject({ code: "upstream_cut" });
    expect(gateway.records).toMatchObject([{ waybill: { status: "incomplete" } }]);
    await expectUp(gateway);
  });

  it("a stream of messages: the event has a name, which Anthropic's clients look for", async () => {
    const gateway = await startGateway({ stub: { faults: [{ kind: "cut", after: 3 }] } });
    const { text } = await gateway.post("/v1/messages", chat({ stream: true, max_tokens: 50 }));
    const last = text.trimEnd().split("\n\n").at(-1);
    expect(last).toMatch(/^event: error\ndata: \{"type":"error","error":\{/);
  });

  it("a stream whose cost was asked for: what was held back comes before the error", async () => {
    const gateway = await startGateway({ stub: { faults: [{ kind: "cut", after: 3 }] } });
    const include = { "x-waybill-include": "cost" };
    const { text } = await gateway.post("/v1/chat/completions", chat({ stream: true }), include);
    expect(text.match(/^data: \{"id"/gm)).toHaveLength(3);
    expect(text).not.toMatch(/: waybill|\[DONE\]/);
  });

  it("a plain answer: the caller gets an error in its place", async () => {
    const gateway = await startGateway({ stub: { faults: [{ kind: "cut", after: 0, inside: true }] } });
    const { status, text } = await gateway.post("/v1/chat/completions", chat());
    expect(status).toBe(502);
    expect(errorIn(text)).toMatchObject({ code: "upstream_cut" });
    expect(gateway.records).toMatchObject([{ status: "failure" }]);
    await expectUp(gateway);
  });

  it.each([
    ["a stream", true, 200],
    ["a plain answer", false, 504],
  ])(
    "%s, by sending nothing more: the caller is told after the time that it has",
    async (_, stream, expected) => {
      const limits = { maxBodyBytes: MAX, headersMs: 60_000, idleMs: 50 };
      const fault = stream
        ? ({ kind: "hold", at: "after-chunk-2" } as const)
        : ({ kind: "slow-loris" } as const);
      const gateway = await startGateway({ limits, stub: { faults: [fault] } });
      const { status, text } = await gateway.post("/v1/chat/completions", chat({ stream }));
      expect(status).toBe(expected);
      const last = text.trimEnd().split("\n\n").at(-1);
      const error = errorIn(last?.replace(/^data: /, "") ?? "");
      expect(error).toMatchObject({ code: "upstream_timeout" });
      expect(error.message).toContain("(idle)");
      expect(gateway.records).toHaveLength(1);
      await gateway.stub.aborted(1);
    },
  );
});

describe("an error of the API", () => {
  it("in a stream goes through, and is on record", async () => {
    const gateway = await startGateway({
      stub: { faults: [{ kind: "error-in-stream", after: 2, message: "overloaded" }] },
    });
    const { text } = await gateway.post("/v1/chat/completions", chat({ stream: true }));
    expect(text).toContain('"message":"overloaded"');
    expect(text).not.toContain("Waybill:");
    expect(gateway.records).toMatchObject([{ status: "failure", error_str: "overloaded" }]);
  });

  it("429 goes through with the time to wait", async () => {
    const body =
      '{"error":{"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}}';
    const fault = { kind: "status", status: 429, retryAfter: "7", body } as const;
    const gateway = await startGateway({ stub: { faults: [fault] } });
    const { status, headers, text } = await gateway.post("/v1/chat/completions", chat({ stream: true }));
    expect([status, headers.get("retry-after"), text]).toEqual([429, "7", body]);
    expect(gateway.records).toMatchObject([{ status: "failure", error_information: { error_code: "429" } }]);
  });

  it("500 with a page goes through", async () => {
    const fault = { kind: "status", status: 500, body: "<h1>Oh no</h1>", contentType: "text/html" } as const;
    const gateway = await startGateway({ stub: { faults: [fault] } });
    const { status, headers, text } = await gateway.post("/v1/chat/completions", chat());
    expect([status, headers.get("content-type"), text]).toEqual([500, "text/html", "<h1>Oh no</h1>"]);
    expect(gateway.records).toMatchObject([{ status: "failure", error_information: { error_code: "500" } }]);
  });

  it("of an unknown model goes through", async () => {
    const gateway = await startGateway({ stub: { models: ["gpt-4o"] } });
    const { status, text } = await gateway.post("/v1/chat/completions", chat({ model: "nobody" }));
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ error: { code: "model_not_found" } });
    expect(gateway.records).toMatchObject([{ status: "failure", model: "nobody" }]);
  });

  it("that is no JSON goes through with status 200, and is on record", async () => {
    const gateway = await startGateway({ stub: { faults: [{ kind: "invalid-json", body: '{"id":' }] } });
    const { status, text } = await gateway.post("/v1/embeddings", { model: "gpt-4o", input: "a" });
    expect([status, text]).toEqual([200, '{"id":']);
    expect(gateway.records).toHaveLength(1);
  });
});
