import { random } from "@waybill/testkit";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import { bundledRecordings } from "../../server/upstream/bundled-recordings.js";
import {
  createBundledUpstream,
  type BundledUpstreamOptions,
} from "../../server/upstream/bundled-upstream.js";

const recordings = bundledRecordings();
const base = "http://upstream.invalid/v1";
const rings = { model: "gpt-4o", messages: [{ role: "user", content: "Which planet has rings?" }] };

const chance = (seed: number) => {
  const source = random(seed);
  return () => source.next();
};

function upstreamOf(options: Partial<BundledUpstreamOptions> = {}) {
  return createBundledUpstream({ recordings, pace: "instant", random: chance(7), ...options });
}

function post(
  fetch: typeof globalThis.fetch,
  body: unknown,
  headers: Record<string, string> = {},
  path = "chat/completions",
) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${base}/${path}`, { method: "POST", body: text, headers });
}

type Chunk = { id: string; created: number; choices: { delta: { content?: string } }[]; usage?: unknown };

async function chunksOf(response: Response): Promise<Chunk[]> {
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: {"));
  return events.map((event) => JSON.parse(event.slice(6)) as Chunk);
}

const textOf = (chunks: readonly Chunk[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

async function errorOf(response: Response): Promise<{ message: string; code: string }> {
  return ((await response.json()) as { error: { message: string; code: string } }).error;
}

describe("the bundled upstream", () => {
  it("answers every request that was recorded", async () => {
    const upstream = upstreamOf();
    for (const { request, response } of recordings) {
      const url = new URL(request.url ?? "");
      const answer = await upstream(url, {
        method: "POST",
        body: JSON.stringify(request.body ?? request.payload),
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-request-id")).toMatch(/^req_/);
      const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
      expect(isStream).toBe(response.is_streaming);
      expect((await answer.text()).length).toBeGreaterThan(100);
    }
  });

  it("answers the curl of the banner without the usage that it does not ask for", async () => {
    const chunks = await chunksOf(await post(upstreamOf(), { ...rings, stream: true }));
    expect(textOf(chunks)).toMatch(/^Saturn is the planet/);
    expect(chunks.filter((chunk) => "usage" in chunk)).toEqual([]);
    const asking = { ...rings, stream: true, stream_options: { include_usage: true } };
    expect((await chunksOf(await post(upstreamOf(), asking))).at(-1)?.usage).toMatchObject({
      total_tokens: 41,
    });
  });

  it("answers what is asked in other words of the protocol", async () => {
    const upstream = upstreamOf();
    const parts = [{ role: "user", content: [{ type: "text", text: "Which planet has rings?" }] }];
    const warm = { temperature: 0.2, user: "ann", max_tokens: 500, stream_options: { include_usage: true } };
    const response = await post(upstream, { stream: true, ...warm, model: "gpt-4o", messages: parts });
    expect(textOf(await chunksOf(response))).toMatch(/^Saturn/);
    const input = [{ role: "user", content: [{ type: "input_text", text: "What is a waybill?" }] }];
    const asked = { model: "gpt-4o", instructions: "Answer in one sentence.", input };
    const answer = await post(upstream, asked, {}, "responses");
    expect(await answer.text()).toContain("A waybill is the document");
  });

  it("gives every answer an id and a time of its own, the same in all of its chunks", async () => {
    const upstream = upstreamOf({ clock: { now: () => 1_800_000_000_000, wait: async () => {} } });
    const body = { ...rings, stream: true };
    const all = await Promise.all([1, 2].map(async () => chunksOf(await post(upstream, body))));
    const ids = all.map((chunks) => [...new Set(chunks.map(({ id, created }) => `${id} ${created}`))]);
    expect(ids.map((own) => own.length)).toEqual([1, 1]);
    expect(ids[0]).not.toEqual(ids[1]);
    expect(ids[0]?.[0]).toMatch(/^chatcmpl-[0-9a-z]+ 1800000000$/);
  });

  it("serves the real SDK: streams, vectors and models", async () => {
    const client = new OpenAI({ apiKey: "none", baseURL: base, fetch: upstreamOf(), maxRetries: 0 });
    const stream = await client.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Which planet has rings?" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toMatch(/fainter\.$/);
    const responses = await client.responses.create({
      model: "gpt-4o-mini",
      input: "Name three islands with a lighthouse museum.",
      stream: true,
    });
    const items = new Set<string>();
    let islands = "";
    let output = "";
    for await (const event of responses) {
      if ("item_id" in event) items.add(event.item_id);
      if (event.type === "response.output_item.done") items.add(event.item.id ?? "");
      if (event.type === "response.completed") output = JSON.stringify(event.response.output);
      if (event.type === "response.output_text.delta") islands += event.delta;
    }
    expect(items.size).toBe(1);
    expect(islands).toMatch(/^Texel/);
    expect(output).toContain(`"text":"${islands}"`);
    const input = "history of lighthouses";
    const { data } = await client.embeddings.create({ model: "text-embedding-3-small", input });
    expect(data[0]?.embedding).toHaveLength(8);
    expect((await client.models.list()).data.map(({ id }) => id)).toContain("acme/support-7b");
    await expect(client.models.retrieve("gpt-4o")).resolves.toMatchObject({ id: "gpt-4o" });
  });
});

describe("what was not recorded", () => {
  it("is answered with the three nearest prompts of the model, and how to ask a real one", async () => {
    const messages = [{ role: "user", content: "Which planet has the most moons?" }];
    const response = await post(upstreamOf(), { model: "gpt-4o", messages });
    const { code, message } = await errorOf(response);
    expect([response.status, code]).toEqual([404, "recording_not_found"]);
    expect(message).toMatch(
      /^Waybill: nobody recorded an answer of gpt-4o to this request; recorded are "Which planet/,
    );
    expect(message).toContain('"Which planet has rings?" (streamed)');
    expect(message).toContain("--upstream https://api.openai.com/v1");
    expect(message.match(/streamed\)|messages\)/g)?.length).toBeLessThanOrEqual(3);
    expect(response.headers.get("x-should-retry")).toBe("false");
  });

  it.each([
    ["a shorter one", "gpt-4", /did you mean gpt-4o, gpt-4o-mini/],
    ["a misspelt one", "claude-sonnet-45", /did you mean claude-sonnet-4-5, /],
    ["one like no other", "ÿÿÿ", /there are acme\/support-7b, claude-haiku-4-5/],
    ["an endless one", "x".repeat(100_000), /no model "xxx/],
  ])("names models near %s", async (_, model, words) => {
    const response = await post(upstreamOf(), { ...rings, model });
    const { code, message } = await errorOf(response);
    expect([response.status, code]).toEqual([404, "model_not_found"]);
    expect(message).toMatch(words);
    expect(message).toMatch(/^Waybill:/);
    expect(message.length).toBeLessThan(600);
  });

  const odd: readonly [title: string, body: unknown, path: string, status: number][] = [
    ["text that is no JSON", "{oops", "chat/completions", 400],
    ["no body", "", "chat/completions", 404],
    ["no model", { messages: [] }, "chat/completions", 400],
    ["a null", "null", "chat/completions", 400],
    ["another endpoint", { model: "tts-1", input: "Hi" }, "audio/speech", 404],
    ["a model at another endpoint", { model: "gpt-4o", input: "Hi" }, "embeddings", 404],
    [
      "a body of depth",
      `{"model":"gpt-4o","messages":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
      "chat/completions",
      400,
    ],
    [
      "messages that are none",
      { model: "gpt-4o", messages: { role: 7, __proto__: 1 } },
      "chat/completions",
      404,
    ],
  ];

  it.each(odd)("is refused with words: %s", async (_, body, path, status) => {
    const response = await post(upstreamOf(), body, {}, path);
    expect(response.status).toBe(status);
    expect((await errorOf(response)).message.length).toBeGreaterThan(20);
  });
});

