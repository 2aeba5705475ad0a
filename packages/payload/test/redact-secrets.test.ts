import { readdirSync, readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRedactor } from "../src/index.js";

/** Letters and digits as keys have them; no key of anybody's. */
const random = (length: number) =>
  "Q7wE2rT9yU4iO1pA8sD3fG6hJ5kL0zXcVbNmQ7wE2rT9yU4iO1pA8sD3fG6h".slice(0, length);
const capitals = (length: number) => "ABCDEFGH2J3K4L5M6N7P".slice(0, length);

const redactor = createRedactor({ key: "test" });
const token = (kind: string) => new RegExp(`\\[redacted:${kind}:[0-9a-f]{8}\\]`);

const body = Buffer.from("0".repeat(48)).toString("base64");
const pem = (title: string) => `-----BEGIN ${title}-----\n${body}\n${body}\n-----END ${title}-----`;
const jwt = `eyJ${random(20)}.eyJ${random(30)}.${random(40)}`;
const basic = Buffer.from("user:password").toString("base64");

/** What is hidden in what, and by which detector. */
const secrets: readonly [kind: string, text: string, secret: string][] = [
  ...(
    [
      ["openai-key", `sk-proj-${random(48)}`],
      ["openai-key", `sk-${random(20)}`],
      ["openai-key", "sk-proj-abcdefghijklmnopqrstuvwx"],
      ["anthropic-key", `sk-ant-api03-${random(20)}-${random(20)}`],
      ["openrouter-key", `sk-or-v1-${random(40)}`],
      ["langfuse-key", "sk-lf-12345678-9abc-4def-8123-456789abcdef"],
      ["langfuse-key", "pk-lf-12345678-9abc-4def-8123-456789abcdef"],
      ["stripe-key", `sk_live_${random(24)}`],
      ["aws-key", `AKIA${capitals(16)}`],
      ["aws-key", `ASIA${capitals(16)}`],
      ["github-token", `ghp_${random(36)}`],
      ["github-token", `github_pat_${random(22)}_${random(30)}`],
      ["slack-token", `xoxb-123456789012-${random(24)}`],
      ["google-key", `AIza${random(35)}`],
      ["google-secret", `GOCSPX-${random(28)}`],
      ["huggingface-token", `hf_${random(34)}`],
      ["groq-key", `gsk_${random(52)}`],
      ["xai-key", `xai-${random(60)}`],
      ["nvidia-key", `nvapi-${random(60)}`],
      ["gitlab-token", `glpat-${random(20)}`],
      ["npm-token", `npm_${random(36)}`],
      ["waybill-key", `wb-${random(43)}`],
      ["jwt", jwt],
      ["private-key", pem("PRIVATE KEY")],
      ["private-key", pem("OPENSSH PRIVATE KEY")],
    ] as const
  ).map(([kind, secret]): [string, string, string] => [kind, `use ${secret} here`, secret]),
  ["private-key", JSON.stringify({ pem: pem("RSA PRIVATE KEY") }), body],
  ["private-key", `cut off: ${pem("EC PRIVATE KEY").slice(0, 100)}`, body.slice(0, 60)],
  ["field", `curl -H "Authorization: Bearer ${random(20)}"`, random(20)],
  ["bearer", `it sends bearer ${random(20)}.`, random(20)],
  ["bearer", `authorization=bearer%20${random(20)}.`, random(20)],
  ["basic", `{"header":"Basic ${basic}"}`, basic],
  ["url", "postgres://admin:hunter2@db.internal/x", "admin:hunter2"],
  ["url", "https://user:p@ss:word@example.com", "p@ss:word"],
  ["github-token", `https://ghp_${random(36)}@github.com/a`, random(36)],
  ["url", `https://api.example.com/v1?alt=sse&key=${random(12)}&x=1`, random(12)],
  ["url", `see https://blob.example.com/a?sv=1&amp;sig=${random(20)}%3D)`, random(20)],
  ["url", `callback#access_token=${random(12)}&state=1`, random(12)],
  ["field", '{"user": "ann", "password": "hunter2"}', "hunter2"],
  ["field", "{'api_key': 'abc', 'n': 1}", "abc"],
  ["field", '{"cut": "off", "clientSecret": "abc', "abc"],
  ["field", JSON.stringify({ a: JSON.stringify({ token: 'a"b\\c' }) }), 'a\\\\\\"b'],
  ["field", JSON.stringify(JSON.stringify(JSON.stringify({ secret: "deep", n: 1 }))), "deep"],
  ["field", "curl -H 'x-api-key: abc12345'", "abc12345"],
  ["field", "Cookie: sid=abc; theme=dark", "sid=abc; theme=dark"],
  ["field", `export OPENAI_API_KEY=abc${random(9)}==`, random(9)],
];

