import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compareExact, createCostEngine, sumExact } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import { createAdmission } from "../../server/keys/admission.js";
import { createKeyBudgets } from "../../server/keys/budgets.js";
import { estimateCall } from "../../server/keys/estimate.js";
import type { KeyChanges } from "../../server/keys/key-input.js";
import { memoryKeyStore } from "../../server/keys/key-store.js";
import { lockKeys } from "../../server/keys/keys-lock.js";
import { createPastOutputs } from "../../server/keys/past-outputs.js";
import { repeatedName } from "../../server/keys/repeated-name.js";

const now = () => Date.parse("2026-11-20T12:00:00Z");
const engine = createCostEngine({ catalog, now });
const messages = [{ role: "user", content: "x" }];

async function world(input: KeyChanges) {
  const keys = memoryKeyStore({ now });
  const made = await keys.create({ name: "research", ...input });
  if (!made.ok) throw new Error(made.code);
  const key = made.info;
  const budgets = createKeyBudgets({ zone: "UTC", keyOf: (id) => keys.get(id), now });
  const past = createPastOutputs();
  const p95Of = (id: string, model: string) => past.p95(id, model);
  const admission = createAdmission({ engine, budgets, p95Of });
  /** A call as its body comes over the network. */
  const call = (text: string) => {
    const request = JSON.parse(text) as Record<string, unknown>;
    const model = String(request["model"]);
    return admission.admit({ key, model, request, text: () => text, api: "chat" });
  };
  return { call, past, key };
}

const budget = { limit: "0.5", window: "total" } as const;

describe("answers that were made short", () => {
  it("do not lower what is held for calls that do not limit theirs", async () => {
    const { call, past, key } = await world({ budget });
    for (let index = 0; index < 22; index++)
      past.add({ keyId: key.id, model: "gpt-4o", parameters: { max_tokens: 1 }, tokens: 1 });
    const text = JSON.stringify({ model: "gpt-4o", messages });
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(text)));
    const held = answers.flatMap((answer) => (answer.ok ? [answer.estimate?.exact ?? "0"] : []));
    expect(held).toHaveLength(12);
    expect(compareExact(sumExact(held), "0.5")).toBeLessThanOrEqual(0);
  });

  it("do not lower it either when nothing limited them", async () => {
    const { call, past, key } = await world({ budget });
    for (let index = 0; index < 200; index++)
      past.add({ keyId: key.id, model: "gpt-4o", parameters: null, tokens: 1 });
    expect(await call(JSON.stringify({ model: "gpt-4o", messages }))).toMatchObject({
      estimate: { maxTokens: 4096 },
    });
  });

  it("say nothing about another model", () => {
    const past = createPastOutputs();
    for (let index = 0; index < 30; index++)
      past.add({ keyId: "a", model: "gpt-4o", parameters: {}, tokens: 9000 });
    expect([past.p95("a", "gpt-4o"), past.p95("a", "o3")]).toEqual([9000, undefined]);
  });
});

describe("a body that servers may read in two ways", () => {
  const unclear: [what: string, text: string, param: string][] = [
    ["the model twice", '{"model":"gpt-4","model":"gpt-4o-mini","messages":[]}', "model"],
    ["the model twice, once in escapes", '{"mod\\u0065l":"gpt-4","model":"gpt-4o-mini"}', "model"],
    ["a limit twice", '{"model":"gpt-4o-mini","max_tokens":100000,"max_tokens":5}', "max_tokens"],
    ["what is said twice", '{"model":"gpt-4o-mini","messages":["long"],"messages":[]}', "messages"],
    [
      "what is said twice within a message",
      '{"model":"gpt-4o-mini","messages":[{"content":"long","content":""}]}',
      "content",
    ],
    ["a model in other letters", '{"model":"gpt-4o-mini","Model":"gpt-4","messages":[]}', "Model"],
    ["a limit in other letters", '{"model":"gpt-4o-mini","MAX_TOKENS":99999}', "MAX_TOKENS"],
    ["a list of models", '{"model":"gpt-4o-mini","models":["gpt-4"],"messages":[]}', "models"],
  ];

  it.each(unclear)("by %s is refused to a key that is held to it", async (_, text, param) => {
    for (const held of [{ budget }, { models: ["gpt-4o-mini"] }]) {
      const { call } = await world(held);
      expect(await call(text)).toMatchObject({
        ok: false,
        refusal: { status: 400, body: { error: { code: "unclear_body", param } } },
      });
    }
    expect(await (await world({})).call(text)).toMatchObject({ ok: true });
  });

  it.each<[string, unknown]>([
    ["max_tokens", "100000"],
    ["max_tokens", -1],
    ["max_tokens", 1.5],
    ["max_tokens", 2_000_000_000],
    ["max_completion_tokens", [5]],
    ["max_output_tokens", true],
    ["n", "100"],
    ["n", 2_000_000_000],
    ["best_of", {}],
  ])("by %s of %j is refused to a key with a budget", async (name, value) => {
    const text = JSON.stringify({ model: "gpt-4o", messages, [name]: value });
    expect(await (await world({ budget })).call(text)).toMatchObject({
      ok: false,
      refusal: { status: 400, body: { error: { code: "invalid_limit", param: name } } },
    });
    expect(await (await world({})).call(text)).toMatchObject({ ok: true });
  });

  it.each([
    { max_tokens: null, n: 1 },
    { max_tokens: 0 },
    { max_completion_tokens: 5, user: "model", metadata: { Model: "x", models: [1] } },
  ])("is not %j", async (more) => {
    const text = JSON.stringify({ model: "gpt-4o", messages, ...more });
    expect(await (await world({ budget })).call(text)).toMatchObject({ ok: true });
  });

  it("is none that was written from a value", () => {
    fc.assert(fc.property(fc.json(), (text) => repeatedName(JSON.stringify(JSON.parse(text))) === undefined));
  });

  it.each([
    ['{"a":{"b":1},"b":[{"b":1},{"b":"b"}],"c":"\\"a\\":"}', undefined],
    ['{"a":[1,{"b":"]}"},"a"],"a":1}', "a"],
    ['[{"x":{"\\\\":1,"\\\\":2}}]', "\\"],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ])("is found in %s: %s", (text, name) => {
    expect(repeatedName(text)).toBe(name);
  });
});