describe("a fault on demand", () => {
  const body = { ...rings, stream: true };

  it("sends a call away once, and every one that has no id", async () => {
    const upstream = upstreamOf();
    const once = { "x-waybill-demo-fault": "429; call-1" };
    const first = await post(upstream, body, once);
    expect([first.status, first.headers.get("retry-after"), (await errorOf(first)).code]).toEqual([
      429,
      "1",
      "rate_limit_exceeded",
    ]);
    expect((await post(upstream, body, once)).status).toBe(200);
    expect((await post(upstream, body, { "demo-fault": "429; call-2" })).status).toBe(429);
    const always = { "x-waybill-demo-fault": "429" };
    expect([
      (await post(upstream, body, always)).status,
      (await post(upstream, body, always)).status,
    ]).toEqual([429, 429]);
  });

  it("answers 500 as OpenAI does", async () => {
    const response = await post(upstreamOf(), body, { "x-waybill-demo-fault": "500" });
    expect([response.status, (await errorOf(response)).message]).toEqual([
      500,
      "The server had an error while processing your request. Sorry about that!",
    ]);
  });

  it("cuts a stream, and an answer in one piece", async () => {
    for (const asked of [body, rings]) {
      const response = await post(upstreamOf(), asked, { "x-waybill-demo-fault": "cut" });
      const reader = response.body!.getReader();
      let reads = 0;
      const reading = async () => {
        for (; !(await reader.read()).done; reads++);
      };
      await expect(reading()).rejects.toThrow("terminated");
      expect(reads).toBe(asked === body ? 6 : 1);
    }
  });

  it("ignores what is none", async () => {
    expect((await post(upstreamOf(), body, { "x-waybill-demo-fault": "418" })).status).toBe(200);
  });
});
