import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { checkStandardLoggingPayloadEmit } from "@waybill/core/emit";
import { createPipeline } from "@waybill/pipeline";
import { startOpenAIStub, type OpenAIStub, type OpenAIStubOptions } from "@waybill/testkit";
import { embed, generateText, streamText, tool } from "ai";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { instrumentFetch, type InstrumentOptions } from "../src/index.js";

/* The real clients against an API on loopback. */

let stub: OpenAIStub;
let payloads: StandardLoggingPayloadEmit[];

async function start(options: OpenAIStubOptions = {}): Promise<void> {
  await stub?.close();
  stub = await startOpenAIStub(options);
}

beforeEach(async () => {
  payloads = [];
  await start();
});
afterEach(() => stub.close());

const instrumented = (options: Partial<InstrumentOptions> = {}): typeof fetch =>
  instrumentFetch(fetch, { onPayload: (payload) => void payloads.push(valid(payload)), ...options });

function valid(payload: StandardLoggingPayloadEmit): StandardLoggingPayloadEmit {
  const checked = checkStandardLoggingPayloadEmit(payload);
  if (!checked.ok) throw new Error(`no payload: ${JSON.stringify(checked.issues)}`);
  return payload;
}

const client = (options: Partial<InstrumentOptions> = {}, more: object = {}): OpenAI =>
  new OpenAI({ baseURL: stub.baseUrl, apiKey: "any", fetch: instrumented(options), maxRetries: 0, ...more });

const messages = [{ role: "user" as const, content: "Which planet has rings?" }];
const weather = {
  type: "function" as const,
  function: { name: "weather", parameters: { type: "object", properties: { at: { type: "string" } } } },
};

