import { mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { openRecordingStore, prune, type PruneOptions } from "../src/node.js";
import { filesIn, fill, temporaryFolder, temporaryRepository, textWith } from "./store-folder.js";

const base = "tests/integration/common/recordings";
const own = "tests/x/recordings";
const testId = "tests/x/test_x.py::t";

function repository(): { root: string; base: string } {
  const repo = temporaryRepository();
  fill(repo.root, {
    [`${base}/a.json`]: textWith("a"),
    [`${base}/b.json`]: textWith("b"),
    [`${own}/a.json`]: textWith("own a"),
    [`${own}/c.json`]: textWith("c"),
    [`${own}/settings.json`]: "{}",
    [`${own}/README.md`]: "",
  });
  return repo;
}

describe("prune", () => {
  it("tells what a run did not use, and removes it when it is asked to", async () => {
    const repo = repository();
    const store = openRecordingStore(repo.base);
    await store.find("a.json", testId);
    await store.find("b.json", testId);
    const planned = await prune(store);
    expect(planned).toMatchObject({
      kept: 2,
      files: [
        { file: "a.json", reason: "unused", removed: false, bytes: textWith("a").length },
        { file: `${own}/c.json`, reason: "unused", removed: false },
      ],
    });
    expect(filesIn(repo.root)).toHaveLength(6);
    const { files } = await prune(repo.base, { used: store.used, write: true });
    expect(files.map(({ file, removed }) => [file, removed])).toEqual([
      ["a.json", true],
      [`${own}/c.json`, true],
    ]);
    expect(filesIn(repo.root)).toEqual([
      `${base}/b.json`,
      `${own}/README.md`,
      `${own}/a.json`,
      `${own}/settings.json`,
    ]);
  });

  it("asks the files when they were used last, also by other processes", async () => {
    const dir = temporaryFolder();
    fill(dir, { "a.json": textWith("a"), "b.json": textWith("b"), "c.json": textWith("c") });
    symlinkSync("c.json", join(dir, "d.json"));
    for (const name of ["a.json", "b.json", "c.json"]) utimesSync(join(dir, name), 1000, 1000);
    const usedSince = new Date();
    const store = openRecordingStore(dir, { markUse: true });
    await store.find("a.json", null);
    await store.find("d.json", null);
    const { files, kept } = await prune(dir, {
      usedSince: new Date(usedSince.getTime() - 1000),
      write: true,
    });
    expect(files.map(({ file }) => file)).toEqual(["b.json"]);
    expect(kept).toBe(3);
    expect(filesIn(dir)).toEqual(["a.json", "c.json", "d.json"]);
  });

  it("does not remove everything", async () => {
    const repo = repository();
    const refused = { code: "nothing-used" };
    await expect(prune(openRecordingStore(repo.base), { write: true })).rejects.toMatchObject(refused);
    await expect(prune(repo.base, { used: new Set(["x.json"]), write: true })).rejects.toMatchObject(refused);
    expect(filesIn(repo.root)).toHaveLength(6);
  });

  it("leaves recordings alone in a folder of which it is not told what was used", async () => {
    const repo = repository();
    expect(await prune(repo.base, { root: repo.root, write: true })).toEqual({ kept: 5, files: [] });
    expect(filesIn(repo.root)).toHaveLength(6);
  });

  it("removes a file with a hash for a name also when it is broken", async () => {
    const dir = temporaryFolder();
    fill(dir, { "0123456789ab.json": "{", "x.json": "{", "a.json": textWith("a") });
    const { files } = await prune(dir, { used: new Set(["a.json"]), write: true });
    expect(files.map(({ file }) => file)).toEqual(["0123456789ab.json"]);
  });

  it.each([
    ["below the opened folder", {}, ["a.json"]],
    [
      "of tests that the run used",
      { used: new Set([`${own}/a.json`, "b.json"]) },
      ["a.json", `${own}/c.json`],
    ],
  ])("only looks at folders %s while nobody names the root", async (_, options, unused) => {
    const repo = repository();
    const neighbour = "tests/unit/recordings/z.json";
    fill(repo.root, { [neighbour]: textWith("z") });
    const { files } = await prune(repo.base, { used: new Set(["b.json"]), ...options, write: true });
    expect(files.map(({ file }) => file)).toEqual(unused);
    expect(filesIn(repo.root)).toContain(neighbour);
    const all = await prune(repo.base, { used: new Set(["b.json"]), root: repo.root });
    expect(all.files.map(({ file }) => file)).toContain(neighbour);
  });

  it.each<[string, unknown, PruneOptions]>([
    ["an empty folder", "", {}],
    ["an empty root", "base", { root: "" }],
    ["an unknown layout", "base", { layout: "Flat" as "flat" }],
    ["a root for a store, which has its own", "store", { root: "/" }],
    ["a layout for a store", "store", { layout: "flat" }],
    ["a list of what was used", "base", { used: ["a.json"] as never }],
    ["a time that is none", "base", { usedSince: new Date(Number.NaN) }],
    ["a time that is text", "base", { usedSince: "2026-01-01" as never }],
    ["a text for write", "base", { used: new Set(["a.json"]), write: "false" as never }],
  ])("refuses %s, and removes nothing", async (_, what, options) => {
    const repo = repository();
    const store = what === "base" ? repo.base : what === "store" ? openRecordingStore(repo.base) : "";
    await expect(prune(store, { write: true, ...options })).rejects.toMatchObject({ code: "bad-option" });
    expect(filesIn(repo.root)).toHaveLength(6);
  });

  it("does not enter a folder for a name that is not in it", async () => {
    const repo = repository();
    const used = new Set(["a.json", `${own}/gone.json`]);
    const { files } = await prune(repo.base, { used, write: true });
    expect(files.map(({ file }) => file)).toEqual(["b.json"]);
  });

  it("does not leave the folder by a link", async () => {
    const repo = repository();
    mkdirSync(join(repo.root, "far/recordings"), { recursive: true });
    fill(repo.root, { "far/recordings/z.json": textWith("z") });
    const dir = join(repo.root, "tests/integration/linked");
    mkdirSync(dir);
    symlinkSync(join(repo.root, "far/recordings"), join(dir, "recordings"));
    const pruned = prune(dir, { used: new Set(["a.json"]), write: true });
    await expect(pruned).rejects.toMatchObject({ code: "outside-root" });
    expect(filesIn(repo.root)).toContain("far/recordings/z.json");
  });

  it("knows a hash by whatever path the store was opened that used it", async () => {
    const repo = temporaryRepository();
    const [used, unused] = [`${"ab".repeat(32)}.json`, `${"cd".repeat(32)}.json`];
    fill(repo.root, {
      [`${base}/${used}`]: textWith("a"),
      [`${base}/${unused}`]: textWith("b"),
      [`${own}/${unused}`]: textWith("c"),
    });
    const store = openRecordingStore(repo.base);
    await store.find(used, null);
    const { files, kept } = await prune(join(repo.root, "tests"), { used: store.used });
    expect(kept).toBe(1);
    expect(files.map(({ file }) => file)).toEqual([
      `integration/common/recordings/${unused}`,
      `x/recordings/${unused}`,
    ]);
  });

  it("has nothing to do in an empty folder", async () => {
    expect(await prune(temporaryFolder(), { used: new Set(), write: true })).toEqual({ kept: 0, files: [] });
  });
});
