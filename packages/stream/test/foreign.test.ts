import { describe, expect, it } from "vitest";

import { accumulate } from "../src/index.js";

const sse = (...values: object[]) => values.map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`).join("");

describe("Google's own API", () => {
  const text = (each: string, more: object = {}) => ({
    candidates: [{ content: { parts: [{ text: each, ...more }], role: "model" }, index: 0 }],
  });

  it("gives text, thoughts, calls and usage in OpenAI's words", async () => {
    const { completion, status, usage, diagnostics } = await accumulate(
      sse(
        { ...text("hm", { thought: true }), modelVersion: "gemini-x", responseId: "r1" },
        text("Hel"),
        text("lo"),
        {
          candidates: [
            {
              content: {
                parts: [{ functionCall: { id: "c1", name: "f", args: { a: 1 } }, thoughtSignature: "U0lH" }],
              },
              finishReason: "STOP",
            },
          ],
          usageMetadata: {
            promptTokenCount: 5,
            candidatesTokenCount: 3,
            thoughtsTokenCount: 2,
            totalTokenCount: 10,
          },
        },
      ),
    );
    expect(completion).toMatchObject({
      id: "r1",
      model: "gemini-x",
      choices: [
        {
          message: {
            content: "Hello",
            reasoning_content: "hm",
            tool_calls: [
              {
                id: "c1",
                function: { name: "f", arguments: '{"a":1}' },
                extra_content: { google: { thought_signature: "U0lH" } },
              },
            ],
          },
          finish_reason: "stop",
          native_finish_reason: "STOP",
        },
      ],
    });
    expect(usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 });
    expect(status).toBe("complete");
    expect(diagnostics.map(({ code }) => code)).toEqual(["F1", "C11"]);
  });

  it("is read from its list of JSON, too, and in the case of its clients", async () => {
    const values = [
      { candidates: [{ content: { parts: [{ text: "a" }] } }] },
      {
        candidates: [{ content: { parts: [{ text: "b" }] }, finish_reason: "MAX_TOKENS" }],
        usage_metadata: { prompt_token_count: 1, candidates_token_count: 2, total_token_count: 3 },
      },
    ];
    const { completion, usage } = await accumulate(JSON.stringify(values, null, 1));
    expect(completion.choices[0]).toMatchObject({ message: { content: "ab" }, finish_reason: "length" });
    expect(usage).toEqual({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 });
  });
});
