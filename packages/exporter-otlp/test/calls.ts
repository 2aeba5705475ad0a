import type { StandardLoggingPayload } from "@waybill/core";

import type { MappingOptions } from "../src/index.js";
import { litellm, ours, seed } from "./payloads.js";

const timing = {
  headers: 200,
  firstChunk: 350,
  firstContent: 400,
  firstReasoning: null,
  firstTool: null,
  finish: 1700,
  usage: 1700,
  lastChunk: 1750,
  close: 1760,
  chunks: 3,
  gaps: { p50: 700, p95: 700, max: 700, maxAt: 1 },
  ticks: [350, 1050, 1750],
};

const lookUp = { name: "look_up", arguments: '{"term":"waybill"}' };

/** A call of each kind, with the options that it is mapped with; each has a golden file in `fixtures`. */
export const calls: Record<string, { payload: StandardLoggingPayload; options?: MappingOptions }> = {
  seed: { payload: seed },
  "seed-latest": { payload: seed, options: { conventions: "latest", content: "attributes" } },
  stream: {
    payload: ours(
      {
        session_id: "conversation-1",
        end_user: "user-1",
        request_tags: ["gateway", "beta"],
        metadata: {
          user_api_key_hash: "88dc28d0f030c55ed4ab77ed8faf098196cb1c05",
          user_api_key_team_id: "team-1",
        },
        model_parameters: {
          temperature: 1,
          top_p: 0.9,
          max_tokens: 500,
          seed: 7,
          n: 1,
          stop: ["END"],
          response_format: { type: "json_schema" },
          service_tier: "flex",
          reasoning_effort: "low",
        },
      },
      {
        timing,
        diagnostics: [
          { code: "F3", message: "said the prompt", chunk: 2 },
          { code: "F3", message: "", chunk: 3 },
        ],
      },
    ),
    options: { userId: true, serviceName: "gateway", resource: { "service.version": "1.0.0", pod: 3 } },
  },
  "stream-latest": {
    payload: ours(
      { model_parameters: { reasoning_effort: "low" } },
      {
        usage: {
          input: {
            text: 10,
            cacheRead: 20,
            cacheWrite5m: 30,
            cacheWrite1h: 40,
            audio: 0,
            image: 0,
            video: 0,
          },
          output: { text: 20, reasoning: 0, audio: 0, image: 0 },
          total: 120,
          raw: {},
        },
      },
    ),
    options: { conventions: "latest" },
  },
  failure: {
    payload: ours(
      {
        status: "failure",
        response: {},
        response_cost: null,
        prompt_tokens: null,
        completion_tokens: null,
        error_str: "RateLimitError: slow down, said the prompt",
        error_information: {
          error_code: "429",
          error_class: "RateLimitError",
          error_message: "slow down, said the prompt",
        },
      },
      {
        status: "error",
        usage: null,
        usageSource: "missing",
        cost: { status: "no_usage", exact: null, lines: [], catalog: null, reason: "the usage is unknown" },
        attempts: [1, 2, 3].map((n) => ({
          provider: "openai",
          model: "gpt-4o",
          apiBase: null,
          startTime: 1766000060 + n,
          endTime: 1766000061 + n,
          status: "failure" as const,
          error: "slow down, said the prompt",
        })),
      },
    ),
  },
  "failure-with-text": {
    payload: litellm({
      status: "failure",
      error_str: "it broke",
      error_information: { error_class: "it broke" },
    }),
    options: { errorText: true },
  },
  tools: {
    payload: ours({
      model_parameters: { tools: [{ type: "function", function: { name: "look_up", parameters: {} } }] },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "What is a waybill?", name: "ann" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "call_1", type: "function", function: lookUp }],
        },
        { role: "tool", tool_call_id: "call_1", content: "A document." },
      ],
      response: {
        choices: [
          {
            index: 0,
            finish_reason: "tool_calls",
            message: {
              role: "assistant",
              reasoning_content: "Look again.",
              content: "",
              tool_calls: [
                { id: "call_2", type: "function", function: { name: "look_up", arguments: '{"ter' } },
              ],
            },
          },
        ],
      },
    }),
    options: { content: "attributes" },
  },
  media: {
    payload: ours({
      model_parameters: { n: 2, modalities: ["text", "audio"] },
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Compare." },
            { type: "image_url", image_url: { url: "https://example.com/a.png" } },
            { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
            { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
            { type: "file", file: { file_id: "file-1" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,JVBERi0=" } },
            { type: "video_url", video_url: { url: "https://example.com/a.mp4" } },
          ],
        },
      ],
      response: {
        choices: [
          { index: 0, finish_reason: "stop", message: { role: "assistant", content: "Alike." } },
          { index: 1, finish_reason: null, message: { role: "assistant", refusal: "No." } },
        ],
      },
    }),
    options: { content: "events" },
  },
  embeddings: {
    payload: litellm({
      call_type: "aembedding",
      stream: null,
      model: "text-embedding-3-small",
      messages: ["one", "two"],
      response: { model: "text-embedding-3-small", data: [{ embedding: [0.1] }] },
      hidden_params: {},
      completion_tokens: 0,
      prompt_tokens: 2,
      total_tokens: 2,
    }),
    options: { content: "both" },
  },
  responses: {
    payload: ours({
      call_type: "aresponses",
      model: "openai/gpt-5",
      messages: [{ role: "user", content: [{ type: "input_text", text: "Hi" }] }],
      response: {
        id: "resp_1",
        model: "gpt-5",
        status: "completed",
        service_tier: "default",
        output: [
          { type: "reasoning", summary: [] },
          { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] },
          { type: "function_call", name: "look_up", call_id: "call_1", arguments: "{}" },
        ],
      },
    }),
    options: { content: "attributes" },
  },
  "anthropic-old": {
    payload: litellm({
      id: "msg_1",
      trace_id: "litellm-test-97311c60-9a61-4f48-a814-70139ee57868",
      custom_llm_provider: "anthropic",
      startTime: "2025-12-17 19:34:28.284660",
      endTime: "2025-12-17 19:34:30.079350",
      completionStartTime: "2025-12-17 19:34:29.5",
      prompt_tokens: 5,
      completion_tokens: 20,
      total_tokens: 25,
      response: {
        model: "claude-sonnet-4-5",
        choices: [{ finish_reason: "length", message: { content: "hi" } }],
        usage: { cache_read_input_tokens: 90, cache_creation_input_tokens: 10 },
      },
      hidden_params: {
        litellm_model_name: "anthropic/claude-sonnet-4-5",
        api_base: "https://api.anthropic.com",
      },
    }),
  },
  traceparent: {
    payload: ours(
      { api_base: "http://127.0.0.1:8080/v1", custom_llm_provider: "my_own" },
      { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", degraded: "content" },
    ),
    options: { costKeys: ["gen_ai.usage.cost", "llm.cost.total"] },
  },
  "cache-hit": { payload: litellm({ cache_hit: true, response_cost: 0, stream: null }) },
  xai: {
    payload: litellm({
      custom_llm_provider: "xai",
      model: "xai/grok-4",
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 40,
      response: {
        model: "grok-4",
        choices: [{ finish_reason: "stop" }],
        usage: { completion_tokens_details: { reasoning_tokens: 25 } },
      },
      hidden_params: {},
    }),
  },
  "text-completion": {
    payload: litellm({
      call_type: "text_completion",
      messages: "Once upon",
      response: { choices: [{ text: " a time", finish_reason: "function_call", index: 0 }] },
    }),
    options: { content: "attributes" },
  },
  unicode: {
    payload: litellm({
      id: "id \ud800",
      model: "mo\udc00del 🚚",
      messages: [{ role: "user", content: "half \ud83d of a truck 🚚 \\ud83d" }],
    }),
    options: { content: "attributes" },
  },
};
