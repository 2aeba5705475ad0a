import { describe, expect, it } from "vitest";

import { redact } from "../src/index.js";

const secret = `sk-proj-${"aB3dE5fG7h".repeat(4)}`;
const field = expect.stringMatching(/^\[redacted:field:[0-9a-f]{8}\]$/);

describe("members that are named as secrets", () => {
  it.each([
    "authorization",
    "Authorization",
    "Proxy-Authorization",
    "cookie",
    "set-cookie",
    "api_key",
    "apiKey",
    "x-api-key",
    "OPENAI_API_KEY",
    "token",
    "accessToken",
    "refresh_token",
    "secret",
    "client_secret",
    "password",
    "dbPassword",
    "aws_secret_access_key",
    "private_key",
    "credentials",
    "user_api_key",
  ])("lose their text: %s", (name) => {
    expect(redact({ a: [{ [name]: "short" }] })).toEqual({ a: [{ [name]: field }] });
    expect(redact({ [name]: ["short"] })).toEqual({ [name]: [field] });
  });

  it.each<[name: string, value: unknown]>([
    ...[
      "user_api_key_hash",
      "user_api_key_alias",
      "cache_key",
      "model_map_key",
      "prompt_id",
      "idempotencyKey",
    ].map((name): [string, string] => [name, "value"]),
    ...[
      "prompt_cache_key",
      "primary_key",
      "eos_token",
      "next_page_token",
      "input_cost_per_token",
      "public_key",
    ].map((name): [string, string] => [name, "0.0000025"]),
    ["finish_reason", "max_tokens"],
    ["prompt_tokens", 5],
    ["max_tokens", "5"],
    ["token", 5],
    ["password", { type: "string", description: "of the user" }],
    ["token", ""],
    ["api_key", "os.environ/OPENAI_API_KEY"],
    ["api_key", "${OPENAI_API_KEY}"],
    ["token_type", "bearer"],
  ])("are others: %s", (name, value) => {
    const payload = { a: { [name]: value } };
    expect(redact(payload)).toBe(payload);
  });

  it("still lose what looks like a secret when their name is spared", () => {
    expect(redact({ cache_key: secret }).cache_key).toMatch(/^\[redacted:openai-key/);
  });

  it("are not the words of an answer beside their probabilities", () => {
    const logprobs = {
      content: [{ token: "Hi", logprob: -0.1, bytes: [72], top_logprobs: [{ token: "Hi", logprob: 0 }] }],
    };
    expect(redact(logprobs)).toBe(logprobs);
  });

  it("keep the word for their scheme, so that equal secrets have equal tokens", () => {
    const { authorization, api_key } = redact({ authorization: `Bearer ${secret}`, api_key: secret });
    expect(authorization).toBe(`Bearer ${api_key}`);
  });

  it("may be named by the caller", () => {
    expect(redact({ "Pin-Code": "1234", pin: "1" }, { fields: ["pin_code"] })).toEqual({
      "Pin-Code": field,
      pin: "1",
    });
  });

  it("are found in the arguments of tools", () => {
    const args = JSON.stringify({ user: "ann", password: "hunter2" });
    const message = {
      tool_calls: [{ id: "c", type: "function", function: { name: "login", arguments: args } }],
    };
    const redacted = redact({ response: { choices: [{ message }] } }).response.choices[0]?.message
      .tool_calls[0];
    expect(JSON.parse(redacted?.function.arguments ?? "")).toEqual({ user: "ann", password: field });
  });
});
