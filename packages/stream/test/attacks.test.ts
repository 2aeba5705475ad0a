import { checkChatCompletionEmit } from "@waybill/core/emit";
import { describe, expect, it } from "vitest";

import { accumulate, accumulateById, Accumulator, observe, type AccumulatorOptions } from "../src/index.js";
import { chunk, finish, tool } from "./chunks.js";

/* Streams that once broke a promise of this package, found by trying to. */

const sse = (...chunks: object[]) => chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");
const DONE = "data: [DONE]\n\n";

async function read(chunks: object[], options: AccumulatorOptions = {}) {
  const result = await accumulate(sse(...chunks) + DONE, options);
  const checked = checkChatCompletionEmit(result.completion);
  expect(checked.ok ? [] : checked.issues).toEqual([]);
  return {
    ...result,
    choice: result.completion.choices[0],
    codes: result.diagnostics.map(({ code }) => code),
  };
}

const call = (index: number | undefined, id: string, name: string, text: string) =>
  tool(index, { id, type: "function", function: { name, arguments: text } });

describe("usage", () => {
  it("of objects that are no numbers does not throw", async () => {
    const odd = { valueOf: 1, toString: 1 };
    const usage = {
      prompt_tokens: 1,
      completion_tokens: 1,
      total_tokens: 3,
      completion_tokens_details: { reasoning_tokens: odd },
    };
    expect(await read([finish(), { choices: [], usage }])).toMatchObject({ status: "complete" });
  });

  it("of bigints does not throw, and settles what is observed", async () => {
    const accumulator = new Accumulator({
      estimateUsage: () => ({ prompt_tokens: 1n as unknown as number, completion_tokens: 1 }),
    });
    accumulator.push({ choices: [], usage: { prompt_tokens: 1n } });
    expect(accumulator.finish().diagnostics.map(({ code }) => code)).toContain("U15");
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(null as unknown as Uint8Array);
        controller.enqueue(new TextEncoder().encode(sse(finish()) + DONE));
        controller.close();
      },
    });
    const observed = observe(body);
    const pieces: unknown[] = [];
    for await (const piece of observed.body) pieces.push(piece);
    expect(pieces).toHaveLength(2);
    expect(await observed.result).toMatchObject({ status: "complete" });
  });

  it("that counts nothing does not hide what stands elsewhere", async () => {
    const groq = { usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 } };
    const { usage } = await read([chunk({ content: "a" }, { usage: {} }), { ...finish(), x_groq: groq }]);
    expect(usage).toEqual(groq.usage);
  });

  it("is not erased by zeros and nothings in other words, nor by a list for an object", async () => {
    const real = {
      prompt_tokens: 5,
      completion_tokens: 2,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 4 },
    };
    const nothing = {
      prompt_tokens: "0",
      completion_tokens: "",
      total_tokens: false,
      prompt_tokens_details: [],
    };
    expect((await read([chunk({}, { usage: real }), chunk({}, { usage: nothing }), finish()])).usage).toEqual(
      real,
    );
  });

  it("has room for the main counts, however late they come", async () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`k${index}`, 1]));
    const { usage, codes } = await read([
      chunk({}, { usage: { ...many, prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }),
      finish(),
    ]);
    expect(usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 });
    expect(codes).toContain("too-large");
  });
});

