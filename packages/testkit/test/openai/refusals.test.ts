import { describe, expect, it } from "vitest";

import type { OpenAIStubOptions } from "../../src/index.js";
import { hello, post, stubOf } from "./stub-client.js";

const cases: readonly [
  title: string,
  options: OpenAIStubOptions,
  path: string,
  body: unknown,
  status: number,
  error: object,
][] = [
  ["an unknown path", {}, "nothing", {}, 404, { message: "Invalid URL (POST /v1/nothing)", code: null }],
  ["a body that is no JSON", {}, "chat/completions", "{oops", 400, { type: "invalid_request_error" }],
  ["a body that is no object", {}, "chat/completions", "[]", 400, { type: "invalid_request_error" }],
  [
    "no model",
    {},
    "chat/completions",
    { messages: [] },
    400,
    { message: "you must provide a model parameter" },
  ],
  [
    "no messages",
    {},
    "chat/completions",
    { model: "gpt-4o" },
    400,
    { code: "missing_required_parameter", param: "messages" },
  ],
  [
    "an unknown model",
    { models: ["gpt-4o"] },
    "responses",
    { model: "x", input: "" },
    404,
    { code: "model_not_found" },
  ],
  ["no key", { apiKey: "sk-right-0123456789" }, "chat/completions", hello, 401, { code: null }],
  ["a body that is too large", { maxBodyBytes: 10 }, "chat/completions", hello, 413, { code: null }],
];

describe("the stub", () => {
  it.each(cases)("refuses %s as the service does", async (_, options, path, body, status, error) => {
    const stub = await stubOf(options);
    const response = await post(stub, path, body);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect([response.status, await response.json()]).toMatchObject([status, { error }]);
  });

  it("shows no more of a wrong key than its ends", async () => {
    const stub = await stubOf({ apiKey: "sk-right-0123456789" });
    const response = await post(
      stub,
      "embeddings",
      {},
      { headers: { authorization: "Bearer sk-wrong-9876543210" } },
    );
    const { error } = (await response.json()) as { error: { message: string; code: string } };
    expect([response.status, error.code]).toEqual([401, "invalid_api_key"]);
    expect(error.message).toBe("Incorrect API key provided: sk-w****3210.");
  });

  it("says which method a path wants", async () => {
    const stub = await stubOf();
    const response = await fetch(`${stub.baseUrl}/chat/completions`);
    expect([response.status, await response.json()]).toMatchObject([
      405,
      { error: { message: expect.stringContaining("Not allowed to GET") as string } },
    ]);
  });

  it("answers with a status and its error when the script says so", async () => {
    const stub = await stubOf({
      answer: () => ({ status: 429, error: { code: "insufficient_quota" }, headers: { "retry-after": "2" } }),
    });
    const response = await post(stub, "chat/completions", hello);
    expect(response.headers.get("retry-after")).toBe("2");
    expect([response.status, await response.json()]).toEqual([
      429,
      {
        error: {
          message: "Rate limit reached for requests. Please try again later.",
          type: "requests",
          code: "insufficient_quota",
          param: null,
        },
      },
    ]);
  });
});
