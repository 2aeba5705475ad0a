import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isUsable } from "../../server/keys/key-record.js";
import { memoryKeyStore, openKeyStore, type KeyStore, type NewKey } from "../../server/keys/key-store.js";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "waybill-keys-"));
});
afterAll(() => rm(root, { recursive: true }));

let folders = 0;
const freshPath = () => join(root, `${folders++}`, "keys.json");
const now = () => Date.parse("2026-11-20T12:00:00Z");

async function made(store: KeyStore, input: object = { name: "docs-bot" }): Promise<NewKey> {
  const key = await store.create(input);
  if (!key.ok) throw new Error(JSON.stringify(key));
  return key;
}

describe("a key", () => {
  it("is 32 random bytes that are shown once, and only its HMAC is kept", async () => {
    const path = freshPath();
    const store = await openKeyStore(path, { now });
    const { key, info } = await made(store);
    expect(key).toMatch(/^wb-[\w-]{43}$/);
    expect(info).toEqual({
      id: expect.stringMatching(/^key_[0-9a-f]{16}$/),
      name: "docs-bot",
      lastFour: key.slice(-4),
      scopes: ["proxy"],
      budget: null,
      models: null,
      disabled: false,
      createdAt: "2026-11-20T12:00:00.000Z",
      expiresAt: null,
      rotatedAt: null,
    });
    const text = await readFile(path, "utf8");
    expect(text).not.toContain(key.slice(3));
    expect(JSON.stringify(store.list())).not.toContain("hmac");
  });

  it("is found by its text, also after a start, and by nothing else", async () => {
    const path = freshPath();
    const { key, info } = await made(await openKeyStore(path));
    const store = await openKeyStore(path);
    expect(store.find(key)).toEqual(info);
    for (const wrong of [
      `${key}x`,
      key.slice(0, -1),
      key.toUpperCase(),
      "",
      "wb-",
      info.id,
      "\ud800",
      key + "a".repeat(1e6),
    ])
      expect(store.find(wrong)).toBeUndefined();
  });

  it("is another one to another installation", async () => {
    const { key } = await made(memoryKeyStore());
    const other = memoryKeyStore();
    await made(other);
    expect(other.find(key)).toBeUndefined();
  });

  it("that is rotated has a new text and all else as before", async () => {
    const store = await openKeyStore(freshPath(), { now });
    const old = await made(store, { name: "a", budget: { limit: "1.50", window: "day" } });
    const rotated = await store.rotate(old.info.id);
    if (!rotated.ok) throw new Error("not rotated");
    expect(store.find(old.key)).toBeUndefined();
    expect(store.find(rotated.key)).toMatchObject({
      id: old.info.id,
      budget: { limit: "1.50", window: "day" },
      rotatedAt: "2026-11-20T12:00:00.000Z",
    });
  });

  it("that is disabled or expired is not usable, and one that is removed is gone", async () => {
    const store = memoryKeyStore({ now });
    const { key, info } = await made(store, { name: "a", expiresAt: "2026-11-20T13:00:00+00:30" });
    expect(isUsable(info, now())).toBe(true);
    expect(isUsable(info, now() + 1_800_000)).toBe(false);
    await store.disable(info.id);
    expect(store.find(key)).toMatchObject({ disabled: true });
    expect(isUsable(store.get(info.id) ?? info, now())).toBe(false);
    expect(await store.remove(info.id)).toMatchObject({ ok: true });
    expect([store.find(key), store.get(info.id), store.size]).toEqual([undefined, undefined, 0]);
  });

  it("cannot be changed by who reads it", async () => {
    const store = memoryKeyStore();
    const { info } = await made(store, { name: "a", budget: { limit: "1", window: "day" } });
    expect(() => Object.assign(info.budget ?? {}, { limit: "1000" })).toThrow(TypeError);
    expect(() => info.scopes.push("admin")).toThrow(TypeError);
  });
});

describe("input", () => {
  it.each<[string, unknown, string]>([
    ["no object", "x", ""],
    ["a list", [], ""],
    ["no name", {}, "name"],
    ["an empty name", { name: "  " }, "name"],
    ["a name of two lines", { name: "a\nb" }, "name"],
    ["a name that hides itself", { name: "a\u202eb" }, "name"],
    ["a long name", { name: "a".repeat(65) }, "name"],
    ["a member that there is not", { name: "a", id: "key_1" }, "id"],
    ["the HMAC", { name: "a", hmac: "0".repeat(64) }, "hmac"],
    ["a prototype", JSON.parse('{"name":"a","__proto__":{"disabled":true}}'), "__proto__"],
    ["no scope", { name: "a", scopes: [] }, "scopes"],
    ["a scope that there is not", { name: "a", scopes: ["root"] }, "scopes"],
    ["a budget as a number", { name: "a", budget: 5 }, "budget"],
    ["a limit as a number", { name: "a", budget: { limit: 5, window: "day" } }, "budget"],
    ["a limit below nothing", { name: "a", budget: { limit: "-5", window: "day" } }, "budget"],
    ["a limit with an exponent", { name: "a", budget: { limit: "1e999", window: "day" } }, "budget"],
    ["a window that there is not", { name: "a", budget: { limit: "5", window: "week" } }, "budget"],
    ["models that are no list", { name: "a", models: "gpt-4o" }, "models"],
    ["a day as a moment", { name: "a", expiresAt: "2026-11-20" }, "expiresAt"],
    ["a moment that there is not", { name: "a", expiresAt: "2026-13-20T00:00:00Z" }, "expiresAt"],
    ["half a truth", { name: "a", disabled: "no" }, "disabled"],
  ])("with %s is refused by its member", async (_, input, field) => {
    const store = memoryKeyStore();
    expect(await store.create(input)).toMatchObject({ ok: false, code: "bad-input", field });
    expect(store.size).toBe(0);
  });

  it("changes what it names, and null takes a budget away", async () => {
    const store = memoryKeyStore();
    const { info } = await made(store, {
      name: "a",
      budget: { limit: "0", window: "month" },
      models: ["m", "m"],
    });
    expect(info).toMatchObject({ budget: { limit: "0", window: "month" }, models: ["m"] });
    const changed = await store.update(info.id, { budget: null, scopes: ["admin", "read", "read"] });
    expect(changed).toMatchObject({
      ok: true,
      info: { name: "a", budget: null, models: ["m"], scopes: ["read", "admin"] },
    });
  });

  it("must not give two keys one name", async () => {
    const store = memoryKeyStore();
    const [, b] = [await made(store, { name: "a" }), await made(store, { name: "b" })];
    expect(await store.create({ name: "a" })).toMatchObject({ code: "name-taken" });
    expect(await store.update(b.info.id, { name: "a" })).toMatchObject({ code: "name-taken" });
    expect(await store.update(b.info.id, { name: "b" })).toMatchObject({ ok: true });
  });

  it.each<[string, (store: KeyStore) => Promise<unknown>]>([
    ["update", (store) => store.update("key_0", { name: "x" })],
    ["rotate", (store) => store.rotate("key_0")],
    ["disable", (store) => store.disable("__proto__")],
    ["remove", (store) => store.remove("key_0")],
  ])("%s of a key that there is not says so", async (_, change) => {
    expect(await change(memoryKeyStore())).toMatchObject({ ok: false, code: "unknown-key" });
  });
});

