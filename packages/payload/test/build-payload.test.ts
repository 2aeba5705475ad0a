import type { CostResult, StreamResult } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { build, result, without } from "./calls.js";

describe("buildPayload", () => {
  it("records a streamed call", () => {
    expect(build()).toMatchObject({
      id: "chatcmpl-0123456789abcdef",
      trace_id: "t",
      status: "success",
      stream: true,
      model: "gpt-4o",
      response_cost: 0.00022500000000000002,
      prompt_tokens: 10,
      completion_tokens: 20,
      total_tokens: 30,
      startTime: 1766000068.25,
      endTime: 1766000070.5,
      completionStartTime: 1766000068.5,
      response_time: 0.25,
      api_base: "https://api.openai.com/v1",
      end_user: "u",
      request_tags: ["a"],
      messages: [{ role: "user", content: "Hello" }],
      model_parameters: { stream: true, temperature: 0.5 },
      metadata: { requester_metadata: { k: 1 }, user_api_key_end_user_id: "u" },
      response_cost_failure_debug_info: null,
      waybill: {
        version: 1,
        idempotencyKey: "openai:chatcmpl-0123456789abcdef",
        cost: { status: "priced", exact: "0.000225", catalog: "litellm 2026-08-01" },
        usageSource: "provider",
        status: "complete",
        diagnostics: [{ code: "T5" }],
      },
    });
  });

  it("keeps the prompt out of the parameters", () => {
    const { model_parameters } = build({
      request: { model: "m", messages: [], prompt: "p", input: "i", metadata: {} },
    });
    expect(model_parameters).toEqual({});
  });

  it("writes null for what is unknown, and why there is no price", () => {
    const noUsage: CostResult = {
      status: "no_usage",
      cost: null,
      exact: null,
      prompt: null,
      completion: null,
      lines: [],
      usage: null,
      reason: "the tokens of the call are unknown",
    };
    const payload = build({ result: { ...result, usage: null, usageSource: "missing" }, cost: noUsage });
    expect(payload).toMatchObject({
      response_cost: null,
      prompt_tokens: null,
      completion_tokens: null,
      total_tokens: null,
      response_cost_failure_debug_info: { error_str: "no_usage: the tokens of the call are unknown" },
      waybill: { cost: { status: "no_usage", exact: null }, usage: null, usageSource: "missing" },
    });
  });

  it("writes LiteLLM's zeros and endTime with compat", () => {
    const silent = { ...result, usage: null, timing: { ...result.timing, firstContent: null } };
    expect(build({ result: silent, ...without("cost") }, { compat: "litellm" })).toMatchObject({
      response_cost: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      total_tokens: 0,
      completionStartTime: 1766000070.5,
      response_time: 2.25,
      model_id: "",
    });
  });

  it("records a failure that has no answer", () => {
    const error = { message: "slow down", code: "429", class: "RateLimitError" };
    expect(build({ ...without("result", "cost"), error })).toMatchObject({
      id: "id-1",
      status: "failure",
      stream: null,
      response: {},
      error_str: "slow down",
      error_information: { error_code: "429", error_class: "RateLimitError", llm_provider: "openai" },
      waybill: { status: "error" },
    });
  });

  it("records a stream that failed on the way with what came", () => {
    const failed: StreamResult = {
      ...result,
      status: "error",
      error: { message: "gone", code: "502", raw: {} },
    };
    expect(build({ result: failed })).toMatchObject({
      id: "chatcmpl-0123456789abcdef",
      status: "failure",
      error_str: "gone",
      prompt_tokens: 10,
    });
  });

  it("calls a stream that broke off a failure, and one that the reader left a success", () => {
    const cut = { ...result, status: "incomplete" as const };
    expect(build({ result: { ...cut, endedBy: "eof" } }).status).toBe("failure");
    expect(build({ result: { ...cut, endedBy: "abort" } })).toMatchObject({
      status: "success",
      waybill: { status: "incomplete" },
    });
  });

  it("records a plain answer", () => {
    const response = {
      id: "r",
      model: "gpt-4o",
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    };
    const request = { model: "gpt-4o", prompt: ["a", "b"] };
    expect(build({ ...without("result"), response, request })).toMatchObject({
      id: "r",
      stream: null,
      completionStartTime: null,
      response_time: 2.25,
      messages: [
        { role: "user", content: "a" },
        { role: "user", content: "b" },
      ],
      waybill: { status: "complete", usageSource: "provider", timing: null },
    });
  });

  it("calls a call without an answer and without an error a failure", () => {
    expect(build(without("result"))).toMatchObject({
      status: "failure",
      error_str: "the call has neither an answer nor an error",
      waybill: { status: "error" },
    });
  });

  it("says what a body broke off with", () => {
    const cut = { ...result, status: "incomplete" as const, endedBy: "upstream" as const };
    expect(build({ result: { ...cut, error: { message: "ECONNRESET", raw: {} } } })).toMatchObject({
      status: "failure",
      error_str: "ECONNRESET",
      error_information: { error_class: "IncompleteStream" },
    });
  });

  it.each([
    { model: 5, user: {}, messages: 7, stream: "yes" },
    { model: null, messages: null, prompt: [1, "a", null], tools: 5 },
    {},
  ])("records a request of any shape: %j", (request) => {
    expect(build({ request }).messages).not.toBeUndefined();
  });

  it.each([{ id: 5, model: [], usage: "none" }, { usage: { prompt_tokens: -1, total_tokens: "9" } }, {}])(
    "records an answer of any shape: %j",
    (response) => {
      expect(build({ ...without("result"), response }).response).toBe(response);
    },
  );

  it("takes the trace from a traceparent, or makes one", () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    expect(build({ context: { traceparent } }).trace_id).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
    expect(build({ context: { traceparent: "nonsense" } }).trace_id).toBe("id-1");
  });
});
