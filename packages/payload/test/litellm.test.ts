import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { redact, type Call } from "../src/index.js";
import { build, call, cost, result, valid, without } from "./calls.js";

/* What LiteLLM writes: the worked examples of its format, the seed, and the rules of its published schema. */

type Members = Record<string, unknown>;

const seed = JSON.parse(
  readFileSync(new URL("../../../fixtures/seeds/standard-logging-payload.json", import.meta.url), "utf8"),
) as Members & {
  response: Members;
  model_map_information: { model_map_value: Members };
};
const compat = { compat: "litellm" } as const;

/** The seed's call, as far as a Call can carry it. */
const seedCall: Call = {
  request: { model: "gpt-4o", messages: seed.messages, stream: true },
  response: seed.response,
  cost: { ...cost, model: "gpt-4o" },
  startTime: seed.startTime as number,
  endTime: seed.endTime as number,
  provider: "openai",
  apiBase: "",
  context: { traceId: seed.trace_id as string },
  catalogEntry: seed.model_map_information.model_map_value,
};

/** What differs from the seed, and why. */
const differences: Readonly<Record<string, { ours: unknown; why: string }>> = {
  "/waybill": { ours: expect.anything(), why: "our own member" },
  "/cost_breakdown": { ours: expect.anything(), why: "newer than the seed" },
  "/hidden_params/usage_object": { ours: seed.response.usage, why: "newer than the seed" },
  "/metadata/guardrail_information": { ours: undefined, why: "older: it is at the top by now" },
  "/hidden_params/api_base": { ours: null, why: "the mocked call had two addresses, and a Call has one" },
  "/model_parameters/stream": { ours: true, why: "the mocked call recorded none of its parameters" },
  "/response_time": {
    ours: (seed.endTime as number) - (seed.startTime as number),
    why: "the seed's times are rounded to five decimals, and its difference is not",
  },
};

/** Every leaf of a document by its pointer; empty objects and lists are leaves. */
function leaves(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, `${path}/${key}`));
}

