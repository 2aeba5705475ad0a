import { describe, expect, it } from "vitest";

import { accumulate, accumulateById } from "../src/index.js";
import { chunk, finish } from "./chunks.js";

const encoder = new TextEncoder();
const sse = (...chunks: object[]) => chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");
const DONE = "data: [DONE]\n\n";

/** A body that stays open behind these pieces, and hears when nobody wants more. */
function openBody(...pieces: string[]) {
  const state = { isCancelled: false };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
    },
    cancel() {
      state.isCancelled = true;
    },
  });
  return { body, state };
}

describe("a connection that stays open behind [DONE]", () => {
  it("is closed, and the answer is whole", async () => {
    const { body, state } = openBody(sse(chunk({ content: "a" }), finish()), DONE);
    expect(await accumulate(body)).toMatchObject({ status: "complete", endedBy: "done", diagnostics: [] });
    expect(state.isCancelled).toBe(true);
  });

  it("still brings what came behind it", async () => {
    const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } };
    const { body } = openBody(sse(chunk({ content: "a" }), finish()), DONE, sse(usage));
    const result = await accumulate(new Response(body));
    expect(result).toMatchObject({ usage: usage.usage, diagnostics: [{ code: "T12" }] });
  });

  it("does not wait for an iterator that fails or never answers", async () => {
    async function* failing() {
      yield sse(chunk({ content: "a" }), finish()) + DONE;
      throw new Error("reset");
    }
    async function* silent() {
      yield sse(chunk({ content: "a" }), finish()) + DONE;
      await new Promise(() => {});
    }
    expect(await accumulate(failing())).toMatchObject({ status: "complete", endedBy: "done" });
    expect(await accumulate(silent())).toMatchObject({ status: "complete", endedBy: "done" });
  });
});

describe("a body that is no stream of chat chunks", () => {
  it.each([
    ["a page", "<html>\n<body>Bad gateway</body>", "not-a-stream"],
    ["nothing", "", "no-choices"],
    ["other events", 'data: {"type":"response.created"}\n\n', "not-a-chunk"],
  ])("is incomplete, and says that it is %s", async (_, text, code) => {
    const { status, diagnostics } = await accumulate(text);
    expect(status).toBe("incomplete");
    expect(diagnostics.map((each) => each.code)).toContain(code);
  });
});

describe("accumulateById", () => {
  it("keeps completions apart that take turns on one stream", async () => {
    const part = (id: string, content: string) => ({ ...chunk({ content }), id });
    const text = sse(part("x", "a"), part("y", "1"), part("x", "b"), part("y", "2"), {
      ...finish(),
      id: "x",
    });
    const results = await accumulateById(text + DONE);
    const told = [...results].map(([id, { status, completion }]) => [
      id,
      status,
      completion.choices[0]?.message.content,
    ]);
    expect(told).toEqual([
      ["x", "complete", "ab"],
      ["y", "incomplete", "12"],
    ]);
  });
});
