import { describe, expect, it } from "vitest";

import { buildPayload, createRedactor, redact, type Call } from "../src/index.js";
import { build, call, without } from "./calls.js";

/*
 * What once slipped through, or was taken for a secret and was none.
 */

const redactor = createRedactor({ key: "test" });
const hidden = "hunter2secret9";
const letters = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYzAbC";
const field = expect.stringMatching(/^\[redacted:field:[0-9a-f]{8}\]$/);

const keys: readonly [whose: string, key: string][] = [
  ["OpenAI", `sk-proj-${letters}`],
  ["Anthropic", `sk-ant-api03-${letters}`],
  ["Amazon", "AKIAIOSFODNN7EXAMPLE"],
  ["Langfuse", "pk-lf-abcdefab-cdef-4abc-8def-abcdefabcdef"],
  ["GitHub", `ghp_${letters}`],
  ["GitLab", "glpat-AbCdEfGhIjKlMnOpQrSt.01.0a1b2c3d4"],
  ["Slack, for an app", `xapp-1-A012BCDEF-1234567890123-${"0123456789abcdef".repeat(4)}`],
  ["Google", "AIzaSyA1234567890abcdefghijklmnopqrstuv"],
  ["Google, for a user", `ya29.a0AfH6SM${letters}`],
  ["NVIDIA", `nvapi-${letters}`],
  ["npm", `npm_${letters}`],
  ["Stripe", `sk_live_${letters}`],
  ["Stripe, for webhooks", `whsec_${letters}`],
  ["nobody: a signed token", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${letters}`],
  ["a webhook of Slack", `https://hooks.slack.com/services/T0000/B0000/${letters}`],
  ["a header", `x-api-key: ${letters}`],
  ["a variable", `OPENAI_API_KEY=${letters}`],
  ["a scheme", `Bearer ${letters}`],
];
const places: readonly [where: string, before: string][] = [
  ["an escaped line end", "line\\n"],
  ["an escaped tab", "x\\t"],
  ["a line end in JSON in JSON", "x\\\\n"],
  ["an escaped quote", "\\u0022"],
  ["a quote in hex", "\\x22"],
  ["a quote in a URL", "https://h/x?y=%22"],
  ["an equals sign in a URL", "q%3D"],
  ["a colour", "\u001b[0m"],
  ["two colours", "\u001b[0m\u001b[1;31m"],
  ["a colour in JSON", "\\u001b[0m"],
  ["a colour in a script", "\\x1b[1;31m"],
];

describe("a key behind the end of an escape", () => {
  it.each(
    keys.flatMap(([whose, key]) => places.map(([where, before]) => [whose, where, before, key] as const)),
  )("is one: of %s behind %s", (_, __, before, key) => {
    const redacted = redactor.text(`{"out":"${before}${key}"}`);
    expect(redacted).not.toContain(key.slice(-9));
    expect(redacted).toContain(`{"out":"${before}`);
  });

  it("does not hide those behind it", () => {
    const text =
      '{"out":"A\\nsk-proj-aB3dE5fG7hJ9kL1mN2pQ4rS6tU8v\\nAKIAIOSFODNN7EXAMPLE\\nBearer abc12345678"}';
    expect(redactor.text(text).replaceAll(/:[0-9a-f]{8}\]/g, "]")).toBe(
      '{"out":"A\\n[redacted:openai-key]\\n[redacted:aws-key]\\nBearer [redacted:bearer]"}',
    );
  });

  it.each([
    "\\risk-a1b2c3d4e5f6a7b8c9d0",
    "\u001b[disk-1234567890abcdef1234",
    "\\udesk-1234567890abcdef1234",
  ])("is none when the letter is one of its word: %j", (text) => {
    expect(redactor.text(text)).toBe(text);
  });

  it.each(keys.slice(0, 14))("is seen when it touches another: %s", (_, key) => {
    expect(redactor.text(key + key)).not.toContain(key.slice(-9));
    expect(redactor.text(`(${key}`)).toMatch(/^\(\[redacted:[a-z-]+:[0-9a-f]{8}\]$/);
  });
});

describe("the value of", () => {
  it.each<[what: string, text: string]>([
    ["a header without a blank", "Authorization:@"],
    ["a header of a key without a blank", "X-Api-Key:@"],
    ["a header with a tab", "x-api-key:\t@"],
    ["a scheme with a tab", "Bearer\t@"],
    ["a provider's own header", "anthropic-api-key: @"],
    ["a digest", 'Authorization: Digest username="x", response="@"'],
    ["a digest in a command", `curl -H 'Authorization: Digest username="x", response="@"' https://h`],
    ["a digest in JSON", '{"c":"Authorization: Digest username=\\"x\\", response=\\"@\\"","n":1}'],
    ["a variable with blanks", "API_KEY = @"],
    ["a variable in small letters", "db_password=@"],
    ["an option", "--password=@"],
    ["a variable with quotes and blanks", "API_KEY='a b @'"],
    ["a variable with quotes in JSON", '{"run":"API_KEY=\\"@\\" make"}'],
    ["a variable behind a token", "DB_PASSWORD=[redacted:field:00000000]@"],
    ["a header behind a token", "x-api-key: [redacted:field:00000000]@"],
    ["a parameter behind a token", "https://h/?api_key=[redacted:url:00000000]@"],
    ["a parameter before a token", "https://h/?api_key=@[redacted:url:00000000]"],
    ["an address behind a token", "postgres://[redacted:url:00000000]:@@h/db"],
    ["a member behind many blanks", `{"password":${" ".repeat(300)}"@"}`],
    ["a member before a line end", '{"password"\n: "@"}'],
    ["a list", '{"password":["@"]}'],
    ["a list with more", '{"password": [ "", "x1@", "@" ], "n": 1}'],
    ["a list in JSON in JSON", '{\\"password\\":[\\"a\\",\\"@\\"]}'],
    ["a member in JavaScript", '{password:"@"}'],
    ["a member in JavaScript with blanks", "{ user: 'ann', password: '@' }"],
    ["an encoded name", "https://h/?api%5Fkey=@"],
    ["an encoded parameter", "https://h/?a=1%26api_key%3D@"],
    ["an encoded address", "r=https%3A%2F%2Fh%2F%3Fkey%3D@%26a%3D1"],
    ["a parameter in JSON", "https://h/?a=1\\u0026key=@"],
  ])("%s is a secret", (_, text) => {
    const redacted = redactor.text(text.replace(/@(?=$|[^@h])|@(?=@h)/g, hidden));
    expect(redacted).not.toContain(hidden);
    expect(redactor.text(redacted)).toBe(redacted);
  });

  it("what stands around it stays", () => {
    const text = '{"password": [ "a", "b" ], "url": "https://h/?a=1%26api_key%3Dabcdef%26b%3D2", "n": 1}';
    expect(redactor.text(text).replaceAll(/:[0-9a-f]{8}\]/g, "]")).toBe(
      '{"password": [ "[redacted:field]", "[redacted:field]" ], ' +
        '"url": "https://h/?a=1%26api_key%3D[redacted:url]%26b%3D2", "n": 1}',
    );
  });
});

