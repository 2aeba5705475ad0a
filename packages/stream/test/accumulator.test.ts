import { readFileSync } from "node:fs";

import { checkChatCompletionEmit } from "@waybill/core/emit";
import { describe, expect, it } from "vitest";

import { accumulate, Accumulator, encodeSse } from "../src/index.js";
import { chunk, finish, tool } from "./chunks.js";

const gather = (...chunks: unknown[]) => accumulate(encodeSse(chunks));

async function messageOf(...chunks: object[]) {
  const { completion } = await gather(...chunks, finish());
  expect(checkChatCompletionEmit(completion)).toMatchObject({ ok: true });
  return completion.choices[0]?.message;
}

describe("a completion", () => {
  it("joins the content and takes its head from the first chunk that has one", async () => {
    const azure = { id: "", object: "", created: 0, model: "", choices: [], prompt_filter_results: [] };
    const { completion, status, diagnostics } = await gather(
      azure,
      chunk({ role: "assistant", content: "" }, { system_fingerprint: "fp", service_tier: "default" }),
      chunk({ content: "Hel" }),
      chunk({ content: "lo" }),
      finish(),
    );
    expect(completion).toEqual({
      id: "c1",
      object: "chat.completion",
      created: 5,
      model: "m",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello", refusal: null },
          finish_reason: "stop",
          logprobs: null,
        },
      ],
      system_fingerprint: "fp",
      service_tier: "default",
      prompt_filter_results: [],
    });
    expect(status).toBe("complete");
    expect(diagnostics).toEqual([]);
  });

  it("keeps interleaved choices apart", async () => {
    const { completion } = await gather(
      chunk({ content: "a" }, { index: 0 }),
      chunk({ content: "b" }, { index: 1 }),
      chunk({ content: "c" }, { index: 0 }),
      finish("length", 1),
      finish("stop", 0),
    );
    expect(completion.choices.map(({ message, finish_reason }) => [message.content, finish_reason])).toEqual([
      ["ac", "stop"],
      ["b", "length"],
    ]);
  });

  it("has a null content when none came, and an empty one when that came", async () => {
    expect((await messageOf(chunk({ role: "assistant", content: null })))?.content).toBeNull();
    expect((await messageOf(chunk({ content: "" })))?.content).toBe("");
  });

  it("joins refusals, reasoning of both spellings, and a legacy function call", async () => {
    expect(
      await messageOf(
        chunk({ refusal: "No" }),
        chunk({ refusal: "." }),
        chunk({ reasoning_content: "Th" }),
        chunk({ reasoning: "ink" }),
        chunk({ function_call: { name: "f", arguments: "{" } }),
        chunk({ function_call: { arguments: "}" } }),
      ),
    ).toMatchObject({
      refusal: "No.",
      reasoning_content: "Think",
      function_call: { name: "f", arguments: "{}" },
    });
  });

  it("appends log probabilities", async () => {
    const logprobs = (token: string) => ({
      choices: [
        { index: 0, delta: {}, finish_reason: null, logprobs: { content: [{ token }], refusal: null } },
      ],
    });
    const { completion } = await gather(logprobs("a"), logprobs("b"), finish());
    expect(completion.choices[0]?.logprobs).toEqual({
      content: [{ token: "a" }, { token: "b" }],
      refusal: null,
    });
  });

  it("names a finish reason in OpenAI's words", async () => {
    const { completion } = await gather(chunk({ content: "a" }, { finish_reason: "" }), finish("MAX_TOKENS"));
    expect(completion.choices[0]?.finish_reason).toBe("length");
  });

  it("reads a whole answer as one chunk", async () => {
    const choices = [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }];
    const { completion, status } = await accumulate([{ id: "x", object: "chat.completion", choices }]);
    expect(completion.choices[0]?.message.content).toBe("Hi");
    expect(status).toBe("complete");
  });
});

