import { readFileSync } from "node:fs";

import { checkChatCompletionEmit } from "@waybill/core/emit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { accumulate, Accumulator } from "../src/index.js";
import { chunk, finish, tool } from "./chunks.js";

const event = (data: string) => `data: ${data}\n\n`;
const sse = (...chunks: object[]) => chunks.map((each) => event(JSON.stringify(each))).join("");
const nest = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
const deepArray = nest("[", "]");
const deepObject = `${nest('{"a":', "}").slice(0, 500_000)}1${"}".repeat(100_000)}`;
const cyclic: Record<string, unknown> = { choices: [] };
cyclic.error = cyclic;

const good = [chunk({ role: "assistant", content: "Hi" }), finish()];

describe("a hostile piece of a stream", () => {
  it.each([
    ["a deep error", event(`{"error":${deepArray}}`)],
    ["a deep error without its end", `data: {"error":${deepArray}}`],
    ["deep usage", event(`{"usage":{"x":${deepObject}}}`)],
    [
      "deep tool arguments",
      event(`{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":{"a":${deepArray}}}}]}}]}`),
    ],
    ["a deep error event", `event: error\ndata: ${deepArray}\n\n`],
    ["a chunk of a million empty choices", event(`{"choices":[${"{},".repeat(200_000)}{}]}`)],
    [
      "a chunk of 200,000 log probabilities",
      sse(
        chunk(
          {},
          {
            choices: [
              { delta: {}, logprobs: { content: Array.from({ length: 200_000 }, () => ({ token: "a" })) } },
            ],
          },
        ),
      ),
    ],
    ["a finish reason that is a member of objects", sse(finish("constructor"), finish("__proto__"))],
    ["a negative time", sse({ created: -1, choices: [] })],
    [
      "usage that reaches for the prototype",
      event('{"usage":{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}}'),
    ],
  ])("%s does not take the rest with it", async (_, piece) => {
    const result = await accumulate(piece + sse(...good));
    const content = result.completion.choices[0]?.message.content;
    expect([content, result.diagnostics.length <= 201]).toEqual([
      piece.endsWith("\n") ? "Hi" : content,
      true,
    ]);
    const checked = checkChatCompletionEmit(result.completion);
    expect(checked.ok ? [] : checked.issues).toEqual([]);
    expect(() => JSON.stringify(result)).not.toThrow();
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it.each([
    ["a cycle", cyclic],
    ["a bigint", { error: 1n }],
    ["a function", { error: () => 1 }],
    ["cyclic arguments", tool(0, { function: { arguments: cyclic } })],
    [
      "a getter that throws",
      {
        usage: {
          get x() {
            throw new Error("no");
          },
        },
      },
    ],
    ["nothing", undefined],
  ])("that is %s is passed over", (_, piece) => {
    const accumulator = new Accumulator();
    accumulator.push(piece);
    for (const each of good) accumulator.push(each);
    expect(accumulator.finish().completion.choices[0]?.message.content).toContain("Hi");
  });
});

describe("a hostile stream", () => {
  it("of broken events names the first, and how many there are", async () => {
    const { diagnostics } = await accumulate(event("x").repeat(10_000));
    expect(diagnostics).toContainEqual({
      code: "T10",
      message: "not JSON, or cut off: x",
      chunk: 0,
      count: 10_000,
    });
  });

  it("of more tool calls than the limit keeps the first 128 and says so", async () => {
    const calls = Array.from({ length: 20_000 }, (_, index) =>
      tool(index, { id: `c${index}`, function: { name: "f", arguments: "{}" } }),
    );
    const { completion, diagnostics } = await accumulate(calls);
    expect(completion.choices[0]?.message.tool_calls).toHaveLength(128);
    expect(diagnostics.map(({ code }) => code)).toContain("too-many-calls");
  });

  it("of ever new members of usage keeps a bounded number", async () => {
    const chunks = Array.from({ length: 5000 }, (_, index) => ({ choices: [], usage: { [`k${index}`]: 1 } }));
    expect(Object.keys((await accumulate(chunks)).usage ?? {})).toHaveLength(500);
  });

  it("with an event beyond 16 Mi characters drops it, says so and goes on", async () => {
    const mebibyte = "x".repeat(1024 * 1024);
    function* pieces() {
      yield "data: ";
      for (let each = 0; each < 17; each++) yield mebibyte;
      yield "\n\n";
      yield sse(...good);
    }
    const result = await accumulate(pieces() as unknown as Iterable<object>);
    expect(result.completion.choices[0]?.message.content).toBe("Hi");
    expect(result.diagnostics.map(({ code }) => code)).toContain("event-too-large");
  });

  it("of more text than 64 Mi characters ends at the limit", () => {
    const accumulator = new Accumulator();
    const mebibyte = "x".repeat(1024 * 1024);
    for (let each = 0; each < 66; each++) accumulator.push(chunk({ content: mebibyte }));
    const result = accumulator.finish();
    expect(result).toMatchObject({ status: "incomplete", endedBy: "limit" });
    expect(result.completion.choices[0]?.message.content).toHaveLength(65 * 1024 * 1024);
  });

  it("in text that is cut inside a surrogate pair keeps the pair", async () => {
    const text = sse(chunk({ content: "😀" }), finish());
    const at = text.indexOf("😀") + 1;
    const result = await accumulate([text.slice(0, at), text.slice(at)] as unknown as Iterable<object>);
    expect(result.completion.choices[0]?.message.content).toBe("😀");
  });

  it("made of a recorded one by any damage gives a result that our own schema accepts", async () => {
    const seed = JSON.parse(
      readFileSync(new URL("../../../fixtures/seeds/recording-with-usage.json", import.meta.url), "utf8"),
    ) as { response: { body: { __data__: object }[] } };
    const recorded = new TextEncoder().encode(
      sse(...seed.response.body.slice(0, 6).map((item) => item.__data__)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(recorded.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(recorded.length),
        async (damages, end) => {
          const bytes = recorded.slice(0, end);
          for (const [at, byte] of damages) if (at < end) bytes[at] = byte;
          const result = await accumulate(bytes);
          const checked = checkChatCompletionEmit(result.completion);
          expect(checked.ok ? [] : checked.issues).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a response that is no event stream", () => {
  it("but plain JSON is read as the whole answer", async () => {
    const choices = [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }];
    const result = await accumulate(Response.json({ id: "x", choices, usage: { prompt_tokens: 1 } }));
    expect(result).toMatchObject({ status: "complete", usage: { prompt_tokens: 1 } });
    expect(result.completion.choices[0]?.message.content).toBe("Hi");
    expect(result.timing.headers).not.toBeNull();
  });

  it.each([
    [
      "JSON",
      Response.json({ error: { message: "bad key", code: "invalid_api_key" } }, { status: 401 }),
      "bad key",
      "invalid_api_key",
    ],
    ["a page", new Response("<html>Bad Gateway</html>", { status: 502 }), "<html>Bad Gateway</html>", "502"],
    ["nothing", new Response(null, { status: 503 }), "HTTP 503", "503"],
  ])("but an HTTP error with %s is an error", async (_, response, message, code) => {
    expect(await accumulate(response)).toMatchObject({
      status: "error",
      endedBy: "upstream",
      error: { message, code },
    });
  });

  it("by its label, but is one by its content, is read as one", async () => {
    const response = new Response(sse(...good), { headers: { "content-type": "application/json" } });
    expect((await accumulate(response)).completion.choices[0]?.message.content).toBe("Hi");
  });

  it("and an error without end is read to a bound", async () => {
    const piece = new Uint8Array(1024 * 1024).fill(0x78);
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(piece) });
    expect(await accumulate(new Response(body, { status: 500 }))).toMatchObject({
      status: "error",
      error: { code: "500", message: "x".repeat(500) },
    });
  });

  it("breaks off with the reason in the error", async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error("ECONNRESET")),
    });
    expect(await accumulate(new Response(body))).toMatchObject({
      status: "incomplete",
      endedBy: "upstream",
      error: { message: "ECONNRESET" },
    });
  });
});
