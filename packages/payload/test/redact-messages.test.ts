import { describe, expect, it } from "vitest";

import { redact } from "../src/index.js";
import { build, call, result, valid } from "./calls.js";

describe("messages: redact", () => {
  const mark = "redacted-by-litellm";
  const words = "WORDS";
  const hide = (payload: object) => redact(payload, { messages: "redact" }) as Record<string, unknown>;

  it("takes the words out of every part of a chat answer", () => {
    const message = {
      role: "assistant",
      content: words,
      refusal: words,
      reasoning_content: words,
      reasoning: words,
      reasoning_source: "reasoning",
      thinking_blocks: [{ thinking: words }],
      audio: { data: words, transcript: words },
      annotations: [{ url: words }],
      images: [words],
      ordered_parts: [{ text: words }],
      extra: { a: words },
      provider_specific_fields: { a: words },
      tool_calls: [
        { id: "c1", type: "function", function: { name: "f", arguments: words } },
        { id: "c2", type: "custom", custom: { name: "g", input: words } },
        { id: "c3", type: "function", function: { name: "h", arguments: null } },
      ],
      function_call: { name: "f", arguments: words },
    };
    const choice = { index: 0, finish_reason: "stop", message, logprobs: { content: [{ token: words }] } };
    const response = {
      id: "r",
      model: "m",
      usage: { prompt_tokens: 1 },
      citations: [words],
      choices: [choice, { text: words }],
    };
    const { response: redacted } = hide({ response });
    expect(JSON.stringify(redacted)).not.toContain(words);
    expect(redacted).toMatchObject({
      id: "r",
      model: "m",
      usage: { prompt_tokens: 1 },
      choices: [
        {
          finish_reason: "stop",
          logprobs: null,
          message: {
            role: "assistant",
            content: mark,
            refusal: mark,
            reasoning_content: mark,
            reasoning_source: "reasoning",
            thinking_blocks: null,
            audio: null,
            annotations: null,
            images: null,
            tool_calls: [
              { id: "c1", type: "function", function: { name: "f", arguments: mark } },
              { id: "c2", type: "custom", custom: { name: "g", input: mark } },
              { id: "c3", type: "function", function: { name: "h", arguments: mark } },
            ],
            function_call: { name: "f", arguments: mark },
          },
        },
        { text: mark },
      ],
    });
  });

  it("keeps nulls null, and what is not there away", () => {
    const message = {
      role: "assistant",
      content: null,
      refusal: null,
      tool_calls: null,
      function_call: { name: "f" },
    };
    const payload = { messages: null, response: { choices: [{ message }] }, error_str: null };
    expect(hide(payload)).toEqual(payload);
  });

  it("takes the words out of a response", () => {
    const output = [
      {
        type: "message",
        id: "m",
        role: "assistant",
        content: [
          { type: "output_text", text: words, annotations: [words] },
          { type: "refusal", refusal: words },
        ],
      },
      {
        type: "reasoning",
        id: "r",
        summary: [{ type: "summary_text", text: words }],
        encrypted_content: words,
      },
      { type: "function_call", name: "f", call_id: "c", arguments: words },
      { type: "custom_tool_call", name: "g", input: words },
      { type: "web_search_call", action: { query: words } },
      { type: "code_interpreter_call", code: words, outputs: [words] },
      { type: "mcp_call", name: "h", arguments: words, output: words },
    ];
    const response = {
      id: "r",
      output,
      instructions: words,
      reasoning: { summary: words },
      output_text: words,
      status: "completed",
      metadata: { a: words },
    };
    const { response: redacted } = hide({ response });
    expect(JSON.stringify(redacted)).not.toContain(words);
    expect(redacted).toMatchObject({
      id: "r",
      status: "completed",
      instructions: mark,
      reasoning: null,
      output: [
        { type: "message", id: "m", content: [{ type: "output_text", text: mark }, { refusal: mark }] },
        { type: "reasoning", summary: [{ text: mark }] },
        { name: "f", call_id: "c", arguments: mark },
        { name: "g", input: mark },
        { type: "web_search_call", action: null },
        { code: mark, outputs: null },
        { name: "h", arguments: mark, output: mark },
      ],
    });
  });

  it.each<[what: string, response: unknown, redacted: unknown]>([
    ["a text", words, mark],
    ["an embedding", { data: [{ embedding: [1] }] }, { text: mark }],
    ["nothing", {}, { text: mark }],
    ["a list", [words], { text: mark }],
    ["a delta", { choices: [{ delta: { content: words } }] }, { choices: [{ delta: { content: mark } }] }],
    ["choices that are none", { choices: [words, 5] }, { choices: [null, null] }],
  ])("writes the marker for %s", (_, response, redacted) => {
    expect(hide({ response }).response).toEqual(redacted);
  });

  it("takes the words out of errors, metadata, guardrails and diagnostics, and leaves counts and ids", () => {
    const payload = build({
      request: {
        model: "m",
        messages: [{ role: "user", content: words }],
        prediction: { content: words },
        stream: true,
      },
      result: {
        ...result,
        status: "error",
        error: { message: words, code: "500", raw: {} },
        diagnostics: [{ code: "T10", message: words, chunk: 1 }],
      },
      error: { message: words, traceback: words, code: "500" },
      attempts: [
        {
          provider: null,
          model: "m",
          apiBase: null,
          startTime: 1,
          endTime: 2,
          status: "failure",
          error: words,
        },
      ],
      guardrails: [
        {
          guardrail_name: "g",
          guardrail_request: { a: words },
          guardrail_response: words,
          match_details: [words],
        },
      ],
      context: {
        metadata: { order: words, none: null },
        proxyMetadata: {
          prompt_management_metadata: {
            prompt_id: "p",
            prompt_variables: { a: words },
            prompt_integration: "i",
          },
          mcp_tool_call_metadata: { name: "tool", arguments: { a: words }, result: { a: words } },
          vector_store_request_metadata: [
            { vector_store_id: "v", query: words, vector_store_search_response: { a: words } },
          ],
          routing_decision: {
            tier: "low",
            signals: [words],
            matched_keyword: words,
            escalation_keyword: words,
          },
        },
      },
    });
    const redacted = valid(redact({ ...payload, response: { choices: [] } }, { messages: "redact" }));
    expect(JSON.stringify(redacted)).not.toContain(words);
    expect(redacted).toMatchObject({
      id: payload.id,
      response_cost: call.cost?.cost,
      prompt_tokens: 10,
      error_str: mark,
      error_information: { error_code: "500", error_message: mark, traceback: mark },
      metadata: {
        requester_metadata: { order: mark, none: null },
        prompt_management_metadata: { prompt_id: "p", prompt_variables: null },
        mcp_tool_call_metadata: { name: "tool", arguments: null, result: null },
        vector_store_request_metadata: [{ vector_store_id: "v", query: mark }],
        routing_decision: { tier: "low" },
      },
      guardrail_information: [{ guardrail_name: "g", guardrail_request: mark }],
      waybill: {
        diagnostics: [{ code: "T10", message: mark, chunk: 1 }],
        attempts: [{ model: "m", error: mark }],
      },
    });
    expect(redacted.metadata.routing_decision).toEqual({ tier: "low" });
  });

  it("takes no exception to what is of another type", () => {
    for (const odd of [5, "x", [], [5], null, {}])
      for (const name of [
        "response",
        "metadata",
        "waybill",
        "error_information",
        "guardrail_information",
        "model_parameters",
      ])
        expect(() => hide({ [name]: odd, response: { choices: odd, output: odd } })).not.toThrow();
  });
});
