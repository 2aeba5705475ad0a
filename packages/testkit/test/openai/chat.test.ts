import {
  checkChatCompletion,
  checkChatCompletionChunk,
  type ChatCompletion,
  type ChatCompletionChunk,
} from "@waybill/core";
import { checkChatCompletionChunkEmit, checkChatCompletionEmit } from "@waybill/core/emit";
import { describe, expect, it } from "vitest";

import type { Answer } from "../../src/index.js";
import { hello, post, stubOf, valuesOf } from "./stub-client.js";

const weather = { type: "function", function: { name: "weather", parameters: { type: "object" } } };
const time = {
  type: "function",
  function: {
    name: "time",
    parameters: {
      type: "object",
      properties: { zone: { type: "string" }, hours: { type: "array", items: { type: "integer" } } },
    },
  },
};

const cases: readonly [title: string, body: object, answer: Answer | undefined][] = [
  ["an echo", {}, undefined],
  ["three choices", { n: 3 }, undefined],
  ["parallel calls", { tools: [weather, time] }, undefined],
  ["one call where parallel ones are not wanted", { tools: [time], parallel_tool_calls: false }, undefined],
  ["an answer cut by its limit", { max_tokens: 2 }, undefined],
  ["hidden reasoning", { reasoning_effort: "low" }, undefined],
  ["shown reasoning", {}, { reasoning: "Let me think. Rings.", text: "Saturn." }],
  ["a refusal", {}, { refusal: "I cannot help with that." }],
  [
    "text beside a call",
    {},
    { text: "One moment.", calls: [{ name: "weather", arguments: { city: "Köln" } }] },
  ],
  ["cached input", {}, { text: "Saturn", usage: { input: 2000, cached: 1536, cacheWrite: 200 } }],
  [
    "letters of every width",
    {},
    { text: "Grüße 世界世界世界世界世界 👩‍🚀😀😀😀😀😀😀😀😀😀 <b>\u202e\u001b[31m" },
  ],
  ["a stated cost", {}, { text: "Saturn", usage: { more: { cost: 0.0042 } } }],
];

type Said = { content: string; reasoning: string; refusal: string; calls: string[]; finish: string | null };

/** What a stream says, choice by choice. */
function gather(chunks: readonly ChatCompletionChunk[]): Said[] {
  const choices: Said[] = [];
  for (const { index, delta, finish_reason: finish } of chunks.flatMap((chunk) => chunk.choices ?? [])) {
    const said = (choices[index ?? 0] ??= {
      content: "",
      reasoning: "",
      refusal: "",
      calls: [],
      finish: null,
    });
    said.content += textOf(delta?.content);
    said.reasoning += textOf(delta?.["reasoning_content"]);
    said.refusal += textOf(delta?.refusal);
    for (const call of delta?.tool_calls ?? []) {
      const at = call.index ?? 0;
      said.calls[at] =
        (said.calls[at] ?? "") + textOf(call.function?.name) + textOf(call.function?.arguments);
    }
    said.finish = finish ?? said.finish;
  }
  return choices;
}

