import { describe, expect, it } from "vitest";

import { accumulate, Accumulator, type AccumulatorOptions } from "../src/index.js";
import { chunk, finish, tool } from "./chunks.js";

async function choiceOf(chunks: object[], options: AccumulatorOptions = {}) {
  const { completion } = await accumulate(chunks, options);
  return completion.choices[0];
}

const codesOf = async (chunks: object[], options: AccumulatorOptions = {}) =>
  (await accumulate(chunks, options)).diagnostics.map(({ code }) => code);

describe("tool calls", () => {
  it("that take turns keep their own fragments", async () => {
    const rounds = Array.from({ length: 300 }, (_, round) => [
      tool(0, { function: { arguments: `a${round}` } }),
      tool(1, { function: { arguments: `b${round}` } }),
    ]);
    const begun = [0, 1, 2].map((index) =>
      tool(index, { id: `c${index}`, type: "function", function: { name: "f", arguments: "" } }),
    );
    const choice = await choiceOf([...begun, ...rounds.flat(), finish("tool_calls")]);
    const texts = choice?.message.tool_calls?.map((call) => call.function?.arguments);
    const joined = (letter: string) =>
      Array.from({ length: 300 }, (_, round) => `${letter}${round}`).join("");
    expect(texts).toEqual([joined("a"), joined("b"), ""]);
  });

  it("append a name that comes in pieces only when told to", async () => {
    const pieces = ["get_", "weather"].map((name) =>
      tool(0, { id: "c", type: "function", function: { name } }),
    );
    expect((await choiceOf(pieces))?.message.tool_calls?.[0]?.function?.name).toBe("get_");
    const joined = await choiceOf(pieces, { splitNames: true });
    expect(joined?.message.tool_calls?.[0]?.function?.name).toBe("get_weather");
  });

  it("keep the signature that has to go back", async () => {
    const signed = tool(0, {
      id: "c",
      type: "function",
      function: { name: "f", arguments: "{}" },
      extra_content: { google: { thought_signature: "U0lH" } },
    });
    expect((await choiceOf([signed]))?.message.tool_calls).toMatchObject([
      { extra_content: { google: { thought_signature: "U0lH" } } },
    ]);
  });

  it("get an id that no other call has", async () => {
    const calls = [
      tool(0, { type: "function", function: { name: "f", arguments: "{}" } }),
      tool(1, { id: "call_0", type: "function", function: { name: "g", arguments: "{}" } }),
    ];
    const choice = await choiceOf(calls);
    expect(choice?.message.tool_calls?.map(({ id }) => id)).toEqual(["call_1", "call_0"]);
  });
});

describe("the order of an answer", () => {
  it("is kept over thinking, text and tool calls", async () => {
    const choice = await choiceOf([
      chunk({ reasoning_content: "hm" }),
      chunk({ content: "Let me" }),
      chunk({ content: " see." }),
      tool(0, { id: "c", type: "function", function: { name: "f", arguments: "{}" } }),
      chunk({ reasoning_content: "so" }),
      chunk({ content: "Done." }),
      finish(),
    ]);
    expect(choice?.message).toMatchObject({
      content: "Let me see.Done.",
      reasoning_content: "hmso",
      reasoning_source: "reasoning_content",
      ordered_parts: [
        { type: "thinking", thinking: "hm" },
        { type: "text", text: "Let me see." },
        { type: "tool_call", index: 0 },
        { type: "thinking", thinking: "so" },
        { type: "text", text: "Done." },
      ],
    });
  });

  it("has signed and redacted blocks of thinking in their places", async () => {
    const block = (each: object) => chunk({ thinking_blocks: [each] });
    const choice = await choiceOf([
      block({ type: "thinking", thinking: "Step", signature: null }),
      block({ type: "thinking", thinking: " 1" }),
      block({ type: "thinking", thinking: "", signature: "s1" }),
      block({ type: "redacted_thinking", data: "xyz" }),
      block({ type: "thinking", thinking: "Step 2" }),
      block({ type: "thinking", thinking: "", signature: "s2" }),
      finish(),
    ]);
    expect(choice?.message).toMatchObject({
      reasoning_content: "Step 1Step 2",
      thinking_blocks: [
        { type: "thinking", thinking: "Step 1", signature: "s1" },
        { type: "redacted_thinking", data: "xyz" },
        { type: "thinking", thinking: "Step 2", signature: "s2" },
      ],
      ordered_parts: [
        { type: "thinking", thinking: "Step 1", signature: "s1" },
        { type: "redacted_thinking", data: "xyz" },
        { type: "thinking", thinking: "Step 2", signature: "s2" },
      ],
    });
  });
});