describe("a secret", () => {
  it.each(secrets)("of the kind %s is taken out of: %s", (kind, text, secret) => {
    const redacted = redactor.text(text);
    expect(redacted).not.toContain(secret);
    expect(redacted).toMatch(token(kind));
  });

  it.each(secrets)("of the kind %s leaves what is around it: %s", (_, text) => {
    const [before = "", after = ""] = redactor.text(text).split(/\[redacted:[^\]]*\]/);
    expect(text.startsWith(before)).toBe(true);
    expect(text.endsWith(after)).toBe(true);
  });

  it("in JSON leaves JSON, however deep the JSON lies in texts", () => {
    let text = JSON.stringify({ password: 'qu"ote\\back\nline', keep: "this", next: [1] });
    for (let level = 0; level < 5; level++) {
      let value: unknown = redactor.text(text);
      for (let depth = 0; depth <= level; depth++) value = JSON.parse(value as string);
      expect(value).toEqual({
        password: expect.stringMatching(/^\[redacted:field:[0-9a-f]{8}\]$/),
        keep: "this",
        next: [1],
      });
      text = JSON.stringify(text);
    }
  });

  it("is seen directly behind another", () => {
    const text = `${pem("PRIVATE KEY")}AKIA${capitals(16)}`;
    expect(redactor.text(text)).toMatch(
      /^\[redacted:private-key:[0-9a-f]{8}\]\[redacted:aws-key:[0-9a-f]{8}\]$/,
    );
  });

  it("can be joined with itself, by those who have the key alone", () => {
    const key = `sk-${random(30)}`;
    const hashes = (text: string, by = redactor) =>
      [...by.text(text).matchAll(/:([0-9a-f]{8})\]/g)].map(([, hash]) => hash);
    const [first, ...others] = hashes(`${key} Bearer ${key} {"api_key":"${key}"} ?key=${key}`);
    expect(others).toEqual([first, first, first]);
    expect(hashes(key, createRedactor({ key: new TextEncoder().encode("test") }))).toEqual([first]);
    expect(hashes(key, createRedactor({ key: "other" }))).not.toEqual([first]);
    expect(hashes(key, createRedactor())).toEqual(hashes(key, createRedactor()));
  });

  it.each([
    "risk-management-and-more task-force-of-twenty sk-short sk-learn-classifier-chains-and-more",
    "sk-container-id-1 and sk-estimator-doc-link are names of classes",
    "The bearer of this letter has Basic understanding; Bearer authentication is a basic principle.",
    "Bearer tokens, bearer bonds. Basic authentication! Authorization: required",
    '{"max_tokens": 5, "token": null, "password": {"type": "string"}, "usage": {"prompt_tokens": 1}}',
    '{"cache_key": "abc", "primary_key": "id", "eos_token": "</s>", "input_cost_per_token": "0.0000025"}',
    '{"password": "", "api_key": "", "token": ""}',
    "https://example.com/a?key=id&sort=asc https://example.com:8080/ mailto://x ftp://host:21/",
    "git@github.com:owner/repo.git a::b c:\\d std::vector<int> 12:30:45 http://[::1]:80/",
    "export API_KEY=$KEY TOKEN=${TOKEN} KEY=get_key(1) const MAX_TOKEN=5 PATH=/usr/bin:/bin1",
    "97311c60-9a61-4f48-a814-70139ee57868 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE----- -----BEGIN PRIVATE KEY----- is how one begins",
    "eyJ is how a token begins, eyJhbGciOiJIUzI1NiJ9 is a header. AKIA and AIzawa are words",
    "password: the word for a secret; Cookie: a small file. token=5; if (key == secret) { a.b = c }",
    "[redacted:field:0123abcd] Bearer [redacted:bearer:0123abcd] ?key=[redacted:url:0123abcd] data:image/png;base64,AAAA",
  ])("is not seen in: %s", (text) => {
    expect(redactor.text(text)).toBe(text);
  });

  it("is not seen in the documents of this project", () => {
    const root = new URL("../../../", import.meta.url);
    const files = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "package.json"].map(
      (name) => new URL(name, root),
    );
    const docs = readdirSync(new URL("docs/", root)).filter((name) => name.endsWith(".md"));
    for (const file of [...files, ...docs.map((name) => new URL(`docs/${name}`, root))]) {
      const text = readFileSync(file, "utf8");
      expect(redactor.text(text)).toBe(text);
    }
  });

  it("is no token that only begins like one of ours", () => {
    for (const text of [
      '{"password":"[redacted:hunter2"}',
      '{"password":"[redacted:field:0123abcd]hunter2"}',
    ])
      expect(redactor.text(text)).not.toContain("hunter2");
  });

  it("is not looked for when nobody wants that", () => {
    const off = createRedactor({ detectors: { secrets: false } });
    for (const [, text] of secrets) expect(off.text(text)).toBe(text);
    expect(off.payload({ password: "hunter2" })).toEqual({ password: "hunter2" });
  });
});