describe("compat: litellm", () => {
  it("reproduces the seed but for what is listed", () => {
    const payload = build(
      { ...without("result", "response", "context", "attempts"), ...seedCall },
      compat,
    ) as unknown as Members;
    const [ours, theirs] = [new Map(leaves(payload)), new Map(leaves(seed))];
    const explained = Object.keys(differences);
    const unexplained = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
      (path) =>
        !explained.some((each) => path === each || path.startsWith(`${each}/`)) &&
        JSON.stringify(ours.get(path)) !== JSON.stringify(theirs.get(path)),
    );
    // Without a parameter the seed's object is empty, and ours has one member.
    expect(unexplained).toEqual(["/model_parameters"]);
    const at = (path: string) =>
      path
        .slice(1)
        .split("/")
        .reduce<unknown>((value, key) => (value as Members)[key], payload);
    for (const [path, { ours: wanted }] of Object.entries(differences)) expect(at(path)).toEqual(wanted);
  });

  it("A: takes the end for the first token of a stream that showed none", () => {
    const silent = { ...result, timing: { ...result.timing, firstContent: null } };
    expect(build({ result: silent }, compat)).toMatchObject({
      stream: true,
      completionStartTime: call.endTime,
      response_time: call.endTime - call.startTime,
      response_cost: 0.00022500000000000002,
      cache_hit: null,
      end_user: "u",
      error_information: {
        error_code: "",
        error_class: "",
        llm_provider: "",
        traceback: "",
        error_message: "",
      },
    });
  });

  it("B: records a failure without an answer", () => {
    const error = {
      message: "slow down",
      status: 429,
      class: "RateLimitError",
      traceback: "at a\nat b",
      headers: { "x-ratelimit-limit-requests": "60", "x-ratelimit-reset-requests": "6ms" },
    };
    const failed = { ...without("result", "cost"), error, context: { callId: "call-1" } };
    expect(build(failed, compat)).toMatchObject({
      id: "call-1",
      litellm_call_id: "call-1",
      status: "failure",
      response: {},
      total_tokens: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      response_cost: 0,
      response_cost_failure_debug_info: null,
      stream: null,
      error_str: "slow down",
      error_information: {
        error_code: "429",
        error_class: "RateLimitError",
        llm_provider: "openai",
        traceback: "at a\nat b",
        error_message: "slow down",
      },
      hidden_params: { additional_headers: { x_ratelimit_limit_requests: 60 } },
    });
    // int("6ms") fails in Python; we keep the text.
    const headers = (options: object) => build(failed, options).hidden_params.additional_headers;
    expect(headers(compat)).not.toHaveProperty("x_ratelimit_reset_requests");
    expect(headers({})).toHaveProperty("x_ratelimit_reset_requests", "6ms");
  });

  it.each([{}, compat])("C: tells an answer of the cache from the answer (%j)", (options) => {
    const response = { ...result.completion, id: "X", usage: result.usage };
    const hit = { cache: { hit: true, key: "k", savedCost: 0.000225 }, endTime: 1766000100.5 };
    expect(build({ ...without("result"), response, ...hit }, options)).toMatchObject({
      id: "X_cache_hit1766000100.5",
      cache_hit: true,
      cache_key: "k",
      response_cost: 0,
      saved_cache_cost: 0.000225,
      hidden_params: { cache_key: "k", response_cost: 0 },
    });
    expect(build({ ...hit, endTime: 1766000100 }, options).id).toMatch(/_cache_hit1766000100\.0$/);
  });

  it("D: redacts the seed's words and nothing else", () => {
    const { messages, response, ...rest } = redact(seed, { messages: "redact" });
    const { messages: _, response: answer, ...others } = seed;
    expect(messages).toEqual([{ role: "user", content: "redacted-by-litellm" }]);
    const wanted = structuredClone(answer) as { choices: { message: { content: string } }[] };
    for (const { message } of wanted.choices) message.content = "redacted-by-litellm";
    expect(response).toEqual(wanted);
    expect(rest).toEqual(others);
  });

  it.each<[userAgent: string, tags: string[]]>([
    ["curl/8.5.0", ["a", "User-Agent: curl", "User-Agent: curl/8.5.0"]],
    ["a browser", ["a", "User-Agent: a browser"]],
  ])("E: tags the call with the user agent %s", (userAgent, tags) => {
    const context = { tags: ["a"], userAgent };
    expect(build({ context }, compat)).toMatchObject({ request_tags: tags, user_agent: userAgent });
    expect(build({ context })).toMatchObject({ request_tags: ["a"], metadata: { user_agent: userAgent } });
  });

  it("writes empty text for what is not known", () => {
    expect(build({ ...without("context"), apiBase: "" }, compat)).toMatchObject({
      end_user: "",
      api_base: "",
      model_group: "",
      model_id: "",
      request_tags: [],
    });
  });

  it("lets the session stand for a trace that is not given", () => {
    expect(build({ context: { sessionId: "s" } }, compat).trace_id).toBe("s");
    expect(build({ context: { sessionId: "s" } }).trace_id).toBe("id-1");
    expect(build({ context: { sessionId: "s", traceId: "t" } }, compat)).toMatchObject({
      trace_id: "t",
      session_id: "s",
    });
  });

  it("puts Bedrock's prefix back", () => {
    const request = { model: "us.anthropic.claude", messages: [] };
    expect(build({ request, provider: "bedrock" }, compat).model).toBe("bedrock/us.anthropic.claude");
    expect(build({ request, provider: "bedrock" }).model).toBe("us.anthropic.claude");
  });

  it("keeps to the types of LiteLLM's published schema", () => {
    const calls: Partial<Call>[] = [
      {},
      seedCall,
      without("cost"),
      { ...without("result"), error: { message: "no" } },
      { ...without("result"), response: { data: [{ embedding: [1] }] }, request: { model: "e", input: "x" } },
      { cache: { hit: true } },
    ];
    for (const changes of calls) {
      const payload = build(changes, compat);
      expect(payload.id).not.toBe("");
      expect(payload.model).toMatch(/^(?!unknown$)./i);
      for (const name of ["total_tokens", "prompt_tokens", "completion_tokens"] as const)
        expect(payload[name]).toBeGreaterThanOrEqual(0);
      for (const name of ["response_cost", "response_time"] as const)
        expect(payload[name]).toBeGreaterThanOrEqual(0);
      for (const name of ["startTime", "endTime", "completionStartTime"] as const)
        expect(payload[name]).toBeTypeOf("number");
      for (const message of payload.messages as unknown[]) expect(message).toBeTypeOf("object");
      expect(payload.api_base).toBeTypeOf("string");
      expect(payload.request_tags).toBeInstanceOf(Array);
      expect(payload.custom_llm_provider).not.toBe("");
    }
  });

  it("holds what it writes to the schema of older payloads, too", () => {
    expect(valid(redact(build({}, compat), { messages: "redact" })).status).toBe("success");
  });
});
