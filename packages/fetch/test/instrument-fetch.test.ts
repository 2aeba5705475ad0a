import { checkStandardLoggingPayloadEmit } from "@waybill/core/emit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { instrumentFetch, type InstrumentOptions } from "../src/index.js";
import {
  bodyOf,
  chatUrl,
  completion,
  json,
  observed,
  post,
  question,
  saturn,
  sse,
  streamed,
} from "./upstream.js";

describe("a streamed chat", () => {
  it("is recorded whole, priced, with its times", async () => {
    const { fetch, payloads } = observed(() => streamed(saturn));
    const response = await fetch(chatUrl, post({ ...question, stream: true }));
    expect(payloads).toEqual([]);
    expect(await response.text()).toBe(saturn.join(""));
    const [payload] = payloads;
    expect(payloads).toHaveLength(1);
    expect(checkStandardLoggingPayloadEmit(payload)).toMatchObject({ ok: true });
    expect(payload).toMatchObject({
      id: "chatcmpl-0123456789abcdef",
      call_type: "acompletion",
      status: "success",
      stream: true,
      model: "gpt-4o",
      custom_llm_provider: "openai",
      api_base: "https://api.openai.com/v1",
      prompt_tokens: 10,
      completion_tokens: 2,
      response_cost: 0.000045,
      messages: question.messages,
      waybill: { cost: { exact: "0.000045" }, status: "complete", providerRequestId: "req_1" },
    });
    expect(payload?.waybill.timing?.firstContent).toBeGreaterThanOrEqual(0);
  });

  it("reaches its caller in the same pieces, however it is cut", async () => {
    const whole = new TextEncoder().encode(saturn.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: whole.length }), { maxLength: 12 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((left, right) => left - right), whole.length];
        const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end));
        const { fetch, payloads } = observed(() => streamed(pieces));
        const response = await fetch(chatUrl, post({ ...question, stream: true }));
        const seen: Uint8Array[] = [];
        for await (const piece of response.body as ReadableStream<Uint8Array>) seen.push(piece);
        expect(seen).toEqual(pieces);
        expect(payloads[0]?.response).toMatchObject({ choices: [{ message: { content: "Saturn" } }] });
      }),
      { numRuns: 60 },
    );
  });

  it("that its reader leaves is a record of what came", async () => {
    const { fetch, payloads } = observed(() => streamed(saturn));
    const response = await fetch(chatUrl, post({ ...question, stream: true }));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.read();
    await reader.cancel("enough");
    expect(payloads).toMatchObject([
      {
        status: "success",
        response: { choices: [{ message: { content: "Sat" } }] },
        waybill: { status: "incomplete" },
      },
    ]);
    expect(payloads[0]?.waybill.diagnostics.map(({ code }) => code)).toContain("aborted");
    expect(payloads[0]).toMatchObject({ response_cost: null, prompt_tokens: null });
  });

  it("that breaks off gives its caller the same error, and is a failure on record", async () => {
    const broken = new TypeError("terminated");
    const { fetch, payloads } = observed(() => streamed(saturn.slice(0, 2), broken));
    const response = await fetch(chatUrl, post({ ...question, stream: true }));
    await expect(response.text()).rejects.toBe(broken);
    expect(payloads).toMatchObject([
      {
        status: "failure",
        error_str: "terminated",
        response: { choices: [{ message: { content: "Sat" } }] },
      },
    ]);
  });

  it("that carries an error is a failure with the provider's words", async () => {
    const events = sse([{ error: { message: "Overloaded", type: "server_error", code: "503" } }], "");
    const { fetch, payloads } = observed(() => streamed(events));
    await (await fetch(chatUrl, post({ ...question, stream: true }))).text();
    expect(payloads).toMatchObject([
      { status: "failure", error_information: { error_message: "Overloaded", error_code: "503" } },
    ]);
  });
});