describe("tool calls", () => {
  it("of different indexes that share an id stay apart", async () => {
    const { choice } = await read([
      call(0, "get_weather", "get_weather", '{"c":1}'),
      call(1, "get_weather", "get_weather", '{"c":2}'),
      finish("tool_calls"),
    ]);
    expect(choice?.message.tool_calls?.map(({ function: fn }) => fn?.arguments)).toEqual([
      '{"c":1}',
      '{"c":2}',
    ]);
  });

  it("with an empty custom member are functions", async () => {
    const { choice } = await read([
      tool(0, { id: "a", type: "function", function: { name: "f", arguments: '{"a":1}' }, custom: {} }),
      finish("tool_calls"),
    ]);
    expect(choice?.message.tool_calls).toMatchObject([
      { type: "function", function: { arguments: '{"a":1}' } },
    ]);
  });

  it("with indexes as text stay apart", async () => {
    const part = (index: string, text: string, id?: string) =>
      chunk({
        tool_calls: [
          { index, ...(id ? { id, type: "function" } : {}), function: { name: id, arguments: text } },
        ],
      });
    const { choice } = await read([
      part("0", "{", "a"),
      part("1", "[", "b"),
      part("0", "}"),
      part("1", "]"),
      finish("tool_calls"),
    ]);
    expect(choice?.message.tool_calls?.map(({ function: fn }) => fn?.arguments)).toEqual(["{}", "[]"]);
  });

  it("of a whole answer need no index", async () => {
    const calls = [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }];
    const body = {
      id: "x",
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: null, tool_calls: calls },
          finish_reason: "tool_calls",
        },
      ],
    };
    expect((await accumulate(JSON.stringify(body), { request: { stream: false } })).diagnostics).toEqual([]);
  });
});

describe("choices", () => {
  it("that are cut after one chunk each are no counter of tokens", async () => {
    const texts = ["A", "B", "C"].map((content, index) =>
      chunk({ content }, { index, finish_reason: index === 2 ? "stop" : null }),
    );
    const { completion, status } = await accumulate(texts);
    expect(completion.choices.map(({ message }) => message.content)).toEqual(["A", "B", "C"]);
    expect(status).toBe("incomplete");
  });

  it("of one chunk stay apart, also when one was asked for", async () => {
    const both = {
      id: "x",
      choices: [0, 1].map((index) => ({ index, delta: { content: "AB"[index] }, finish_reason: "stop" })),
    };
    expect((await read([both], { request: { n: 1 } })).completion.choices).toHaveLength(2);
  });

  it("that count tokens keep their reasoning, however many they are", async () => {
    const tokens = Array.from({ length: 200 }, (_, index) =>
      chunk(index < 100 ? { reasoning_content: "r" } : { content: "c" }, { index: index + 1 }),
    );
    const { choice, codes } = await read([...tokens, finish("stop", 201)]);
    expect(choice?.message).toMatchObject({ reasoning_content: "r".repeat(100), content: "c".repeat(100) });
    expect(codes).toEqual(["C3"]);
  });
});

describe("text", () => {
  it.each([
    ["numbers that grow", ["1", "10", "100", "1000", " x"]],
    ["words that grow", ["in", "int", "into", "into!"]],
    ["equal tokens", ["ha", "ha", "ha", "ha", "ha", "ha"]],
  ])("of %s is not taken for a repetition", async (_, pieces) => {
    const { choice } = await read([...pieces.map((content) => chunk({ content })), finish()]);
    expect(choice?.message.content).toBe(pieces.join(""));
  });

  it("with line ends of Unicode survives being told apart by id", async () => {
    const text = sse(chunk({ content: "a\u2028b" }), finish()) + DONE;
    expect((await accumulateById(text)).get("c1")?.completion.choices[0]?.message.content).toBe("a\u2028b");
  });

  it("of a whole message behind its own deltas counts once", async () => {
    const whole = {
      id: "c1",
      choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
    };
    expect(
      (await read([chunk({ content: "Hel" }), chunk({ content: "lo" }), whole])).choice?.message.content,
    ).toBe("Hello");
  });

  it("beyond the limit is left out, and usage and errors behind it are not", async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const chunks = [
      chunk({ content: "x".repeat(50) }),
      chunk({ content: "y" }),
      finish(),
      { choices: [], usage },
    ];
    expect(await read(chunks, { maxSize: 10 })).toMatchObject({
      status: "incomplete",
      endedBy: "limit",
      usage,
    });
    const failing = await read([...chunks, { error: { message: "boom" } }], { maxSize: 10 });
    expect(failing).toMatchObject({ status: "error", error: { message: "boom" } });
  });

  it("is not used up by lists that only repeat themselves", async () => {
    const results = Array.from({ length: 20 }, (_, index) => ({
      url: `https://example.com/${index}`,
      text: "x".repeat(500),
    }));
    const chunks = Array.from({ length: 300 }, () => chunk({ content: "a" }, { search_results: results }));
    const { endedBy, choice } = await read([...chunks, finish()], { maxSize: 100_000 });
    expect([endedBy, choice?.message.content?.length]).toEqual(["done", 300]);
  });
});