describe("the file", () => {
  it("and its secret are readable for their owner alone, and nothing is left beside them", async () => {
    const path = freshPath();
    await made(await openKeyStore(path));
    for (const file of [path, `${path}.secret`]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(join(path, ".."))).toSorted()).toEqual(["keys.json", "keys.json.secret"]);
  });

  it("keeps every key of many that are made at once", async () => {
    const path = freshPath();
    const store = await openKeyStore(path);
    await Promise.all(Array.from({ length: 20 }, (_, index) => made(store, { name: `key ${index}` })));
    expect((await openKeyStore(path)).size).toBe(20);
  });

  it("gets its secret closed to others when it lay open", async () => {
    const path = freshPath();
    await made(await openKeyStore(path));
    await chmod(`${path}.secret`, 0o644);
    await openKeyStore(path);
    expect((await stat(`${path}.secret`)).mode & 0o777).toBe(0o600);
  });

  const record = {
    id: "key_0123456789abcdef",
    name: "a",
    lastFour: "abcd",
    hmac: "0".repeat(64),
    scopes: ["proxy"],
    budget: null,
    models: null,
    disabled: false,
    createdAt: "2026-11-20T12:00:00.000Z",
    expiresAt: null,
    rotatedAt: null,
  };
  const fileOf = (...keys: object[]) => JSON.stringify({ version: 1, keys });

  it.each<[string, string]>([
    ["nothing in it", ""],
    ["half of itself", fileOf(record).slice(0, 40)],
    ["another document", '{"hello":1}'],
    ["a later version", '{"version":2,"keys":[]}'],
    ["a key without its HMAC", fileOf({ ...record, hmac: undefined })],
    ["a member too many", fileOf({ ...record, key: "wb-1" })],
    ["a key twice", fileOf(record, { ...record, name: "b", hmac: "1".repeat(64) })],
    ["a budget that is no amount", fileOf({ ...record, budget: { limit: "1e9", window: "day" } })],
    ["a prototype", '{"version":1,"keys":[],"__proto__":{}}'],
    ["nesting without end", "[".repeat(100_000)],
  ])("with %s is refused, and is not written over", async (_, text) => {
    const path = freshPath();
    await openKeyStore(path).then((store) => made(store));
    await writeFile(path, text);
    await expect(openKeyStore(path)).rejects.toMatchObject({
      code: "keys-damaged",
      message: expect.stringContaining(path),
    });
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("with keys is refused without its secret, or with another text in it", async () => {
    const path = freshPath();
    await made(await openKeyStore(path));
    await writeFile(`${path}.secret`, "secret");
    await expect(openKeyStore(path)).rejects.toMatchObject({ code: "keys-damaged" });
    await rm(`${path}.secret`);
    await expect(openKeyStore(path)).rejects.toMatchObject({ code: "keys-secret-missing" });
    expect(await readdir(join(path, ".."))).toEqual(["keys.json"]);
  });

  it("that somebody else has changed is not written over", async () => {
    const path = freshPath();
    const store = await openKeyStore(path);
    await made(store);
    const other = await openKeyStore(path);
    const theirs = await made(other, { name: "theirs" });
    expect(await store.create({ name: "mine" })).toMatchObject({ ok: false, code: "changed-by-others" });
    expect(store.size).toBe(1);
    expect((await openKeyStore(path)).find(theirs.key)).toMatchObject({ name: "theirs" });
  });

  it("that cannot be written leaves everything as it was", async () => {
    const path = freshPath();
    const store = await openKeyStore(path);
    const { key } = await made(store);
    // Nobody, not even the superuser, can write where a folder was and is no more and a file is.
    await rm(join(path, ".."), { recursive: true });
    await writeFile(join(path, ".."), "");
    expect(await store.create({ name: "b" })).toMatchObject({ ok: false });
    expect([store.size, store.find(key)?.name]).toEqual([1, "docs-bot"]);
  });

  it("that is a folder is an error that names it", async () => {
    await expect(openKeyStore(root)).rejects.toMatchObject({
      code: "keys-io",
      message: expect.stringContaining(root),
    });
  });
});
