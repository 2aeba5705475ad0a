import { describe, expect, it } from "vitest";

import { memoryStore, readRecording, requestHash, writeRecording } from "../src/index.js";
import { openRecordingStore, rehash } from "../src/node.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles, versionsInIndex } from "./corpus.js";
import {
  filesIn,
  fill,
  nameOf,
  recordingOf,
  temporaryFolder,
  temporaryRepository,
  textOf,
} from "./store-folder.js";

const test = "t/x.py::t";
const textFor = (testId: string | null, question: string) =>
  writeRecording(recordingOf(testId, "", { question }));

describe("rehash", () => {
  it("tells what each file would be called, and renames it when it is asked to", async () => {
    const { root, base } = temporaryRepository();
    const [old, current] = [await nameOf(test, "1.23456789", 2), await nameOf(test, "1.23456789")];
    const fine = await nameOf(test, "fine");
    fill(root, {
      [`t/recordings/${old}`]: textFor(test, "1.23456789"),
      [`t/recordings/${fine}`]: textFor(test, "fine"),
      "tests/integration/common/recordings/broken.json": "{",
    });
    const before = filesIn(root);
    const planned = await rehash(base, { root });
    expect(planned).toMatchObject({
      checked: 2,
      renames: [{ folder: "t/recordings", from: old, to: current, outcome: "planned" }],
      problems: [{ fileName: "broken.json" }],
    });
    expect(filesIn(root)).toEqual(before);
    const { renames } = await rehash(openRecordingStore(base, { root }), { write: true });
    expect(renames).toEqual([{ folder: "t/recordings", from: old, to: current, outcome: "renamed" }]);
    expect(filesIn(root)).toEqual(before.map((name) => name.replace(old, current)).toSorted());
    expect(textOf(root, "t/recordings", current)).toBe(textFor(test, "1.23456789"));
    expect(await rehash(base, { root, write: true })).toMatchObject({ renames: [] });
  });

  it("never puts a file in the place of another", async () => {
    const dir = temporaryFolder();
    const name = await nameOf(test, "q");
    fill(dir, {
      "a.json": textFor(test, "q"),
      "b.json": textFor(test, "q"),
      [await nameOf(test, "r")]: "{",
      "c.json": textFor(test, "r"),
    });
    const texts = filesIn(dir).map((file) => textOf(dir, file));
    const blocked = { outcome: "blocked", reason: expect.stringContaining("there already") as string };
    const expected = [
      { from: "a.json", to: name },
      { from: "b.json", to: name, ...blocked },
      { from: "c.json", ...blocked },
    ];
    expect((await rehash(dir)).renames).toMatchObject(expected);
    expect((await rehash(dir, { write: true })).renames).toMatchObject(expected);
    expect(filesIn(dir)).toEqual([await nameOf(test, "r"), name, "b.json", "c.json"].toSorted());
    expect(
      filesIn(dir)
        .map((file) => textOf(dir, file))
        .toSorted(),
    ).toEqual(texts.toSorted());
  });

  it("makes room in the right order, and leaves two that have each other's names", async () => {
    const [first, second] = [await nameOf(test, "1"), await nameOf(test, "2")];
    const chain = temporaryFolder();
    fill(chain, { "x.json": textFor(test, "1"), [first]: textFor(test, "2") });
    expect((await rehash(chain, { write: true })).renames.map(({ outcome }) => outcome)).toEqual([
      "renamed",
      "renamed",
    ]);
    expect(textOf(chain, first)).toBe(textFor(test, "1"));
    expect(textOf(chain, second)).toBe(textFor(test, "2"));
    const cycle = temporaryFolder();
    fill(cycle, { [second]: textFor(test, "1"), [first]: textFor(test, "2") });
    expect((await rehash(cycle, { write: true })).renames.map(({ outcome }) => outcome)).toEqual([
      "blocked",
      "blocked",
    ]);
  });

  it("keeps a name of version 1 under which every test finds a recording", async () => {
    const dir = temporaryFolder();
    const [old, owned] = [await nameOf(null, "q", 1), await nameOf(test, "r", 1)];
    fill(dir, { [old]: textFor(null, "q"), [owned]: textFor(test, "r") });
    const { renames } = await rehash(dir, { write: true });
    expect(renames.find(({ from }) => from === old)).toMatchObject({ outcome: "kept" });
    expect(renames.find(({ from }) => from === owned)).toMatchObject({ outcome: "renamed" });
    expect(filesIn(dir)).toContain(old);
  });

  it("tells about a store of any kind, and renames only files", async () => {
    const store = memoryStore([{ fileName: "x.json", recording: recordingOf(null, "") }]);
    expect((await rehash(store)).renames).toMatchObject([
      { from: "x.json", to: await nameOf(null), outcome: "planned" },
    ]);
    await expect(rehash(store, { write: true })).rejects.toMatchObject({ code: "unsupported" });
  });

  it("gives the seeds the names of their requests", async () => {
    const dir = temporaryFolder();
    fill(dir, Object.fromEntries(seedFiles.map(({ name, text }) => [name, text])));
    await rehash(dir, { write: true });
    expect(filesIn(dir)).toEqual([
      "cc0156eadb588e2cdfb9d4d0db0355b6a1d6c57e467f136f45586b73bf95766d.json",
      "cd222f01d7ea1ac366a7047fec375e23501333a7e1173fc346f4eae530f6d3ee.json",
    ]);
    const { test_id: testId, request } = readRecording(textOf(dir, filesIn(dir)[0] ?? ""));
    const hash = await requestHash({ url: request.url ?? "", body: request.body, testId });
    expect(await openRecordingStore(dir).find(`${hash}.json`, testId ?? null)).toBeDefined();
  });

  it.skipIf(!hasCorpus)(`renames in the sample what older versions named${corpusNote}`, async () => {
    const dir = temporaryFolder();
    fill(dir, Object.fromEntries(corpusFiles.map(({ name, text }) => [name, text])));
    const { renames } = await rehash(dir, { write: true });
    const versions = versionsInIndex();
    const stale = corpusFiles.filter(({ name }) => {
      const known = versions.get(name.replace("models-", "").slice(0, 12)) ?? "";
      return !/v7|HTTP|tool/.test(known);
    });
    expect(renames.map(({ from }) => from).toSorted()).toEqual(stale.map(({ name }) => name).toSorted());
    expect(filesIn(dir)).toHaveLength(corpusFiles.length);
  });
});