describe("an input that calls itself media", () => {
  const tokensOf = (...parts: unknown[]) =>
    estimateCall({ engine, model: "gpt-4o", api: "chat", request: { messages: parts, max_tokens: 1 } })
      .inputTokens;
  const long = "A".repeat(3_000_000);

  it.each<[string, object]>([
    ["a message of the type of an image", { type: "image_url", role: "user", content: long }],
    ["a text of the type of sound", { role: "user", content: [{ type: "input_audio", text: long }] }],
    ["sound beside its data", { type: "input_audio", input_audio: { data: "AA", text: long } }],
    ["an image beside its address", { type: "image_url", image_url: { url: "data:,", detail: long } }],
    ["an image with a message in it", { type: "image", source: { data: "AA" }, content: [{ text: long }] }],
  ])("counts as the text it is: %s", (_, part) => {
    expect(tokensOf(part)).toBeGreaterThanOrEqual(1_000_000);
  });
});

describe("a file of keys", () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "waybill-lock-"));
    onTestFinished(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  it("is one server's, and free when that has ended", async () => {
    const path = await folder();
    const file = join(path, "keys.json");
    const lock = await lockKeys(file);
    await expect(lockKeys(file)).rejects.toMatchObject({
      code: "keys-locked",
      message: expect.stringMatching(new RegExp(`process ${process.pid}.*--keys`)),
    });
    lock.release();
    const next = await lockKeys(file);
    lock.release();
    expect(existsSync(`${file}.lock`)).toBe(true);
    next.release();
    expect(await readdir(path)).toEqual([]);
  });

  it.each<[string, () => string]>([
    ["a process that is dead", () => `${spawnSync(process.execPath, ["-e", ""]).pid}\n`],
    ["an earlier process with our number", () => `${process.pid}\n`],
    ["nobody", () => ""],
    ["no number", () => "__proto__"],
  ])("that was locked by %s is taken over", async (_, text) => {
    const file = join(await folder(), "keys.json");
    await writeFile(`${file}.lock`, text());
    const lock = await lockKeys(file);
    expect(await readFile(`${file}.lock`, "utf8")).toBe(`${process.pid}\n`);
    lock.release();
  });

  it("that a living process has is left to it", async () => {
    const file = join(await folder(), "keys.json");
    await writeFile(`${file}.lock`, `${process.ppid}\n`);
    await expect(lockKeys(file)).rejects.toMatchObject({ code: "keys-locked" });
  });

  it("goes to one of many that ask at once, also when the one before is dead", async () => {
    const path = await folder();
    const file = join(path, "keys.json");
    await writeFile(`${file}.lock`, "999999999\n");
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockKeys(file)));
    const got = asked.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    expect(got).toHaveLength(1);
    got[0]?.release();
    expect(await readdir(path)).toEqual([]);
  });

  it("where nothing can be written is refused with the path", async () => {
    const path = await folder();
    await writeFile(join(path, "file"), "");
    await expect(lockKeys(join(path, "file", "keys.json"))).rejects.toMatchObject({ code: "keys-io" });
  });
});