describe("reasoning details", () => {
  it("are joined piece by piece, and counted once beside the reasoning", async () => {
    const detail = (text: string) =>
      chunk({ reasoning: text, reasoning_details: [{ type: "reasoning.text", text, index: 0 }] });
    const choice = await choiceOf([
      detail("a"),
      detail("b"),
      chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "e", index: 1 }] }),
      finish(),
    ]);
    expect(choice?.message).toMatchObject({
      reasoning_content: "ab",
      reasoning_details: [
        { type: "reasoning.text", text: "ab", index: 0 },
        { type: "reasoning.encrypted", data: "e", index: 1 },
      ],
    });
  });
});

describe("audio", () => {
  const audio = (each: object) => chunk({ audio: each });

  it("joins what fragments mean, not their text, and is whole without a finish reason", async () => {
    const chunks = [
      audio({ id: "a", transcript: "Hel" }),
      audio({ transcript: "lo" }),
      audio({ data: btoa("one") }),
      audio({ data: btoa("four") }),
      audio({ data: btoa("x") }),
      audio({ expires_at: 99 }),
    ];
    const { completion, status } = await accumulate(chunks);
    expect(completion.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { audio: { id: "a", transcript: "Hello", data: btoa("onefourx"), expires_at: 99 } },
    });
    expect(status).toBe("complete");
    expect((await accumulate([...chunks, audio({ transcript: "!" })])).status).toBe("incomplete");
  });
});

describe("members that no rule is about", () => {
  it("are kept, the last value that says something, and the first where that was another", async () => {
    const { completion } = await accumulate([
      chunk({ content: "a", mood: "good" }, { provider: "P", timing: { a: 1 } }),
      chunk({ content: "b", mood: null }, { provider: "Q", timing: {} }),
      finish(),
    ]);
    expect(completion).toMatchObject({
      extra: { provider: "Q", timing: { a: 1 } },
      extra_first: { provider: "P" },
      choices: [{ message: { extra: { mood: "good" } } }],
    });
  });

  it("are lists put behind each other without what came before", async () => {
    const { completion } = await accumulate([
      chunk({ annotations: [{ url: "a" }] }, { citations: ["x"] }),
      chunk({ annotations: [{ url: "b" }] }, { citations: ["x", "y"] }),
      finish(),
    ]);
    expect(completion).toMatchObject({
      citations: ["x", "y"],
      choices: [{ message: { annotations: [{ url: "a" }, { url: "b" }] } }],
    });
  });

  it("of a provider are merged, list items by their id", async () => {
    const fields = (each: object) => chunk({ provider_specific_fields: each });
    const choice = await choiceOf([
      fields({ signatures: [{ id: 1, a: "first" }], mode: "x" }),
      fields({ signatures: [{ id: 1, a: "later", b: 2 }, { id: 2 }], mode: "y" }),
      finish(),
    ]);
    expect(choice?.message.provider_specific_fields).toEqual({
      signatures: [{ id: 1, a: "first", b: 2 }, { id: 2 }],
      mode: "y",
    });
  });
});

describe("reasoning in tags", () => {
  it.each([
    ["both tags", ["<thi", "nk>hm</th", "ink>\n\nYes"], "hm", "Yes"],
    ["the closing tag alone", ["hm</think>Yes"], "hm", "Yes"],
    ["an open end", ["<think>hm"], "hm", ""],
    ["several blocks", ["<reasoning>a</reasoning>", "<reasoning>b</reasoning>Yes"], "ab", "Yes"],
  ])("is split off with %s, when told to", async (_, pieces, thinking, text) => {
    const chunks = [...pieces.map((content) => chunk({ content })), finish()];
    const choice = await choiceOf(chunks, { splitThink: true });
    expect(choice?.message).toMatchObject({
      content: text,
      reasoning_content: thinking,
      raw_content: pieces.join(""),
    });
    expect(await codesOf(chunks, { splitThink: true })).toEqual(["R5"]);
    expect((await choiceOf(chunks))?.message.content).toBe(pieces.join(""));
  });
});

