import { describe, expect, it } from "vitest";

import type { Call, CallContext } from "../src/index.js";
import { build, result, without } from "./calls.js";

const plain = without("result", "cost", "context");
const hash = "a".repeat(64);

describe("the caller", () => {
  it("is recorded as far as it is known", () => {
    const context: CallContext = {
      key: hash,
      team: "team-1",
      userAgent: "x/1",
      ipAddress: "192.0.2.1",
      modelId: "deployment-1",
      proxyMetadata: { user_api_key_alias: "ci", applied_guardrails: ["g"], own: 1 } as object,
    };
    expect(build({ context })).toMatchObject({
      user_agent: "x/1",
      requester_ip_address: "192.0.2.1",
      model_id: "deployment-1",
      hidden_params: { model_id: "deployment-1" },
      metadata: {
        user_api_key_hash: hash,
        user_api_key_team_id: "team-1",
        user_api_key_alias: "ci",
        user_agent: "x/1",
        requester_ip_address: "192.0.2.1",
        applied_guardrails: ["g"],
        own: 1,
      },
    });
  });

  it("is never recorded by the key itself", () => {
    const payload = build({ context: { key: "sk-1234" } });
    expect(JSON.stringify(payload)).not.toContain("sk-1234");
    expect(payload.waybill.degraded).toBe("not recorded as it was: context.key, which is no SHA-256");
  });

  it("is not described by what is of another type", () => {
    const proxyMetadata = {
      user_api_key_alias: 5,
      applied_guardrails: [1],
      prompt_management_metadata: {},
      vector_store_request_metadata: [{ query: 5 }],
      mcp_tool_call_metadata: { name: "n", mcp_server_cost_info: { default_cost_per_query: "x" } },
      team_id: null,
    } as never;
    const { metadata, waybill } = build({ context: { proxyMetadata } });
    expect(metadata).toMatchObject({ user_api_key_alias: null, applied_guardrails: [], team_id: null });
    expect(waybill.degraded).toContain("proxyMetadata.user_api_key_alias, which is of another type");
    expect(waybill.degraded).toContain("proxyMetadata.mcp_tool_call_metadata");
  });

  it("has a user that the request names, if nobody else does", () => {
    expect(build({ ...plain, request: { user: "u2" } })).toMatchObject({
      end_user: "u2",
      metadata: { user_api_key_end_user_id: "u2" },
    });
  });
});

describe("the ids", () => {
  it("of trace and session stand for each other only when asked", () => {
    expect(build({ context: { sessionId: "s" } }, { fillIds: true })).toMatchObject({
      trace_id: "s",
      session_id: "s",
    });
    expect(build({ context: { traceId: "t" } }, { fillIds: true }).session_id).toBe("t");
    expect(build({ context: { traceId: "t" } })).not.toHaveProperty("session_id");
  });

  it.each([
    ["00-00000000000000000000000000000000-00f067aa0ba902b7-01", "an id of zeros"],
    ["ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a version that is forbidden"],
    ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x", "more behind it"],
  ])("take nothing from a traceparent with %s", (traceparent) => {
    expect(build({ context: { traceparent } })).toMatchObject({ trace_id: "id-1", waybill: { traceparent } });
  });

  it.each<[what: string, changes: Partial<Call>, key: string]>([
    ["the answer's id", {}, "openai:chatcmpl-0123456789abcdef"],
    [
      "the answer's id and the time, when the id is short",
      { result: { ...result, completion: { ...result.completion, id: "chatcmpl-417" } } },
      "openai:chatcmpl-417@1766000068.25",
    ],
    [
      "the provider's id of the request",
      { ...plain, response: {}, responseHeaders: { "Request-Id": "req_7" } },
      "openai:request:req_7",
    ],
    ["the call's id", { ...plain, response: {}, context: { callId: "c" } }, "openai:call:c"],
    ["the record's own id, when there is no other", { ...plain, response: {} }, "openai:id-2"],
    [
      "the hit's own id and the call's, when the cache answered",
      { cache: { hit: true }, endTime: 5, startTime: 4, context: { callId: "c" } },
      "openai:chatcmpl-0123456789abcdef_cache_hit5.0:c",
    ],
  ])("of a provider's answer is %s", (_, changes, key) => {
    expect(build(changes).waybill.idempotencyKey).toBe(key);
  });

  it("are made whatever the maker does", () => {
    const broken = () => {
      throw new Error("no ids today");
    };
    for (const newId of [broken, () => "", () => 5 as never])
      expect(build({ ...plain, response: {} }, { newId }).id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("the headers of an answer", () => {
  it.each<[provider: string, headers: Record<string, string>, kept: object, id: string | undefined]>([
    [
      "OpenAI",
      { "X-RateLimit-Limit-Tokens": "30000", "x-ratelimit-reset-tokens": "2ms", "x-request-id": "req_1" },
      { x_ratelimit_limit_tokens: 30000, x_ratelimit_reset_tokens: "2ms" },
      "req_1",
    ],
    [
      "Anthropic",
      { "anthropic-ratelimit-requests-remaining": "49", "request-id": "req_2" },
      { x_ratelimit_remaining_requests: 49 },
      "req_2",
    ],
    ["nobody", { date: "today" }, {}, undefined],
  ])("of %s give limits and the request's id", (_, responseHeaders, kept, id) => {
    for (const headers of [responseHeaders, new Headers(responseHeaders)]) {
      const { hidden_params, waybill } = build({ responseHeaders: headers });
      expect(hidden_params.additional_headers).toEqual(kept);
      expect(waybill.providerRequestId).toBe(id);
    }
  });

  it("are not needed for the id of OpenAI's client", () => {
    const response = Object.defineProperty({}, "_request_id", { value: "req_3", enumerable: false });
    expect(build({ ...plain, response }).waybill.providerRequestId).toBe("req_3");
  });
});