describe("tool calls", () => {
  const calls = async (...chunks: object[]) =>
    (await messageOf(...chunks))?.tool_calls?.map(({ id, function: fn }) => [id, fn?.name, fn?.arguments]);

  it("are joined from fragments by index", async () => {
    expect(
      await calls(
        tool(0, { id: "A", type: "function", function: { name: "f", arguments: "" } }),
        tool(0, { function: { arguments: '{"a":' } }),
        tool(1, { id: "B", function: { name: "g", arguments: "{}" } }),
        tool(0, { function: { arguments: "1}" } }),
      ),
    ).toEqual([
      ["A", "f", '{"a":1}'],
      ["B", "g", "{}"],
    ]);
  });

  it("that all have the index 0 are told apart by id and name", async () => {
    const call = (id: string) => tool(0, { id, function: { name: `f${id}`, arguments: "{}" } });
    expect(await calls(call("1"), call("2"), call("3"))).toEqual([
      ["1", "f1", "{}"],
      ["2", "f2", "{}"],
      ["3", "f3", "{}"],
    ]);
  });

  it("without an index are told apart by name, and continued otherwise", async () => {
    expect(
      await calls(
        tool(undefined, { id: "1", function: { name: "f", arguments: "{" } }),
        tool(undefined, { function: { arguments: "}" } }),
        tool(undefined, { function: { name: "g", arguments: "[]" } }),
      ),
    ).toEqual([
      ["1", "f", "{}"],
      ["call_1", "g", "[]"],
    ]);
  });

  it("take the name once, however often it is repeated", async () => {
    const part = (text: string) =>
      tool(0, { id: "A", type: "function", function: { name: "f", arguments: text } });
    expect(await calls(part("{"), part("}"))).toEqual([["A", "f", "{}"]]);
  });

  it("of custom tools carry their input", async () => {
    const message = await messageOf(
      tool(0, { id: "A", type: "custom", custom: { name: "patch", input: "*** Begin" } }),
      tool(0, { custom: { input: " ***" } }),
    );
    expect(message?.tool_calls).toEqual([
      { id: "A", type: "custom", custom: { name: "patch", input: "*** Begin ***" } },
    ]);
  });
});

