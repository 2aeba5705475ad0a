import { describe, expect, it } from "vitest";

import {
  createRecordingFetch,
  createReplayFetch,
  memoryStore,
  recordingSettings,
  writeRecording,
  type RecordingFetchOptions,
} from "../src/index.js";

const url = "https://api.openai.com/v1/chat/completions";
const key = "sk-proj-abcdefghijklmnopqrstuvwx";

/** Records a call that is answered with a text, and gives the text of the file. */
async function recorded(
  body: string,
  {
    address = url,
    answer = "{}",
    ...options
  }: RecordingFetchOptions & { address?: string; answer?: string } = {},
): Promise<{ text: string; replayed: () => Promise<number> }> {
  const store = memoryStore();
  const live: typeof globalThis.fetch = async () =>
    new Response(answer, { headers: { "content-type": "application/json" } });
  const fetch = createRecordingFetch(live, store, { mode: "record", ...options });
  const init = { method: "POST", body, headers: { authorization: `Bearer ${key}` } };
  await (await fetch(address, init)).text();
  await fetch.flush();
  let text = "";
  for await (const { recording } of store.list()) text += writeRecording(recording);
  return { text, replayed: async () => (await createReplayFetch(store, options)(address, init)).status };
}

describe("secrets", () => {
  it.each<[what: string, body: string, secret: string]>([
    ["a key of OpenAI's in a message", `{"messages":[{"content":"use ${key}, please"}]}`, key],
    ["a key of Anthropic's", '{"a":"sk-ant-api03-abcdefghijklmnop"}', "sk-ant-api03"],
    ["a key of Google's", `{"a":"AIza${"x".repeat(35)}"}`, "AIza"],
    ["a token of GitHub's", `{"a":"ghp_${"x".repeat(36)}"}`, "ghp_"],
    ["a key of Amazon's", '{"a":"AKIAABCDEFGHIJKLMNOP"}', "AKIA"],
    ["a signed token", '{"a":"eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4"}', "eyJ"],
    [
      "a bearer in a tool's headers",
      '{"tools":[{"headers":{"X":"Bearer abcdefghij0123456789"}}]}',
      "abcdefghij",
    ],
    ["a private key", '{"a":"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----"}', "MIIE"],
    ["a member that is named so", '{"tools":[{"Authorization":"short"}]}', "short"],
    ["a member in kebab case", '{"x-api-key":"short"}', "short"],
    ["a password", '{"password":"hunter2"}', "hunter2"],
  ])("are not kept: %s", async (_, body, secret) => {
    const { text, replayed } = await recorded(body);
    expect(text).not.toContain(secret);
    expect(text).toMatch(/__REDACTED_[0-9a-f]{12}__/);
    expect(await replayed()).toBe(200);
  });

  it.each<[what: string, body: string]>([
    ["words with a hyphen", '{"a":"risk-management-and-more task-force-of-twenty sk-short"}'],
    [
      "the schema of a password",
      '{"properties":{"password":{"type":"string","description":"the password"}}}',
    ],
    ["an empty key", '{"api_key":""}'],
    ["a placeholder", '{"api_key":"__REDACTED_0123456789ab__","a":"Bearer __REDACTED_0123456789ab__"}'],
  ])("are not seen in %s", async (_, body) => {
    const { text } = await recorded(body);
    expect(text.replaceAll(/\s/g, "")).toContain(body.replaceAll(/\s/g, ""));
  });

  it("stay equal when they are equal, and keep hashes of use", async () => {
    const { text, replayed } = await recorded(
      `{"temperature":1.0,"a":"${key}","b":["${key}","x ${key}2 ${key}"]}`,
    );
    const placeholders = [...text.matchAll(/__REDACTED_[0-9a-f]{12}__/g)].map(([found]) => found);
    expect(placeholders).toHaveLength(4);
    expect(new Set(placeholders).size).toBe(2);
    expect(text).toContain('"temperature": 1.0');
    expect(await replayed()).toBe(200);
  });

  it("are taken out of answers, and not of what the caller gets", async () => {
    const answer = `{"choices":[{"message":{"content":"your key is ${key}"}}],"n":1.0}`;
    const { text } = await recorded("{}", { answer });
    expect(text).not.toContain(key);
    expect(text).toContain('"n": 1.0');
  });

  it.each<[what: string, address: string, kept: string]>([
    [
      "a model's address",
      `https://user:pw@h/v1/chat/completions?key=${key}#x`,
      '"url": "https://h/v1/chat/completions"',
    ],
    [
      "any other address",
      "https://user:pw@h/v1beta/interactions?alt=sse&key=abc&x",
      '"url": "https://h/v1beta/interactions?alt=sse&key=__REDACTED_ba7816bf8f01__&x"',
    ],
    ["an address without parameters", "https://h/v1/messages", '"url": "https://h/v1/messages"'],
  ])("are taken out of %s", async (_, address, kept) => {
    const { text, replayed } = await recorded("{}", { address: address.replace("user:pw@", "") });
    expect(text).toContain(kept);
    expect(await replayed()).toBe(200);
    // A real fetch refuses addresses with a user; others may not.
    expect((await recorded("{}", { address })).text).toContain(kept);
  });

  it("of headers are never kept", async () => {
    const { text } = await recorded("{}", { redact: false });
    expect(text).toContain('"headers": {}');
    expect(text).not.toContain(key);
  });

  it("have placeholders by a key that nobody else has", async () => {
    const body = `{"a":"${key}"}`;
    const plain = await recorded(body);
    const keyed = await recorded(body, { redact: { key: "k" } });
    expect(keyed.text).not.toBe(plain.text);
    expect(keyed.text).not.toContain(key);
    expect(await keyed.replayed()).toBe(200);
  });

  it("look as they are said to", async () => {
    const redact = { patterns: [/cat-\d+/i], members: ["Pin-Code"] };
    const { text, replayed } = await recorded(`{"a":"CAT-1 cat-2","pin_code":"1","b":"${key}"}`, { redact });
    expect(text.match(/__REDACTED_/g)).toHaveLength(3);
    expect(text).toContain(key);
    expect(await replayed()).toBe(200);
  });

  it("are kept when they are none of the recorder's business", async () => {
    const { text, replayed } = await recorded(`{"a":"${key}"}`, {
      redact: false,
      address: "http://h/other?key=abc",
    });
    expect(text).toContain(key);
    expect(text).toContain("key=abc");
    expect(await replayed()).toBe(200);
  });
});