describe("members of a payload", () => {
  it.each<[what: string, value: object, redacted: object]>([
    ["begins with a dollar", { password: "$uperSecret1" }, { password: field }],
    ["is below it", { credentials: { value: "x" } }, { credentials: { value: field } }],
    ["is further below", { password: { a: [{ b: "x" }] } }, { password: { a: [{ b: field }] } }],
    ["stands in a pair", { headers: [["authorization", "x"]] }, { headers: [["authorization", field]] }],
    [
      "stands in a named pair",
      { headers: [{ name: "authorization", value: "x" }] },
      { headers: [{ name: "authorization", value: field }] },
    ],
    [
      "hides in a schema",
      { password: { type: "string", value: "x" } },
      { password: { type: "string", value: field } },
    ],
  ])("lose a secret that %s", (_, value, redacted) => {
    expect(redact({ a: value })).toEqual({ a: redacted });
  });

  it.each<[what: string, value: object]>([
    ["a reference", { password: "$DB_PASSWORD", token: "${token}" }],
    ["no secret", { secret: "none" }],
    ["a schema", { properties: { password: { type: "string", description: "of the user" } } }],
    ["a schema of alternatives", { token: { anyOf: [{ type: "string" }, { type: "null" }] } }],
    ["a pair of words", { stop: ["token", "secret"] }],
    ["names", { translation_key: "home.title", hot_key: "ctrl+c", dict_key: "v" }],
    ["a vocabulary", { stop_token: "</s>", eot_token: "<|eot|>", image_token: "<image>", start_token: "x" }],
  ])("keep %s", (_, value) => {
    const payload = { a: value };
    expect(redact(payload)).toBe(payload);
  });
});