describe("reasoning", () => {
  it("in details of different ids, or in one list, stays apart", async () => {
    const details = (...items: object[]) => chunk({ reasoning_details: items });
    const apart = await read([
      details({ type: "reasoning.summary", summary: "A", id: "1" }),
      details({ type: "reasoning.summary", summary: "B", id: "2" }),
      finish(),
    ]);
    expect(apart.choice?.message.reasoning_details).toHaveLength(2);
    const blocks = [
      { type: "thinking", thinking: "A" },
      { type: "thinking", thinking: "B" },
    ];
    expect(
      (await read([chunk({ thinking_blocks: blocks }), finish()])).choice?.message.thinking_blocks,
    ).toHaveLength(2);
  });

  it("whose signed block comes whole behind its pieces counts once", async () => {
    const { choice } = await read([
      chunk({ reasoning_content: "St" }),
      chunk({ reasoning_content: "ep" }),
      chunk({ thinking_blocks: [{ type: "thinking", thinking: "Step", signature: "s" }] }),
      finish(),
    ]);
    expect(choice?.message.reasoning_content).toBe("Step");
  });

  it("beside options of reasoning is not lost", async () => {
    const { choice } = await read([
      chunk({ reasoning: { effort: "low" }, reasoning_content: "hm" }),
      finish(),
    ]);
    expect(choice?.message).toMatchObject({
      reasoning_content: "hm",
      extra: { reasoning: { effort: "low" } },
    });
  });

  it("in tags over a tool call is split in the ordered parts, too", async () => {
    const chunks = [
      chunk({ content: "<think>a" }),
      call(0, "i", "f", "{}"),
      chunk({ content: "b</think>c" }),
      finish(),
    ];
    const { choice } = await read(chunks, { splitThink: true });
    expect(choice?.message).toMatchObject({
      content: "c",
      reasoning_content: "ab",
      ordered_parts: [
        { type: "thinking", thinking: "a" },
        { type: "tool_call", index: 0 },
        { type: "thinking", thinking: "b" },
        { type: "text", text: "c" },
      ],
    });
  });
});

describe("whole messages", () => {
  const whole = (message: object, finished = false) => ({
    id: "c1",
    choices: [
      { index: 0, message: { role: "assistant", ...message }, finish_reason: finished ? "stop" : null },
    ],
  });

  it("in place of deltas are pieces, equal ones too", async () => {
    const { choice } = await read([
      whole({ content: "ha" }),
      whole({ content: "ha" }),
      whole({ content: "!" }, true),
    ]);
    expect(choice?.message.content).toBe("haha!");
  });

  it("behind their own deltas tell nothing twice", async () => {
    const told = { id: "call_a", type: "function", function: { name: "f", arguments: '{"a":1}' } };
    const { choice } = await read([
      chunk({ reasoning: "think" }),
      chunk({ refusal: "no" }),
      tool(0, { ...told, function: { name: "f", arguments: '{"a":' } }),
      tool(0, { function: { arguments: "1}" } }),
      whole({ reasoning: "think", refusal: "no", tool_calls: [told] }, true),
    ]);
    expect(choice?.message).toMatchObject({
      reasoning_content: "think",
      refusal: "no",
      tool_calls: [{ id: "call_a", function: { arguments: '{"a":1}' } }],
    });
  });

  it("with calls without ids keep them apart", async () => {
    const fn = (name: string) =>
      whole({ tool_calls: [{ type: "function", function: { name, arguments: "{}" } }] });
    const { choice } = await read([fn("f"), fn("g"), finish("tool_calls")]);
    expect(choice?.message.tool_calls?.map(({ function: each }) => each?.name)).toEqual(["f", "g"]);
  });
});

