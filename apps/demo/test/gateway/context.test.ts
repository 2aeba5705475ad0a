import { describe, expect, it } from "vitest";

import { chat, rawRequest, startGateway } from "./start-gateway.js";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;

describe("what a record says of the caller", () => {
  const cases: [what: string, headers: Record<string, string>, record: object][] = [
    [
      "tags of both families, each once",
      { "x-waybill-tags": "a, b,,a", "x-litellm-tags": "b,c" },
      { request_tags: ["demo", "a", "b", "c"] },
    ],
    [
      "a trace of ours",
      { "x-waybill-trace-id": "t1", "x-litellm-trace-id": "t2", traceparent },
      { trace_id: "t1" },
    ],
    ["a trace of LiteLLM's", { "x-litellm-trace-id": "t2", traceparent }, { trace_id: "t2" }],
    ["a trace of traceparent", { traceparent }, { trace_id: TRACE }],
    ["a user of ours", { "x-waybill-user": "u1", "x-litellm-end-user-id": "u2" }, { end_user: "u1" }],
    ["a user of LiteLLM's", { "x-litellm-end-user-id": "u2" }, { end_user: "u2" }],
    ["no user that is empty", { "x-waybill-user": "  ", "x-litellm-end-user-id": "u2" }, { end_user: "u2" }],
  ];

  it.each(cases)("%s", async (_, headers, expected) => {
    const gateway = await startGateway({ tags: ["demo"] });
    const answer = await gateway.post("/v1/chat/completions", chat(), headers);
    const [record] = gateway.records;
    expect(record).toMatchObject(expected);
    expect(answer.headers.get("x-waybill-trace-id")).toBe(record?.trace_id);
  });

  it.each([["x-waybill-session"], ["x-litellm-session-id"]])("a session by %s", async (name) => {
    const gateway = await startGateway();
    await gateway.post("/v1/chat/completions", chat(), { [name]: "s1" });
    expect(JSON.stringify(gateway.records[0])).toContain('"s1"');
  });

  it("traceparent, the key's hash and alias, and whence it came", async () => {
    const caller = { hash: "f".repeat(64), alias: "docs-bot", lastFour: "abcd", isOwnKey: true };
    const gateway = await startGateway({ door: { authenticate: () => ({ ok: true, caller }) } });
    await gateway.post("/v1/chat/completions", chat(), { traceparent, "user-agent": "tests/1" });
    const [record] = gateway.records;
    expect(record?.waybill.traceparent).toBe(traceparent);
    expect(record?.metadata).toMatchObject({
      user_api_key_hash: caller.hash,
      user_api_key_alias: "docs-bot",
    });
    expect(record?.metadata["requester_ip_address"]).toBe("127.0.0.1");
  });

  it("its own id as its trace where none is told, in the form of a trace", async () => {
    const gateway = await startGateway();
    const { headers } = await gateway.post("/v1/chat/completions", chat(), { traceparent: "nonsense" });
    const [record] = gateway.records;
    expect(record?.trace_id).toBe(record?.id.replaceAll("-", ""));
    expect(headers.get("x-waybill-trace-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ["letters beyond ASCII", "tr\u00e4ce", 200],
    ["a bare carriage return", "a\rb: c", 400],
    ["a NUL", "a\u0000b", 400],
  ])("nothing that breaks out of a header: %s", async (_, value, status) => {
    const gateway = await startGateway();
    const body = JSON.stringify(chat());
    const headers = { "content-type": "application/json", "x-waybill-trace-id": value };
    const answer = await rawRequest(gateway, "POST /v1/chat/completions", headers, body);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toMatch(/^b: c/m);
    expect((await gateway.post("/v1/chat/completions", chat())).status).toBe(200);
  });
});