function saidOf({ choices }: ChatCompletion): Said[] {
  return (choices ?? []).map(({ message, finish_reason: finish }) => ({
    content: textOf(message?.content),
    reasoning: textOf(message?.["reasoning_content"]),
    refusal: textOf(message?.refusal),
    calls: (message?.tool_calls ?? []).map(
      ({ function: called }) => textOf(called?.name) + textOf(called?.arguments),
    ),
    finish: finish ?? null,
  }));
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

describe("POST /v1/chat/completions", () => {
  it.each(cases)("says the same streamed and whole: %s", async (_, body, answer) => {
    const stub = await stubOf(answer ? { answer: () => answer } : {});
    const streamed = await post(stub, "chat/completions", {
      ...hello,
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(streamed.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const chunks = await valuesOf<ChatCompletionChunk>(streamed);
    const whole = (await (
      await post(stub, "chat/completions", { ...hello, ...body })
    ).json()) as ChatCompletion;
    for (const chunk of chunks) {
      expect(checkChatCompletionChunk(chunk)).toMatchObject({ ok: true });
      expect(checkChatCompletionChunkEmit(chunk)).toMatchObject({ ok: true });
    }
    expect(checkChatCompletion(whole)).toMatchObject({ ok: true });
    expect(checkChatCompletionEmit(whole)).toMatchObject({ ok: true });
    expect(gather(chunks)).toEqual(saidOf(whole));
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = whole.usage ?? {};
    expect(Number(total)).toBe(Number(input) + Number(output));
    expect(Number(input)).toBeGreaterThan(0);
  });

  it("counts one token for each piece of text that it sends", async () => {
    const stub = await stubOf({ answer: () => ({ text: "Saturn has rings of ice, unmistakably." }) });
    const response = await post(stub, "chat/completions", {
      ...hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await valuesOf<ChatCompletionChunk>(response);
    const spoken = chunks.filter(({ choices }) => choices?.[0]?.delta?.content);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(spoken.length);
  });

  it("has no word about usage in a stream that did not ask for it", async () => {
    const stub = await stubOf();
    const text = await (await post(stub, "chat/completions", { ...hello, stream: true })).text();
    expect(text).not.toContain("usage");
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  it("makes arguments that the schema of the tool allows, and answers in text behind the tool's result", async () => {
    const stub = await stubOf();
    const asked = { ...hello, tools: [weather, time] };
    const first = (await (await post(stub, "chat/completions", asked)).json()) as ChatCompletion;
    const calls = first.choices?.[0]?.message?.tool_calls ?? [];
    expect(calls.map(({ function: called }) => [called?.name, called?.arguments])).toEqual([
      ["weather", "{}"],
      ["time", '{"zone":"example","hours":[1]}'],
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    const messages = [...hello.messages, { role: "tool", tool_call_id: calls[0]?.id, content: "sunny" }];
    const second = await post(stub, "chat/completions", { ...asked, messages });
    expect(await second.json()).toMatchObject({
      choices: [{ finish_reason: "stop", message: { content: "You said: Hello there, planet" } }],
    });
  });

  it("pads chunks unless the stub or the request says not to", async () => {
    const unpadded = { ...hello, stream: true, stream_options: { include_obfuscation: false } };
    const texts = async (padding: boolean) => {
      const stub = await stubOf({ padding });
      const responses = [{ ...hello, stream: true }, unpadded].map((body) =>
        post(stub, "chat/completions", body),
      );
      return Promise.all(responses.map(async (response) => (await response).text()));
    };
    const isPadded = (text: string) => text.includes('"obfuscation":');
    expect([...(await texts(true)), ...(await texts(false))].map(isPadded)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("numbers its answers and gives equal stubs equal answers", async () => {
    const take = async () => {
      const stub = await stubOf();
      const texts: string[] = [];
      for (let call = 0; call < 2; call++) {
        const response = await post(stub, "chat/completions", { ...hello, stream: true });
        texts.push(`${response.headers.get("x-request-id")} ${await response.text()}`);
      }
      return texts;
    };
    const [first, second] = [await take(), await take()];
    expect(first).toEqual(second);
    expect(first[0]).not.toBe(first[1]);
    expect(first[0]).toContain('"id":"chatcmpl-00000000000000000000000000001"');
  });

  it("hands each request to the script and keeps it", async () => {
    const stub = await stubOf({
      answer: ({ body }) =>
        (body as { user?: string }).user === "ann"
          ? { text: "Hi Ann", headers: { "x-more": "1" } }
          : undefined,
    });
    const ann = await post(
      stub,
      "chat/completions?beta=1",
      { ...hello, user: "ann" },
      { headers: { "x-mine": "2" } },
    );
    expect(ann.headers.get("x-more")).toBe("1");
    expect(ann.headers.get("x-ratelimit-remaining-requests")).toBe("9999");
    expect(await ann.json()).toMatchObject({ choices: [{ message: { content: "Hi Ann" } }] });
    await (await post(stub, "chat/completions", hello)).text();
    expect(stub.requests).toHaveLength(2);
    expect(stub.requests[0]).toMatchObject({
      method: "POST",
      path: "/v1/chat/completions",
      body: { ...hello, user: "ann" },
      headers: { "x-mine": "2" },
    });
    expect(JSON.parse(stub.requests[1]?.text ?? "")).toEqual(hello);
  });
});