describe("what is known of the request", () => {
  it("tells choices from counters at once", async () => {
    const chunks = [
      chunk({ content: "a" }, { index: 1 }),
      chunk({ content: "b" }, { index: 2 }),
      finish("stop", 2),
    ];
    expect(await choiceOf(chunks, { request: { n: 1 } })).toMatchObject({
      index: 0,
      message: { content: "ab" },
    });
    expect((await accumulate(chunks, { request: { n: 3 } })).completion.choices).toHaveLength(2);
  });

  it("expects a JSON body when no stream was asked for", async () => {
    const body = JSON.stringify({
      id: "x",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    });
    expect((await accumulate(body)).diagnostics.map(({ code }) => code)).toEqual(["T9"]);
    expect((await accumulate(body, { request: { stream: false } })).diagnostics).toEqual([]);
  });
});

describe("an estimate of the usage", () => {
  const estimateUsage = () => ({ prompt_tokens: 7, completion_tokens: 3 });

  it("fills in what is missing and says so", async () => {
    const none = await accumulate([chunk({ content: "a" }), finish()], { estimateUsage });
    expect(none).toMatchObject({
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
      usageSource: "estimated",
    });
    const half = [chunk({ content: "a" }, { usage: { prompt_tokens: 5 } }), finish()];
    expect(await accumulate(half, { estimateUsage })).toMatchObject({
      usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
      usageSource: "mixed",
    });
  });

  it("never takes the place of what the provider said, zeros included", async () => {
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const result = await accumulate([chunk({}, { usage }), finish()], { estimateUsage });
    expect(result).toMatchObject({ usage, usageSource: "provider" });
  });

  it("that fails costs nothing", async () => {
    const result = await accumulate([chunk({ content: "a" }), finish()], {
      estimateUsage: () => {
        throw new Error("no");
      },
    });
    expect(result).toMatchObject({ usage: null, usageSource: "missing" });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["estimate-failed"]);
  });
});

describe("what is delivered twice", () => {
  it("as the same object counts once", () => {
    const accumulator = new Accumulator();
    const same = chunk({ content: "a" });
    for (const each of [same, same, finish()]) accumulator.push(each);
    const { completion, diagnostics } = accumulator.finish();
    expect(completion.choices[0]?.message.content).toBe("a");
    expect(diagnostics.map(({ code }) => code)).toEqual(["duplicate"]);
  });

  const event = (id: number, content: string) => `id: ${id}\ndata: ${JSON.stringify(chunk({ content }))}\n\n`;

  it("as the same event id counts once, also several events back", async () => {
    const text = [event(1, "a"), event(2, "b"), event(1, "a"), event(2, "b"), event(3, "c")].join("");
    expect((await accumulate(text)).completion.choices[0]?.message.content).toBe("abc");
  });

  it("counts when the id is the same on all events, and tells nothing", async () => {
    const text = [event(1, "ha"), event(1, "x"), event(1, "ha"), event(1, "ha")].join("");
    expect((await accumulate(text)).completion.choices[0]?.message.content).toBe("haxhaha");
  });
});

describe("a limit of the caller's", () => {
  it("ends the stream, keeps what came, and says so", async () => {
    const chunks = Array.from({ length: 100 }, () => chunk({ content: "0123456789" }));
    const result = await accumulate(chunks, { maxSize: 55 });
    expect(result).toMatchObject({ status: "incomplete", endedBy: "limit" });
    expect(result.completion.choices[0]?.message.content).toHaveLength(60);
    expect(result.diagnostics.map(({ code }) => code)).toContain("limit");
  });
});

describe("an accumulator", () => {
  it("shows the completion so far, and goes on", () => {
    const accumulator = new Accumulator();
    accumulator.push(chunk({ content: "Hel" }));
    expect(accumulator.snapshot().choices[0]).toMatchObject({
      message: { content: "Hel" },
      finish_reason: null,
    });
    accumulator.push(chunk({ content: "lo" }));
    expect(accumulator.snapshot().choices[0]?.message.content).toBe("Hello");
  });

  it("gives the same result when it is finished twice, and takes nothing more", () => {
    const accumulator = new Accumulator();
    accumulator.push(chunk({ content: "a" }));
    const result = accumulator.finish();
    accumulator.push(chunk({ content: "b" }));
    accumulator.write("data: {}\n\n");
    expect(accumulator.finish("abort")).toBe(result);
    expect(result.completion.choices[0]?.message.content).toBe("a");
  });
});