describe("a plain answer", () => {
  it("is recorded as it came", async () => {
    const { fetch, payloads } = observed(() => json(completion));
    const response = await fetch(chatUrl, post(question));
    expect(await response.json()).toEqual(completion);
    expect(payloads).toMatchObject([
      {
        response: completion,
        status: "success",
        stream: null,
        completionStartTime: null,
        response_cost: 0.000045,
      },
    ]);
  });

  it("keeps what a response says of itself", async () => {
    const source = Object.defineProperties(json(completion, { status: 201, statusText: "Made" }), {
      url: { value: `${chatUrl}?moved` },
      redirected: { value: true },
    });
    const instrumented = instrumentFetch(async () => source, { onPayload: () => {}, engine: null });
    const { url, redirected, status, statusText, ok, headers } = await instrumented(chatUrl, post(question));
    expect({ url, redirected, status, statusText, ok, type: headers.get("content-type") }).toEqual({
      url: `${chatUrl}?moved`,
      redirected: true,
      status: 201,
      statusText: "Made",
      ok: true,
      type: "application/json",
    });
  });

  it("can be cloned, and both read", async () => {
    const { fetch, payloads } = observed(() => json(completion));
    const response = await fetch(chatUrl, post(question));
    const copy = response.clone();
    expect(await response.json()).toEqual(completion);
    expect(await copy.json()).toEqual(completion);
    expect(payloads).toHaveLength(1);
  });

  it("that is too large to keep is read whole by its caller, and the record says so", async () => {
    const { fetch, payloads, events } = observed(() => json(completion), { maxAnswerBytes: 100 });
    expect(await (await fetch(chatUrl, post(question))).json()).toEqual(completion);
    expect(payloads[0]?.response).toMatch(/^\[the answer has \d+ bytes, and 100 are kept at most\]$/);
    expect(payloads[0]?.prompt_tokens).toBeNull();
    expect(events).toMatchObject([{ type: "incomplete-record" }]);
  });

  it("without JSON is recorded as text", async () => {
    const { fetch, payloads } = observed(() => new Response("<html>502</html>"));
    await (await fetch(chatUrl, post(question))).text();
    expect(payloads).toMatchObject([
      { response: "<html>502</html>", prompt_tokens: null, response_cost: null },
    ]);
  });

  it("whose bytes its caller writes over is recorded all the same", async () => {
    const { fetch, payloads } = observed(() => json(completion));
    const response = await fetch(chatUrl, post(question));
    for await (const piece of response.body as ReadableStream<Uint8Array>) piece.fill(0);
    expect(payloads[0]?.response).toEqual(completion);
  });
});