/** Texts made of what detectors look for. */
const pieces = fc.constantFrom(
  "sk-",
  "sk-ant-",
  "ghp_",
  "AKIA",
  "eyJ",
  "Bearer ",
  "Basic ",
  "-----BEGIN PRIVATE KEY-----",
  "-----END ",
  "a://",
  "@",
  '"password":',
  '\\"token\\": \\"',
  "'secret': '",
  "?key=",
  "&sig=",
  "API_KEY=",
  "x-api-key: ",
  "cookie: ",
  "data:",
  "image/png;base64,",
  "[redacted:",
  "field:0123abcd]",
  ":",
  "=",
  '"',
  "\\",
  "\n",
  " ",
  ".",
  "-",
  "_",
  "é",
  "\ud800",
  random(8),
  random(30),
  capitals(16),
  basic,
  "word",
  "12",
  "4111 1111 1111 1111",
  "+1 555 010 9999",
  "DE89",
  "::1",
);
const texts = fc
  .array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 30 })
  .map((parts) => parts.join(""));

describe("redaction of a text", () => {
  it.each([
    ["secrets", redactor],
    ["personal data, too", createRedactor({ key: "test", detectors: { pii: true } })],
  ])("changes nothing the second time: %s", (_, by) => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = by.text(text);
        expect(by.text(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it("finds a secret among anything that does not touch it", () => {
    const secret = `sk-proj-${random(40)}`;
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(redactor.text(`${before}\n ${secret} \n${after}`)).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("the time of redaction", () => {
  const milliseconds = (text: string) => {
    const start = performance.now();
    redactor.text(text);
    return performance.now() - start;
  };

  it.each([
    "sk-",
    "eyJ",
    "eyJaaaaaaaaaa.",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN ",
    "Bearer ",
    "Basic ",
    "Basic aaaaaaaa ",
    "-",
    "_",
    "hf_",
    ":",
    '"a":',
    '"password":',
    '"password":"',
    "\\",
    '\\\\\\":',
    "=",
    "?key=",
    "?key=abc",
    "://",
    "a://b",
    "AKIA",
    "data:image/png;base64,",
    "data:",
    "        :",
    "api-key: ",
    "cookie: cookie: ",
    "A_KEY=",
    "A_KEY=aaaaaaaa",
    "@",
    "[redacted:",
    "x-api-key: aaaaaaaaaaaaaaaa ",
    "authorization: Bearer ",
    "\n",
    "-----END ",
    "%20",
    "日本",
  ])("grows with a text of many %j, and not with its square", (piece) => {
    const text = (size: number) => piece.repeat(Math.ceil(size / piece.length));
    milliseconds(text(20_000));
    // A quadratic scan of this takes minutes; a linear one that finds something everywhere under a second.
    expect(milliseconds(text(1_000_000))).toBeLessThan(5000);
  });
});