describe("the environment of llama-stack", () => {
  it.each<[what: string, env: Record<string, string | undefined>, settings: object]>([
    [
      "nothing",
      {},
      {
        mode: "replay",
        directory: "tests/integration/common",
        stackConfigType: "library_client",
        debug: false,
      },
    ],
    [
      "the current names",
      {
        OGX_TEST_INFERENCE_MODE: "Record-If-Missing",
        OGX_TEST_RECORDING_DIR: "r",
        OGX_TEST_STACK_CONFIG_TYPE: "server",
        OGX_TEST_DEBUG: "YES",
      },
      { mode: "record-if-missing", directory: "r", stackConfigType: "server", debug: true },
    ],
    [
      "the older names",
      { LLAMA_STACK_TEST_INFERENCE_MODE: "live", LLAMA_STACK_TEST_RECORDING_DIR: "r" },
      { mode: "live", directory: "r" },
    ],
    [
      "both",
      { OGX_TEST_INFERENCE_MODE: "record", LLAMA_STACK_TEST_INFERENCE_MODE: "live" },
      { mode: "record" },
    ],
  ])("is read from %s", (_, env, settings) => {
    expect(recordingSettings(env)).toMatchObject(settings);
  });

  it.each<[name: string, value: string, code: string]>([
    ["OGX_TEST_INFERENCE_MODE", "tape", "unknown-mode"],
    ["OGX_TEST_STACK_CONFIG_TYPE", "cloud", "unknown-stack-config-type"],
  ])("is refused when %s is %s", (name, value, code) => {
    let thrown: unknown;
    try {
      recordingSettings({ [name]: value });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code });
  });
});