describe("a failure", () => {
  it("of the connection reaches the caller as it was thrown", async () => {
    const thrown = Object.assign(new TypeError("fetch failed"), {
      cause: Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED" }),
    });
    const { fetch, payloads } = observed(() => Promise.reject(thrown));
    await expect(fetch(chatUrl, post(question))).rejects.toBe(thrown);
    expect(payloads).toMatchObject([
      {
        status: "failure",
        error_str: "fetch failed: connect ECONNREFUSED 127.0.0.1:9",
        error_information: { error_class: "ECONNREFUSED" },
        response_cost: null,
        model: "gpt-4o",
      },
    ]);
  });

  it.each([
    [
      "in OpenAI's form",
      { error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" } },
      429,
      "Rate limit reached",
      "requests",
    ],
    [
      "in Anthropic's form",
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
      529,
      "Overloaded",
      "overloaded_error",
    ],
    ["in FastAPI's form", { detail: "Not Found" }, 404, "Not Found", ""],
  ])("by HTTP %s is read, and handed on as it is", async (_, body, status, message, kind) => {
    const { fetch, payloads } = observed(() => json(body, { status }));
    const response = await fetch(chatUrl, post({ ...question, stream: true }));
    expect([response.status, await response.json()]).toEqual([status, body]);
    expect(payloads).toMatchObject([
      {
        status: "failure",
        error_information: { error_code: String(status), error_message: message, error_class: kind },
      },
    ]);
    expect(checkStandardLoggingPayloadEmit(payloads[0])).toMatchObject({ ok: true });
  });

  it("by abort before the answer is one on record", async () => {
    const controller = new AbortController();
    const { fetch, payloads } = observed(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    );
    const asking = fetch(chatUrl, { ...post(question), signal: controller.signal });
    controller.abort();
    await expect(asking).rejects.toThrow("aborted");
    expect(payloads).toMatchObject([{ status: "failure", error_information: { error_class: "AbortError" } }]);
  });
});

describe("what is sent", () => {
  it("is what the caller gave, byte for byte, and the very same objects", async () => {
    const seen: unknown[][] = [];
    const base: typeof fetch = async (...parts) => {
      seen.push(parts);
      return json(completion);
    };
    const instrumented = instrumentFetch(base, { onPayload: () => {}, engine: null });
    const init = post(question);
    await instrumented(chatUrl, init);
    expect(seen[0]?.[0]).toBe(chatUrl);
    expect(seen[0]?.[1]).toBe(init);
  });

  it.each<[string, () => [RequestInfo | URL, RequestInit?]]>([
    ["text", () => [chatUrl, post(question)]],
    [
      "bytes",
      () => [
        new URL(chatUrl),
        { ...post(question), body: new TextEncoder().encode(JSON.stringify(question)) },
      ],
    ],
    ["a Blob", () => [chatUrl, { ...post(question), body: new Blob([JSON.stringify(question)]) }]],
    ["a Request", () => [new Request(chatUrl, post(question))]],
    [
      "a stream",
      () => [
        chatUrl,
        { ...post(question), body: bodyOf([JSON.stringify(question)]), duplex: "half" } as RequestInit,
      ],
    ],
  ])("as %s arrives and is recorded", async (_, parts) => {
    const { fetch, payloads, requests } = observed(async (request) => {
      await request.text();
      return json(completion);
    });
    await (await fetch(...parts())).text();
    expect(await requests[0]?.json()).toEqual(question);
    await expect.poll(() => payloads).toMatchObject([{ messages: question.messages, model: "gpt-4o" }]);
  });

  it("has no headers that are meant for us, and theirs go into the record", async () => {
    const { fetch, payloads, requests } = observed(() => json(completion));
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await (
      await fetch(
        chatUrl,
        post(question, {
          "X-Waybill-Tags": "checkout, eu ,",
          "x-waybill-user": "u-7",
          "x-waybill-session": "s-1",
          "x-waybill-metadata": '{"order":12}',
          "x-waybill-unknown": "1",
          traceparent,
        }),
      )
    ).text();
    expect([...(requests[0]?.headers.keys() ?? [])].filter((name) => name.startsWith("x-waybill"))).toEqual(
      [],
    );
    expect(requests[0]?.headers.get("traceparent")).toBe(traceparent);
    expect(payloads).toMatchObject([
      {
        request_tags: ["checkout", "eu"],
        end_user: "u-7",
        session_id: "s-1",
        trace_id: "0af7651916cd43dd8448eb211c80319c",
        metadata: { requester_metadata: { order: 12 } },
      },
    ]);
  });

  it("loses our headers also where it is no call of a model", async () => {
    const { fetch, payloads, requests } = observed(() => json({ data: [] }));
    await fetch("https://api.openai.com/v1/models", {
      headers: { "x-waybill-tags": "a", authorization: "b" },
    });
    expect(requests[0]?.headers.has("x-waybill-tags")).toBe(false);
    expect(requests[0]?.headers.get("authorization")).toBe("b");
    expect(payloads).toEqual([]);
  });
});

describe("the context", () => {
  it("is what the callback says, with the headers over it", async () => {
    const { fetch, payloads } = observed(() => json(completion), {
      context: ({ api, body }) => ({
        userId: "callback",
        tags: [api],
        name: (body as { model: string }).model,
      }),
    });
    await (
      await fetch(chatUrl, post(question, { "x-waybill-user": "header", "x-waybill-tags": "b" }))
    ).text();
    expect(payloads).toMatchObject([{ end_user: "header", request_tags: ["chat", "b"] }]);
  });

  it.each<[string, Partial<InstrumentOptions>]>([
    [
      "context",
      {
        context: () => {
          throw new Error("mine");
        },
      },
    ],
    [
      "provider",
      {
        provider: () => {
          throw new Error("mine");
        },
      },
    ],
    [
      "onStart",
      {
        onStart: () => {
          throw new Error("mine");
        },
      },
    ],
    [
      "onPayload",
      {
        onPayload: () => {
          throw new Error("mine");
        },
      },
    ],
    [
      "onPayload",
      {
        onPayload: async () => {
          throw new Error("mine");
        },
      },
    ],
    [
      "waitUntil",
      {
        waitUntil: () => {
          throw new Error("mine");
        },
      },
    ],
    ["pipeline", { pipeline: { accept: () => Promise.reject(new Error("mine")) } }],
  ])("callback %s may throw, and the call goes on", async (what, options) => {
    const { fetch, events } = observed(() => json(completion), options);
    expect(await (await fetch(chatUrl, post(question))).json()).toEqual(completion);
    await expect.poll(() => events).toMatchObject([{ type: "failed", what, error: { message: "mine" } }]);
  });
});

describe("calls that nothing here reads", () => {
  it.each([
    ["https://api.openai.com/v1/images/generations", { model: "gpt-image-1", prompt: "a ring" }],
    ["https://api.openai.com/v1/audio/transcriptions", undefined],
    [
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
      { contents: [] },
    ],
    ["http://localhost:11434/api/chat", { model: "llama3", messages: [] }],
    ["https://example.com/v9/think", { model: "m", input: "x" }],
  ])("%s is told, once", async (url, body) => {
    const { fetch, payloads, events } = observed(() => json({}));
    for (const query of ["", "?a", "?b"]) await fetch(url + query, post(body));
    expect(events).toEqual([{ type: "unrecognised", method: "POST", url }]);
    expect(payloads).toEqual([]);
  });

  it.each([
    ["GET", "https://api.openai.com/v1/models", undefined],
    ["GET", "https://api.openai.com/v1/chat/completions", undefined],
    ["POST", "https://chat.example.com/api/messages", { text: "hello" }],
    ["POST", "https://survey.example.com/responses", { answers: [1] }],
    ["POST", "https://shop.example.com/orders", { model: "T", color: "black" }],
    ["POST", "https://api.openai.com/v1/files", undefined],
  ])("%s %s is none of them", async (method, url, body) => {
    const { fetch, payloads, events } = observed(() => json({}));
    await (await fetch(url, { method, ...(body ? { body: JSON.stringify(body) } : {}) })).text();
    expect([payloads, events]).toEqual([[], []]);
  });
});

describe("secrets", () => {
  const asked = {
    ...question,
    messages: [{ role: "user", content: "use sk-proj-abcdefghijklmnopqrstuvwxyz0123456789" }],
  };

  it("are taken out of the record, and not out of what is sent", async () => {
    const { fetch, payloads, requests } = observed(() => json(completion));
    await (
      await fetch(chatUrl, post(asked, { authorization: "Bearer sk-proj-zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" }))
    ).text();
    expect(JSON.stringify(payloads)).not.toContain("sk-proj");
    expect(JSON.stringify(payloads)).toContain("[redacted:openai-key:");
    expect(await requests[0]?.text()).toContain("sk-proj");
  });

  it("stay when that is asked for", async () => {
    const { fetch, payloads } = observed(() => json(completion), { redact: false });
    await (await fetch(chatUrl, post(asked))).text();
    expect(JSON.stringify(payloads)).toContain("sk-proj-abcdefghijklmnopqrstuvwxyz0123456789");
  });
});

describe("the id of a record", () => {
  it("is the call's where that is asked for, whatever the answer's is", async () => {
    const { fetch, payloads } = observed(() => json(completion), { idFrom: "call" });
    await (await fetch(chatUrl, post(question, { "x-waybill-call-id": "call-1" }))).text();
    await (await fetch(chatUrl, post(question, { "x-waybill-call-id": "call-2" }))).text();
    expect(payloads.map(({ id }) => id)).toEqual(["call-1", "call-2"]);
    expect(payloads.map(({ waybill }) => waybill.idempotencyKey)).toEqual([
      "openai:call:call-1",
      "openai:call:call-2",
    ]);
  });
});

describe("an answer that nobody reads", () => {
  it("is recorded when it is let go", async () => {
    const { setFlagsFromString } = await import("node:v8");
    const { runInNewContext } = await import("node:vm");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const { fetch, payloads, events } = observed(() => streamed(saturn));
    await (async () => {
      const { status } = await fetch(chatUrl, post({ ...question, stream: true }));
      expect(status).toBe(200);
    })();
    await expect
      .poll(
        () => {
          collect();
          return payloads.length;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    expect(events).toMatchObject([{ type: "unread" }]);
  });
});

describe("options", () => {
  it.each<[string, unknown, RegExp]>([
    ["without a place for the records", {}, /pipeline or onPayload/],
    ["with a misspelt name", { onPayload: () => {}, pipelin: {} }, /pipelin: there is no such option/],
    ["with a pipeline that is none", { pipeline: {} }, /pipeline: it has no function accept/],
    ["with a wrong kind", { onPayload: "x" }, /onPayload: expected function, found string/],
    ["with another word", { onPayload: () => {}, idFrom: "request" }, /idFrom/],
    ["that are none", undefined, /object of options/],
  ])("%s are refused", (_, options, message) => {
    expect(() => instrumentFetch(fetch, options as InstrumentOptions)).toThrow(message);
  });

  it("come behind a fetch", () => {
    expect(() => instrumentFetch({ onPayload() {} } as unknown as typeof fetch, {})).toThrow(
      /takes a fetch first/,
    );
  });
});