describe("a text without secrets", () => {
  it.each([
    '{"secret":"none"} {"stop_token":"</s>"} {"translation_key":"home.title"}',
    "MAX_TOKEN=100000000000",
    "sk-learn-contrib-package2024x",
    "mailto://a:b@c",
    "const token = tokens12345; if (api_key == other_key_12345) {}",
    "(token) => call(a12345678); client(api_key=settings.key_12345)",
    'token: "the", password: "your password"',
    "100%aasomething %3D%26",
    "https://hooks.slack.com/docs",
  ])("stays: %s", (text) => {
    expect(redactor.text(text)).toBe(text);
  });
});

describe("equal secrets", () => {
  const hashOf = (text: string) => /:([0-9a-f]{8})\]/.exec(text)?.[1];

  it.each(['a"b12345678', "a\\b\n12345678", "é\t12345678"])("have equal tokens in JSON: %j", (secret) => {
    const wanted = hashOf(JSON.stringify(redactor.payload({ api_key: secret })));
    let text = JSON.stringify({ api_key: secret });
    for (let level = 0; level < 3; level++) {
      expect(hashOf(redactor.text(text))).toBe(wanted);
      text = JSON.stringify(text);
    }
  });

  it("have equal tokens when they have lines", () => {
    const body = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw";
    const pem = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;
    expect(hashOf(redactor.text(JSON.stringify({ pem })))).toBe(hashOf(redactor.text(pem)));
  });
});

describe("the time of redaction", () => {
  it.each([
    "cookie: a=b;[redacted:a:00000000]",
    "cookie: a=[redacted:field:00000000]",
    "x-api-key:",
    "x-api-key:[redacted:field:00000000]",
    'Authorization: Digest a="',
    `?key=${"[redacted:url:00000000]".repeat(25)}`,
    `A_KEY=${"[redacted:field:00000000]".repeat(25)}`,
    '"password":["',
    '"password":["","',
    '{password:"',
    "%26key%3D",
    "%3D",
    "\\n",
    "\u001b[1;1;1;1",
    "\\nsk-",
    "A_KEY='",
    "a_key = ",
    "ghp_",
    "whsec_aaaaaaaaaaaaaaaaaaaa",
    "ya29.",
    "://hooks.slack.com/services/",
  ])("grows with a text of many %j, and not with its square", (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const start = performance.now();
    redactor.text(text);
    // A quadratic scan of this takes half a minute; a linear one under a second.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("the key of a record", () => {
  const keyOf = (changes: Partial<Call>) => build(changes).waybill.idempotencyKey;
  const hit = { cache: { hit: true }, endTime: 5, startTime: 4 };
  const answered = (id: string): Partial<Call> => ({ ...without("result"), response: { id } });

  it("is another one for each hit of a cache without an id of its call", () => {
    const changes = { ...hit, context: {} };
    const keysOf = [1, 2].map(() =>
      buildPayload({ ...call, ...without("result"), response: { id: "a" }, ...changes }),
    );
    expect(new Set(keysOf.map(({ waybill }) => waybill.idempotencyKey)).size).toBe(2);
  });

  it.each<[what: string, one: Partial<Call>, other: Partial<Call>]>([
    [
      "a provider with a colon",
      { ...answered("c0123456789012345678"), provider: "a:b" },
      { ...answered("b:c0123456789012345678"), provider: "a" },
    ],
    [
      "an answer's id like that of a request",
      answered("request:req_0123456789abc"),
      { ...answered(""), providerRequestId: "req_0123456789abc" },
    ],
    [
      "an answer's id like one with its time",
      { ...answered("chatcmpl-1"), startTime: 1766000068.25 },
      answered("chatcmpl-1@1766000068.25"),
    ],
    [
      "an answer's id like that of a hit",
      { ...answered("chatcmpl-0123456789_cache_hit5.0:c"), context: { callId: "c" } },
      { ...answered("chatcmpl-0123456789"), ...hit, context: { callId: "c" } },
    ],
  ])("differs for %s", (_, one, other) => {
    expect(keyOf(one)).not.toBe(keyOf(other));
  });

  it("is made without options, too", () => {
    expect(buildPayload(call, null).status).toBe("success");
  });
});