describe("usage", () => {
  const usage = (prompt: number, completion: number, details?: object) => ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(details ? { prompt_tokens_details: details } : {}),
  });
  const usageOf = async (...chunks: object[]) => (await gather(...chunks)).usage;

  it("is null and missing when none came", async () => {
    expect(await gather(chunk({ content: "a" }), finish())).toMatchObject({
      usage: null,
      usageSource: "missing",
    });
  });

  it("of a running total is the last, never the sum", async () => {
    expect(await usageOf(chunk({}, { usage: usage(5, 1) }), chunk({}, { usage: usage(5, 2) }))).toEqual(
      usage(5, 2),
    );
  });

  it("keeps details that a later object leaves out", async () => {
    const first = usage(6017, 4, { cached_tokens: 6004, cache_write_tokens: 10 });
    expect(await usageOf(chunk({}, { usage: first }), chunk({}, { usage: usage(6017, 4) }))).toEqual(first);
  });

  it("is not erased by null or by zeros in the middle", async () => {
    expect(
      await usageOf(
        chunk({}, { usage: usage(5, 2) }),
        chunk({}, { usage: null }),
        chunk({}, { usage: usage(0, 0) }),
        chunk({}, { usage: usage(0, 0), choices: [] }),
      ),
    ).toEqual(usage(5, 2));
  });

  it("of zeros alone is zero, not unknown", async () => {
    const result = await gather(chunk({}), { choices: [], usage: usage(0, 0) });
    expect(result).toMatchObject({ usage: usage(0, 0), usageSource: "provider" });
  });

  it("cannot reach a prototype", async () => {
    const hostile = JSON.parse(
      '{"prompt_tokens":1,"__proto__":{"polluted":1},"x":{"__proto__":{"polluted":1}}}',
    );
    await usageOf(chunk({}, { usage: hostile }));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe("the end of a stream", () => {
  const sse = (...chunks: object[]) => chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");

  it("without [DONE] is complete when every choice finished", async () => {
    const result = await accumulate(sse(chunk({ content: "a" }), finish()));
    expect(result).toMatchObject({ status: "complete", endedBy: "finish", diagnostics: [{ code: "T5" }] });
  });

  it("before a finish reason is incomplete, and what came is kept", async () => {
    const result = await accumulate(sse(chunk({ content: "par" })));
    expect(result).toMatchObject({ status: "incomplete", endedBy: "eof", diagnostics: [{ code: "T6" }] });
    expect(result.completion.choices[0]?.message.content).toBe("par");
  });

  it("by a failing body is incomplete", async () => {
    async function* body() {
      yield new TextEncoder().encode(sse(chunk({ content: "par" })));
      throw new Error("reset");
    }
    expect(await accumulate(body())).toMatchObject({ status: "incomplete", endedBy: "upstream" });
  });

  it.each([
    ["an error object", { error: { message: "gone", code: 502, type: "server_error" } }, "502"],
    ["an error string", { error: "gone" }, undefined],
    ["an error beside choices", { ...chunk({}), error: { message: "gone", code: "x" } }, "x"],
  ])("by %s is an error with what came before it", async (_, error, code) => {
    const result = await accumulate(sse(chunk({ content: "par" }), error));
    expect(result).toMatchObject({ status: "error", endedBy: "upstream", error: { message: "gone" } });
    expect(result.error?.code).toBe(code);
    expect(result.completion.choices[0]?.message.content).toBe("par");
  });

  it.each([
    ["beside the content of its chunk", { ...chunk({ content: "!" }), error: { message: "gone" } }],
    [
      "inside a choice",
      { choices: [{ delta: { content: "!" }, finish_reason: "error", error: { message: "gone" } }] },
    ],
  ])("by an error %s keeps that content", async (_, last) => {
    const result = await accumulate(sse(chunk({ content: "par" }), last));
    expect(result).toMatchObject({ status: "error", error: { message: "gone" } });
    expect(result.completion.choices[0]?.message.content).toBe("par!");
  });

  it("by a flat error object is an error", async () => {
    const result = await accumulate(sse(chunk({}), { object: "error", message: "gone", code: 404 }));
    expect(result).toMatchObject({ status: "error", error: { message: "gone", code: "404" } });
  });

  it("is an error for an event named error", async () => {
    const result = await accumulate(`${sse(chunk({ content: "a" }))}event: error\ndata: overloaded\n\n`);
    expect(result).toMatchObject({ status: "error", error: { message: "overloaded" } });
  });

  it("names broken JSON and keeps the rest", async () => {
    const result = await accumulate(
      `data: {"id":\n\n${sse(chunk({ content: "a" }), finish())}data: [DONE]\n\n`,
    );
    expect(result).toMatchObject({
      status: "complete",
      endedBy: "done",
      diagnostics: [{ code: "T10", chunk: 0 }],
    });
  });
});

describe("timing", () => {
  it("notes the moments on the injected clock", () => {
    let time = 100;
    const accumulator = new Accumulator({ now: () => time, startedAt: 90 });
    for (const [at, piece] of [
      [110, chunk({ role: "assistant", content: "" })],
      [120, chunk({ reasoning: "hm" })],
      [150, chunk({ content: "a" })],
      [155, chunk({ content: "b" })],
      [160, finish()],
      [161, { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }],
    ] as const) {
      time = at;
      accumulator.push(piece);
    }
    time = 170;
    expect(accumulator.finish().timing).toEqual({
      headers: null,
      firstByte: null,
      firstChunk: 20,
      firstReasoning: 30,
      firstContent: 60,
      firstTool: null,
      finish: 70,
      usage: 71,
      lastChunk: 71,
      close: 80,
      chunks: 6,
      gaps: { p50: 5, p95: 30, max: 30, maxAt: 2 },
      ticks: [20, 30, 60, 65, 70, 71],
    });
  });

  it("thins the ticks of long streams evenly", () => {
    let time = 0;
    const accumulator = new Accumulator({ now: () => time++, startedAt: 0 });
    for (let each = 0; each < 10_000; each++) accumulator.push(chunk({ content: "a" }));
    const { ticks, chunks } = accumulator.finish().timing;
    expect(chunks).toBe(10_000);
    expect(ticks.length).toBeGreaterThan(32);
    expect(ticks.length).toBeLessThanOrEqual(64);
    const steps = new Set(ticks.slice(1).map((tick, index) => tick - (ticks[index] as number)));
    expect(steps.size).toBe(1);
  });
});

describe("the recorded seeds", () => {
  const chunksOf = (name: string) => {
    const text = readFileSync(new URL(`../../../fixtures/seeds/${name}`, import.meta.url), "utf8");
    const { response } = JSON.parse(text) as { response: { body: { __data__: object }[] } };
    return response.body.map((item) => item.__data__);
  };

  it.each([
    [
      "recording-with-usage.json",
      44,
      140,
      expect.objectContaining({ prompt_tokens: 66, completion_tokens: 41 }),
    ],
    ["recording-without-usage.json", 45, 207, null],
  ])("%s: %i chunks, %i characters", async (name, chunks, characters, usage) => {
    const result = await gather(...chunksOf(name));
    expect(result.timing.chunks).toBe(chunks);
    expect(result.completion.choices[0]?.message.content).toHaveLength(characters);
    expect(result.status).toBe("complete");
    expect(result.diagnostics).toEqual([]);
    expect(result.usage).toEqual(usage);
  });

  it("give the same from chunks, bytes, text and a response", async () => {
    const chunks = chunksOf("recording-with-usage.json");
    const text = chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("") + "data: [DONE]\n\n";
    const expected = (await gather(...chunks)).completion;
    expect((await accumulate(chunks)).completion).toEqual(expected);
    expect((await accumulate(text)).completion).toEqual(expected);
    expect((await accumulate(new Response(text))).completion).toEqual(expected);
  });
});