describe("a signed block", () => {
  const block = (thinking: string, signature?: string) =>
    chunk({ thinking_blocks: [{ type: "thinking", thinking, ...(signature ? { signature } : {}) }] });

  it("may end with a piece that equals the one before it", async () => {
    const { choice } = await read([block("ha"), block("ha", "s"), finish()]);
    expect(choice?.message).toMatchObject({
      reasoning_content: "haha",
      thinking_blocks: [{ thinking: "haha", signature: "s" }],
    });
  });

  it("that comes whole behind its pieces counts once, in the block too", async () => {
    const { choice } = await read([block("a"), block("b"), block("ab", "s"), finish()]);
    expect(choice?.message).toMatchObject({
      reasoning_content: "ab",
      thinking_blocks: [{ thinking: "ab", signature: "s" }],
    });
  });
});

describe("bounds", () => {
  it("hold for the texts by which list items are known", async () => {
    const chunks = Array.from({ length: 100 }, (_, index) =>
      chunk({}, { citations: [`${index}${"x".repeat(1000)}`] }),
    );
    const { codes, endedBy } = await read([...chunks, finish()], { maxSize: 10_000 });
    expect([endedBy, codes.includes("limit")]).toEqual(["limit", true]);
  });

  it("hold for the body of an error that is no bytes", async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue({ x: 1 } as unknown as Uint8Array);
        controller.close();
      },
    });
    const observed = observe(body, { status: 500 });
    const pieces: unknown[] = [];
    for await (const piece of observed.body) pieces.push(piece);
    expect([pieces, (await observed.result).error?.code]).toEqual([[{ x: 1 }], "500"]);
  });
});

describe("what has no meaning", () => {
  it.each<[string, object]>([
    ["a delta that is text", { id: "x", choices: [{ index: 0, delta: "HELLO" }] }],
    ["usage that is a number", chunk({}, { usage: 5 })],
    ["log probabilities as a list", { id: "x", choices: [{ index: 0, delta: {}, logprobs: [1] }] }],
    ["reasoning details that are text", chunk({ reasoning_details: ["x"] })],
  ])("is named: %s", async (_, odd) => {
    expect((await read([odd, finish()])).codes).toContain("bad-member");
  });

  it("is kept where it can be", async () => {
    const { completion } = await read([
      chunk({ content: "a" }, { id: 5, model: ["m"], created: "now" }),
      finish(),
    ]);
    expect(completion).toMatchObject({ extra: { id: 5, model: ["m"], created: "now" } });
  });
});

describe("an error", () => {
  it("beside an empty list of choices keeps the head of its chunk", async () => {
    const { completion, error } = await read([{ ...chunk({}), choices: [], error: { message: "gone" } }]);
    expect([completion.id, completion.model, error?.message]).toEqual(["c1", "m", "gone"]);
  });

  it("event with a whole chunk keeps what that says", async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    const last = JSON.stringify({ ...chunk({ content: "!" }, { usage }), error: { message: "gone" } });
    const result = await accumulate(`${sse(chunk({ content: "par" }))}event: error\ndata: ${last}\n\n`);
    expect(result).toMatchObject({ status: "error", usage, error: { message: "gone" } });
    expect(result.completion.choices[0]?.message.content).toBe("par!");
  });

  it("of HTTP is one, also when its body fails", async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error("reset")),
    });
    expect(await accumulate(new Response(body, { status: 500 }))).toMatchObject({
      status: "error",
      error: { code: "500" },
    });
  });
});