describe("openai", () => {
  it("gets a completion, and it is recorded as the client sees it", async () => {
    const answer = await client().chat.completions.create({ model: "gpt-4o", messages });
    expect(payloads).toHaveLength(1);
    expect(payloads[0]).toMatchObject({
      status: "success",
      prompt_tokens: answer.usage?.prompt_tokens,
      completion_tokens: answer.usage?.completion_tokens,
      response: JSON.parse(JSON.stringify(answer)) as object,
      waybill: { providerRequestId: answer._request_id, cost: { status: "priced" } },
    });
  });

  it("streams three choices with tools", async () => {
    await start({
      answer: () => ({
        choices: [
          { text: "It rains." },
          {
            calls: [
              { name: "weather", arguments: { at: "Oslo" } },
              { name: "weather", arguments: { at: "Bergen" } },
            ],
          },
          { text: "It snows.", finish: "length" },
        ],
      }),
    });
    const stream = client().chat.completions.stream({
      model: "gpt-4o",
      messages,
      n: 3,
      tools: [weather],
      stream_options: { include_usage: true },
    });
    const final = await stream.finalChatCompletion();
    const recorded = payloads[0]?.response as { choices: typeof final.choices };
    expect(recorded.choices).toMatchObject(
      final.choices.map(({ index, finish_reason, message }) => ({
        index,
        finish_reason,
        message: {
          content: message.content,
          ...(message.tool_calls
            ? {
                tool_calls: message.tool_calls.map(({ id, type, function: { name, arguments: text } }) => ({
                  id,
                  type,
                  function: { name, arguments: text },
                })),
              }
            : {}),
        },
      })),
    );
    expect(payloads[0]).toMatchObject({
      completion_tokens: final.usage?.completion_tokens,
      waybill: { status: "complete", diagnostics: [] },
    });
  });

  it("retries, and each try has its record", async () => {
    stub.faults = [{ kind: "status", status: 429, retryAfter: "0" }, { kind: "reset-before" }];
    const answer = await client({}, { maxRetries: 2 }).chat.completions.create({ model: "gpt-4o", messages });
    expect(payloads).toMatchObject([
      { status: "failure", error_information: { error_code: "429" }, response_cost: null },
      {
        status: "failure",
        error_information: { error_class: "UND_ERR_SOCKET" },
        metadata: { requester_metadata: { retry_count: 1 } },
      },
      {
        status: "success",
        response: { id: answer.id },
        metadata: { requester_metadata: { retry_count: 2 } },
      },
    ]);
  });

  it("stops in the middle of a stream, and the API hears of it", async () => {
    await start({ answer: () => ({ text: "one two three four five six seven", hold: "after-chunk-3" }) });
    const stream = await client().chat.completions.create({ model: "gpt-4o", messages, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break;
    }
    await stub.aborted(1);
    await expect
      .poll(() => payloads)
      .toMatchObject([{ status: "success", waybill: { status: "incomplete" }, prompt_tokens: null }]);
    expect(payloads[0]?.waybill.diagnostics.map(({ code }) => code)).toEqual(["aborted"]);
  });

  it("aborts by its signal, before and within an answer", async () => {
    await start({ answer: () => ({ text: "one two three", hold: "after-chunk-0" }) });
    for (const stream of [false, true]) {
      const controller = new AbortController();
      const asking = client().chat.completions.create(
        { model: "gpt-4o", messages, stream },
        { signal: controller.signal },
      );
      const ended = asking.then(async (answer) => {
        if (Symbol.asyncIterator in answer) for await (const _chunk of answer) await Promise.resolve();
        return "it came to an end";
      });
      const outcome = ended.catch((error: unknown) => (error as Error).message);
      await stub.held(stream ? 2 : 1);
      controller.abort();
      // A client that is handed a stream ends it without an error when it aborts it itself.
      expect(await outcome).toMatch(/aborted|it came to an end/);
    }
    await expect.poll(() => payloads).toHaveLength(2);
    expect(payloads[0]).toMatchObject({
      status: "failure",
      error_information: { error_class: "AbortError" },
    });
  });

  it("runs into its time-out, which is a failure on record", async () => {
    stub.faults = [{ kind: "stall" }];
    await expect(
      client({}, { timeout: 50 }).chat.completions.create({ model: "gpt-4o", messages }),
    ).rejects.toThrow("timed out");
    expect(payloads).toMatchObject([{ status: "failure", error_information: { error_class: "AbortError" } }]);
  });

  it("meets a stream that is cut, as it would without us", async () => {
    stub.faults = [{ kind: "cut", after: 2 }];
    const stream = await client().chat.completions.create({ model: "gpt-4o", messages, stream: true });
    await expect(
      (async () => {
        for await (const _chunk of stream) await Promise.resolve();
      })(),
    ).rejects.toThrow("terminated");
    expect(payloads).toMatchObject([{ status: "failure", waybill: { status: "incomplete" } }]);
  });

  it("makes embeddings, which it asks for in base64", async () => {
    await start({ answer: () => ({ embeddings: [[0.5, 0.25]] }) });
    const { data, usage } = await client().embeddings.create({
      model: "text-embedding-3-small",
      input: "rings",
    });
    expect(data[0]?.embedding).toEqual([0.5, 0.25]);
    expect(payloads).toMatchObject([
      {
        call_type: "aembedding",
        prompt_tokens: usage.prompt_tokens,
        response: { data: [{ embedding: "[2 numbers]" }] },
      },
    ]);
  });

  it("asks the Responses API, streamed and not", async () => {
    const openai = client();
    const plain = await openai.responses.create({ model: "gpt-4o", input: "Rings?" });
    const stream = openai.responses.stream({ model: "gpt-4o", input: "Rings?" });
    const streamed = await stream.finalResponse();
    expect(payloads).toMatchObject(
      [plain, streamed].map(({ id, usage }) => ({
        call_type: "aresponses",
        status: "success",
        response: { id },
        prompt_tokens: usage?.input_tokens,
        completion_tokens: usage?.output_tokens,
        waybill: { cost: { status: "priced" }, status: "complete" },
      })),
    );
  });

  it("lists models and is left alone", async () => {
    for await (const _model of client().models.list()) break;
    expect(payloads).toEqual([]);
  });

  it("does not see usage that only we asked for", async () => {
    const stream = await client({ includeUsage: true }).chat.completions.create({
      model: "gpt-4o",
      messages,
      stream: true,
    });
    const seen: unknown[] = [];
    for await (const chunk of stream) seen.push(chunk.choices.length);
    expect(seen).not.toContain(0);
    expect(stub.requests[0]?.body).toMatchObject({ stream_options: { include_usage: true } });
    expect(payloads[0]?.prompt_tokens).toBeGreaterThan(0);
  });

  it("hands its records to a pipeline", async () => {
    const batches: unknown[][] = [];
    const pipeline = createPipeline({
      exporters: [
        {
          name: "list",
          export: async (batch) => {
            batches.push([...batch]);
            return { items: batch.map(() => ({ status: "accepted" as const })) };
          },
        },
      ],
    });
    const openai = new OpenAI({
      baseURL: stub.baseUrl,
      apiKey: "any",
      fetch: instrumentFetch(fetch, { pipeline }),
    });
    const { id } = await openai.chat.completions.create({ model: "gpt-4o", messages });
    expect(await pipeline.close()).toMatchObject({ sent: 1, dropped: 0 });
    expect(batches.flat()).toMatchObject([{ id }]);
  });
});

describe("the AI SDK", () => {
  const openai = () => createOpenAI({ baseURL: stub.baseUrl, apiKey: "any", fetch: instrumented() });

  it("generates text by the Responses API, its default", async () => {
    const { text, usage } = await generateText({ model: openai()("gpt-4o"), prompt: "Rings?" });
    expect(payloads).toMatchObject([
      {
        call_type: "aresponses",
        prompt_tokens: usage.inputTokens,
        completion_tokens: usage.outputTokens,
        waybill: { cost: { status: "priced" } },
      },
    ]);
    expect(JSON.stringify(payloads[0]?.response)).toContain(JSON.stringify(text));
  });

  it("streams text by the Responses API", async () => {
    const { textStream, usage } = streamText({ model: openai()("gpt-4o"), prompt: "Rings?" });
    let text = "";
    for await (const piece of textStream) text += piece;
    expect(payloads).toMatchObject([
      {
        status: "success",
        stream: true,
        prompt_tokens: (await usage).inputTokens,
        waybill: { status: "complete" },
      },
    ]);
    expect(JSON.stringify(payloads[0]?.response)).toContain(JSON.stringify(text));
  });

  it("calls a tool by chat and answers with what it gave, in two calls", async () => {
    let turn = 0;
    await start({
      answer: () =>
        turn++ === 0 ? { calls: [{ name: "weather", arguments: { at: "Oslo" } }] } : { text: "It rains." },
    });
    const { text } = await generateText({
      model: openai().chat("gpt-4o"),
      prompt: "Weather?",
      tools: { weather: tool({ inputSchema: z.object({ at: z.string() }), execute: async () => "rain" }) },
      stopWhen: ({ steps }) => steps.length === 2,
    });
    expect(text).toBe("It rains.");
    expect(payloads).toMatchObject([
      {
        response: {
          choices: [
            { finish_reason: "tool_calls", message: { tool_calls: [{ function: { name: "weather" } }] } },
          ],
        },
      },
      { response: { choices: [{ finish_reason: "stop", message: { content: "It rains." } }] } },
    ]);
  });

  it("speaks to compatible servers, with context in headers", async () => {
    const provider = createOpenAICompatible({
      name: "mine",
      baseURL: stub.baseUrl,
      fetch: instrumented({ provider: "groq" }),
      headers: { "x-waybill-tags": "docs,beta" },
      includeUsage: true,
    });
    const { text } = streamText({ model: provider("llama-3.3-70b-versatile"), prompt: "Rings?" });
    await text;
    expect(payloads).toMatchObject([
      {
        custom_llm_provider: "groq",
        request_tags: ["docs", "beta"],
        waybill: { cost: { status: "priced" } },
      },
    ]);
    expect(stub.requests[0]?.headers["x-waybill-tags"]).toBeUndefined();
  });

  it("embeds", async () => {
    await embed({ model: openai().embedding("text-embedding-3-small"), value: "rings" });
    expect(payloads).toMatchObject([{ call_type: "aembedding", completion_tokens: 0 }]);
  });

  it.each([false, true])("asks Anthropic's API (stream: %s)", async (isStream) => {
    const anthropic = createAnthropic({ baseURL: stub.baseUrl, apiKey: "any", fetch: instrumented() });
    const call = { model: anthropic("claude-sonnet-4-5"), prompt: "Rings?" };
    const { text, usage } = isStream
      ? await (async () => {
          const streamed = streamText(call);
          return { text: await streamed.text, usage: await streamed.usage };
        })()
      : await generateText(call);
    expect(payloads).toMatchObject([
      {
        call_type: "anthropic_messages",
        custom_llm_provider: "anthropic",
        prompt_tokens: usage.inputTokens,
        completion_tokens: usage.outputTokens,
        response: { type: "message", content: [{ type: "text", text }] },
        waybill: { cost: { status: "priced" } },
      },
    ]);
  });

  it("aborts in the middle of a stream", async () => {
    await start({ answer: () => ({ text: "one two three four", hold: "after-chunk-6" }) });
    const controller = new AbortController();
    const { textStream } = streamText({
      model: openai()("gpt-4o"),
      prompt: "Rings?",
      abortSignal: controller.signal,
    });
    for await (const _piece of textStream) controller.abort();
    await stub.aborted(1);
    await expect.poll(() => payloads).toMatchObject([{ waybill: { status: "incomplete" } }]);
  });
});