describe("what an application does", () => {
  it("when it aborts the request is an abort", async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new DOMException("aborted", "AbortError")),
    });
    expect(await accumulate(body)).toMatchObject({
      endedBy: "abort",
      diagnostics: [{ code: "aborted" }, { code: "no-choices" }],
    });
  });

  it("when it gives nothing to read says what can be read", async () => {
    const { error } = await accumulate(null as unknown as string);
    expect(error?.message).toMatch(/give a Response, a ReadableStream/);
  });

  it("when it observes an answer without a body gets none, and a result", async () => {
    const { body, result } = observe(null);
    expect([body, (await result).status]).toEqual([null, "incomplete"]);
  });

  it("when it observes an HTTP error, and says so, learns what it was", async () => {
    const response = new Response('{"message":"overloaded"}', { status: 503 });
    const { body, result } = observe(response.body, { status: response.status });
    expect(await new Response(body).text()).toBe('{"message":"overloaded"}');
    expect(await result).toMatchObject({
      status: "error",
      error: { message: "overloaded", code: "503", status: 503, raw: { message: "overloaded" } },
      diagnostics: [{ code: "http-error", chunk: -1 }],
    });
  });

  it("when it tells completions apart on a stream that has none hears why", async () => {
    const results = await accumulateById("<html>");
    expect([...results].map(([id, { status }]) => [id, status])).toEqual([["", "incomplete"]]);
  });

  it("in another realm has other classes of bytes", async () => {
    const { runInNewContext } = await import("node:vm");
    const bytes = runInNewContext(
      `Uint8Array.from(${JSON.stringify([...new TextEncoder().encode(sse(chunk({ content: "a" }), finish()) + DONE)])})`,
    ) as Uint8Array;
    const accumulator = new Accumulator();
    accumulator.write(bytes);
    expect(accumulator.finish()).toMatchObject({ status: "complete" });
    expect((await accumulate([bytes])).status).toBe("complete");
  });
});

describe("a clock", () => {
  it("that fails costs no completion", async () => {
    const now = () => {
      throw new Error("no clock");
    };
    expect(await read([chunk({ content: "a" }), finish()], { now })).toMatchObject({ status: "complete" });
  });
});

describe("an estimate", () => {
  it("fills in counts that are null", async () => {
    const usage = { prompt_tokens: 5, completion_tokens: null };
    const estimateUsage = () => ({ prompt_tokens: 3, completion_tokens: 4 });
    expect(await read([chunk({}, { usage }), finish()], { estimateUsage })).toMatchObject({
      usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
      usageSource: "mixed",
    });
  });
});

describe("an event stream", () => {
  it("with one line end between events is read to its end", async () => {
    const lines = Array.from({ length: 2000 }, () => `data: ${JSON.stringify(chunk({ content: "a" }))}\n`);
    const text = `${lines.join("")}data: ${JSON.stringify(finish())}\n${DONE}`;
    const result = await accumulate(text);
    expect(result.completion.choices[0]?.message.content).toHaveLength(2000);
    expect(result).toMatchObject({ status: "complete", diagnostics: [] });
  });

  it("whose events share an id keeps equal tokens, the first ones too", async () => {
    const event = (content: string) => `id: 1\n${sse(chunk({ content }))}`;
    const { completion } = await accumulate(event("ha") + event("ha") + event("ha!"));
    expect(completion.choices[0]?.message.content).toBe("hahaha!");
  });

  it("that never stops behind [DONE] does not keep the caller", async () => {
    async function* endless() {
      yield sse(chunk({ content: "a" }), finish()) + DONE;
      for (;;) yield ": still here\n\n";
    }
    expect(await accumulate(endless())).toMatchObject({ status: "complete", endedBy: "done" });
  });
});

describe("work", () => {
  // Each took seconds to minutes when it grew with the square of its size.
  it.each<[string, object[]]>([
    [
      "ten thousand parts of content behind the limit of parts",
      [
        chunk({ content: ["x", ...Array.from({ length: 66_000 }, () => 1)] }),
        chunk({ content: Array.from({ length: 40_000 }, () => "a") }),
      ],
    ],
    [
      "signatures behind the limit of parts",
      [
        chunk({ content: Array.from({ length: 66_000 }, () => 1) }),
        chunk({ thinking_blocks: Array.from({ length: 20_000 }, () => ({ signature: "s" })) }),
      ],
    ],
    [
      "a list of many citations, again and again",
      Array.from({ length: 20 }, () =>
        chunk({}, { citations: Array.from({ length: 2000 }, (_, index) => `https://example.com/${index}`) }),
      ),
    ],
    [
      "a name of a tool in many pieces",
      Array.from({ length: 20_000 }, () => tool(0, { function: { name: "ab" } })),
    ],
  ])("stays in proportion for %s", async (_, chunks) => {
    const start = process.cpuUsage();
    await read([...chunks, finish()], { splitNames: true });
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});
