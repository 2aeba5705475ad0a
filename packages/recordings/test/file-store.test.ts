import { chmodSync, linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { readRecording, recordingChunks, writeRecording } from "../src/index.js";
import { openRecordingStore, type StoreProblem } from "../src/node.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles } from "./corpus.js";
import {
  all,
  answerOf,
  filesIn,
  fill,
  recordingOf,
  temporaryFolder,
  temporaryRepository,
  textOf,
  textWith,
} from "./store-folder.js";

// To count what is opened, and to have a disk that fails.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<{ open: typeof open }>();
  return { ...real, open: vi.fn<typeof open>(real.open) };
});

beforeEach(() => {
  vi.mocked(open).mockClear();
});

const testId = "tests/integration/responses/test_x.py::test_one[a]";
const ownFolder = "tests/integration/responses/recordings";
const baseFolder = "tests/integration/common/recordings";
const isRoot = process.geteuid?.() === 0;

/** Runs as a user who owns nothing: no permission binds root. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (!isRoot) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

function failOnce(code: string): void {
  vi.mocked(open).mockRejectedValueOnce(Object.assign(new Error(code), { code }));
}

describe("openRecordingStore, laid out by tests", () => {
  it("keeps a test's recordings beside the test, and others in the base folder", async () => {
    const { root, base } = temporaryRepository();
    const store = openRecordingStore(base, { layout: "tests" });
    await store.put("a.json", testId, recordingOf(testId, "own"));
    await store.put("a.json", null, recordingOf(null, "base"));
    expect(filesIn(root)).toEqual([`${baseFolder}/a.json`, `${ownFolder}/a.json`]);
    expect(textOf(root, ownFolder, "a.json")).toBe(writeRecording(recordingOf(testId, "own")));
    expect(await store.find("a.json", testId)).toMatchObject({ folder: ownFolder, fileName: "a.json" });
    expect(answerOf(await store.find("a.json", testId))).toBe("own");
    expect(answerOf(await store.find("a.json", "tests/other/test_y.py::t"))).toBe("base");
    expect(await store.find("a.json", null)).toMatchObject({ folder: "" });
    expect(await store.find("b.json", testId)).toBeUndefined();
  });

  it("begins at the working directory for a relative base folder", async () => {
    const { root, base } = temporaryRepository();
    fill(root, { [`${ownFolder}/a.json`]: textWith("own"), [`${baseFolder}/b.json`]: textWith("base") });
    const before = process.cwd();
    process.chdir(root);
    const store = openRecordingStore("tests/integration/common");
    process.chdir(before);
    expect(answerOf(await store.find("a.json", testId))).toBe("own");
    expect(answerOf(await store.find("b.json", testId))).toBe("base");
    expect(answerOf(await openRecordingStore(base).find("a.json", testId))).toBe("own");
  });

  it("begins where it is told to", async () => {
    const root = temporaryFolder();
    for (const given of [root, pathToFileURL(root)]) {
      const store = openRecordingStore(join(root, "fixtures"), { root: given, layout: "tests" });
      await store.put("a.json", "src/x.test.ts::works", recordingOf(null, ""));
      await store.put("a.json", null, recordingOf(null, ""));
    }
    expect(filesIn(root)).toEqual(["fixtures/recordings/a.json", "src/recordings/a.json"]);
  });

  it("asks for the root of a repository that cannot be told", async () => {
    const base = temporaryFolder();
    const store = openRecordingStore(base, { layout: "tests" });
    await expect(store.put("a.json", testId, recordingOf(null, ""))).rejects.toMatchObject({
      code: "no-root",
      message: expect.stringContaining("option root") as string,
    });
    expect(await store.find("a.json", testId)).toBeUndefined();
    await store.put("a.json", null, recordingOf(null, "base"));
    expect(answerOf(await store.find("a.json", testId))).toBe("base");
  });

  it("lists the base folder, then those of tests wherever they are, and no others", async () => {
    const { root, base } = temporaryRepository();
    const hidden = [".git/recordings/x.json", "node_modules/m/recordings/x.json", "tests/x.json"];
    const ignored = ["tests/recordings/.x.json", "tests/recordings/x.txt", "tests/recordings/sub/x.json"];
    const found = [
      `${baseFolder}/b.json`,
      `${baseFolder}/c.json`,
      "a/recordings/a.json",
      `${ownFolder}/a.json`,
      "tests/recordings/recordings/a.json",
    ];
    fill(root, Object.fromEntries([...hidden, ...ignored, ...found].map((path) => [path, textWith(path)])));
    const listed = await all(openRecordingStore(base).list());
    expect(listed.map(answerOf)).toEqual(found);
    expect(listed.map(({ folder }) => folder)).toEqual([
      "",
      "",
      "a/recordings",
      ownFolder,
      "tests/recordings/recordings",
    ]);
  });

  it("gives all model lists of a request, the test's before the base folder's, each once", async () => {
    const { root, base } = temporaryRepository();
    const hash = "ab".repeat(32);
    const names = [
      `${baseFolder}/models-${hash}-00000001.json`,
      `${ownFolder}/models-${hash}-00000003.json`,
      `${ownFolder}/models-${hash}-00000002.json`,
      `${ownFolder}/models-${"cd".repeat(32)}-00000004.json`,
      `${ownFolder}/${hash}.json`,
    ];
    fill(root, Object.fromEntries(names.map((name) => [name, textWith(name)])));
    const store = openRecordingStore(base);
    const lists = await store.findModelLists(hash, testId);
    expect(lists.map(answerOf)).toEqual([names[2], names[1], names[0]]);
    expect(await store.findModelLists(hash, "tests/integration/common/test_x.py::t")).toHaveLength(1);
    expect(await store.findModelLists(hash, "nowhere/test_x.py::t")).toHaveLength(1);
    expect(await store.findModelLists("", null)).toEqual([]);
  });

  it("knows what was used", async () => {
    const { root, base } = temporaryRepository();
    fill(root, { [`${ownFolder}/a.json`]: textWith(""), [`${baseFolder}/b.json`]: textWith("") });
    const store = openRecordingStore(base);
    await store.find("a.json", testId);
    await store.find("none.json", testId);
    await all(store.list());
    expect([...store.used]).toEqual([`${ownFolder}/a.json`]);
    await store.find("b.json", testId);
    await store.put("c.json", null, recordingOf(null, ""));
    expect([...store.used]).toEqual([`${ownFolder}/a.json`, "b.json", "c.json"]);
  });
});

describe("openRecordingStore, by what is there", () => {
  it.each([
    ["a folder `recordings`", { "base/recordings/a.json": "own" }, "base", "tests"],
    [
      "a folder `recordings` beside JSON files",
      { "base/recordings/a.json": "own", "base/a.json": "no" },
      "base",
      "tests",
    ],
    ["JSON files", { "base/a.json": "own" }, "base", "flat"],
    ["a package", { "base/package.json": "{}", "base/recordings/a.json": "own" }, "base", "tests"],
    ["a folder that is called `recordings`", { "recordings/x.txt": "" }, "recordings", "flat"],
    ["nothing", {}, "a/b/c", "tests"],
  ])("takes %s for what it is", async (_, files: Record<string, string>, dir, layout) => {
    const root = temporaryFolder();
    fill(
      root,
      Object.fromEntries(
        Object.entries(files).map(([path, answer]) => [path, answer === "own" ? textWith("own") : answer]),
      ),
    );
    const store = openRecordingStore(join(root, dir), layout === "tests" ? { root } : {});
    const there = Object.values(files).includes("own") ? "own" : undefined;
    expect(answerOf(await store.find("a.json", "t/x.py::t"))).toBe(there);
    await store.put("new.json", "t/x.py::t", recordingOf(null, ""));
    expect(filesIn(root)).toContain(layout === "tests" ? "t/recordings/new.json" : `${dir}/new.json`);
  });

  it("keeps everything in a new folder that lies in no repository", async () => {
    const dir = temporaryFolder();
    await openRecordingStore(dir).put("a.json", testId, recordingOf(null, ""));
    await openRecordingStore(pathToFileURL(dir)).put("b.json", null, recordingOf(null, ""));
    expect(filesIn(dir)).toEqual(["a.json", "b.json"]);
  });

  it("makes nothing before something is kept", async () => {
    const { root, base } = temporaryRepository();
    const store = openRecordingStore(join(base, "new"));
    expect(await store.find("a.json", testId)).toBeUndefined();
    expect(await store.findModelLists("a", testId)).toEqual([]);
    expect(await all(store.list())).toEqual([]);
    expect(filesIn(root)).toEqual([]);
  });

  it.skipIf(!hasCorpus)(`opens the sample${corpusNote}`, async () => {
    const dir = temporaryFolder();
    fill(dir, Object.fromEntries(corpusFiles.map(({ name, text }) => [name, text])));
    const store = openRecordingStore(dir);
    const listed = await all(store.list());
    expect(listed.map(({ fileName }) => fileName)).toEqual(corpusFiles.map(({ name }) => name).toSorted());
    for (const { fileName, recording } of listed) {
      await store.put(fileName, recording.test_id ?? null, recording);
      const again = await store.find(fileName, recording.test_id ?? null);
      expect(again && recordingChunks(again.recording)).toEqual(recordingChunks(recording));
    }
    for (const { name, text } of corpusFiles) expect(textOf(dir, name)).toBe(text);
  });
});

describe("a folder of many files", () => {
  it("is not read for finding one", async () => {
    const dir = temporaryFolder();
    const text = textWith("x");
    const name = (index: number) => `${index.toString(16).padStart(64, "0")}.json`;
    writeFileSync(join(dir, name(0)), text);
    for (let index = 1; index < 10_000; index++) linkSync(join(dir, name(0)), join(dir, name(index)));
    const hash = "ab".repeat(32);
    fill(dir, { [`models-${hash}-00000001.json`]: text, [`models-${hash}-00000002.json`]: text });
    const store = openRecordingStore(dir);
    expect(open).not.toHaveBeenCalled();
    await store.find(name(5000), null);
    expect(open).toHaveBeenCalledTimes(1);
    await store.findModelLists(hash, null);
    expect(open).toHaveBeenCalledTimes(3);
    const walk = store.list()[Symbol.asyncIterator]();
    for (let index = 0; index < 10; index++) await walk.next();
    expect(open).toHaveBeenCalledTimes(13);
    const found = await Promise.all(
      Array.from({ length: 2000 }, async (_, index) => store.find(name(index), null)),
    );
    expect(found.every((stored) => answerOf(stored) === "x")).toBe(true);
  });
});

describe("a file that cannot be read", () => {
  const whole = seedFiles[0]?.text ?? "";

  it.each<[string, string | Buffer, RegExp, object]>([
    [
      "that is cut off",
      whole.slice(0, 5000),
      /a\.json is .*cut off \(line \d+, column \d+, byte 5000\)/,
      { code: "truncated" },
    ],
    ["that is empty", "", /a\.json is .*byte 0/, { code: "truncated" }],
    ["that is no recording", '{"request":{},"response":{}}', /\/response\/body/, { path: "/response/body" }],
    [
      "that is no UTF-8",
      Buffer.from('{"a":"\u00e9"}', "latin1"),
      /a\.json is not UTF-8 \(byte 6\)/,
      { code: "encoding" },
    ],
    [
      "of which the last byte is missing",
      Buffer.from('{"a":"\ufffd\u00e9').subarray(0, -1),
      /\(byte 9\)/,
      { code: "encoding" },
    ],
  ])("names a file %s, and the place", async (_, text, message, issue) => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, "a.json"), text);
    const error: unknown = await openRecordingStore(dir)
      .find("a.json", null)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "RecordingStoreError",
      code: "invalid-file",
      file: join(dir, "a.json"),
      issues: [issue],
      message: expect.stringMatching(message) as string,
    });
  });

  it("stops a list, unless somebody takes it as a problem", async () => {
    const { root, base } = temporaryRepository();
    fill(root, {
      [`${baseFolder}/a.json`]: textWith("a"),
      [`${baseFolder}/b.json`]: "{",
      [`${baseFolder}/c.json`]: textWith("c"),
      [`${ownFolder}/d.json`]: "",
      [`${ownFolder}/e.json`]: textWith("e"),
    });
    await expect(all(openRecordingStore(base).list())).rejects.toThrow("b.json");
    const problems: StoreProblem[] = [];
    const onProblem = (problem: StoreProblem) => problems.push(problem);
    const listed = await all(openRecordingStore(base, { onProblem }).list());
    expect(listed.map(answerOf)).toEqual(["a", "c", "e"]);
    expect(problems).toMatchObject([
      { folder: "", fileName: "b.json", error: { code: "invalid-file" } },
      { folder: ownFolder, fileName: "d.json", error: { code: "invalid-file" } },
    ]);
    const onlyHere: StoreProblem[] = [];
    await all(openRecordingStore(base).list({ onProblem: (problem) => onlyHere.push(problem) }));
    expect(onlyHere).toHaveLength(2);
  });

  it("is no file", async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, "a.json"));
    const store = openRecordingStore(dir);
    await expect(store.find("a.json", null)).rejects.toMatchObject({ code: "not-a-file" });
    await expect(store.put("a.json", null, recordingOf(null, ""))).rejects.toMatchObject({
      code: "not-a-file",
    });
    expect(filesIn(dir)).toEqual([]);
  });

  it.each([
    ["EROFS", "read-only", /read-only.*replay/],
    ["EACCES", "no-permission", /user access/],
    ["EPERM", "no-permission", /user access/],
    ["ENOSPC", "disk-full", /make room/],
    ["EDQUOT", "disk-full", /make room/],
    ["EMFILE", "file-system", /ulimit/],
    ["EIO", "file-system", /EIO/],
  ])("is told with the cure for %s", async (errno, code, message) => {
    const dir = temporaryFolder();
    fill(dir, { "a.json": textWith("old") });
    const store = openRecordingStore(dir);
    failOnce(errno);
    await expect(store.find("a.json", null)).rejects.toMatchObject({
      code,
      file: join(dir, "a.json"),
      message: expect.stringMatching(message) as string,
    });
    failOnce(errno);
    await expect(store.put("a.json", null, recordingOf(null, "new"))).rejects.toMatchObject({
      code,
      file: join(dir, "a.json"),
      cause: { code: errno },
    });
    expect(answerOf(await store.find("a.json", null))).toBe("old");
    expect(filesIn(dir)).toEqual(["a.json"]);
  });

  it("may belong to somebody else", async () => {
    const { root, base } = temporaryRepository();
    fill(root, { [`${baseFolder}/a.json`]: textWith("a"), "tests/secret/recordings/b.json": textWith("b") });
    chmodSync(join(root, baseFolder, "a.json"), 0);
    chmodSync(join(root, baseFolder), 0o555);
    chmodSync(join(root, "tests/secret"), 0);
    await asNobody(async () => {
      const store = openRecordingStore(base);
      const denied = { code: "no-permission" };
      await expect(store.find("a.json", null)).rejects.toMatchObject(denied);
      await expect(store.put("c.json", null, recordingOf(null, ""))).rejects.toMatchObject(denied);
      await expect(store.find("b.json", "tests/secret/x.py::t")).rejects.toMatchObject(denied);
      await expect(store.put("b.json", "tests/secret/x.py::t", recordingOf(null, ""))).rejects.toMatchObject(
        denied,
      );
      const problems: StoreProblem[] = [];
      expect(await all(store.list({ onProblem: (problem) => problems.push(problem) }))).toEqual([]);
      expect(problems).toMatchObject([
        { folder: "", fileName: "a.json", error: denied },
        { folder: "tests/secret", fileName: "", error: denied },
      ]);
    });
    chmodSync(join(root, baseFolder), 0o755);
    chmodSync(join(root, "tests/secret"), 0o755);
  });
});

describe("what is kept", () => {
  it("only its owner may read, and the folders that were made for it", async () => {
    const { root, base } = temporaryRepository();
    await openRecordingStore(base).put("a.json", testId, recordingOf(null, ""));
    const modeOf = (path: string) => statSync(join(root, path)).mode & 0o777;
    expect(modeOf(`${ownFolder}/a.json`)).toBe(0o600);
    expect(modeOf(ownFolder)).toBe(0o700);
    expect(modeOf("tests/integration/responses")).toBe(0o700);
  });

  it("is the same bytes every time, and what was read comes back as it was", async () => {
    const dir = temporaryFolder();
    const store = openRecordingStore(dir);
    for (const { name, text } of seedFiles) {
      await store.put(name, null, readRecording(text));
      expect(textOf(dir, name)).toBe(text);
    }
  });

  it("is checked before anything is touched", async () => {
    const dir = temporaryFolder();
    fill(dir, { "a.json": textWith("old") });
    const store = openRecordingStore(dir);
    const wrong = { request: {}, response: {} } as never;
    await expect(store.put("a.json", null, wrong)).rejects.toMatchObject({
      code: "invalid-file",
      issues: [{ path: "/response/body" }],
    });
    const unwritable = { request: {}, response: { body: { temperature: Number.NaN } } };
    await expect(store.put("a.json", null, unwritable)).rejects.toMatchObject({ code: "not-finite" });
    expect(answerOf(await store.find("a.json", null))).toBe("old");
    expect(filesIn(dir)).toEqual(["a.json"]);
  });

  it("does not change the other names of a file that it takes the place of", async () => {
    const dir = temporaryFolder();
    fill(dir, { "a.json": textWith("old") });
    linkSync(join(dir, "a.json"), join(dir, "b.json"));
    const store = openRecordingStore(dir);
    await store.put("a.json", null, recordingOf(null, "new"));
    expect(answerOf(await store.find("b.json", null))).toBe("old");
  });
});

describe("nothing leads out of the repository:", () => {
  it.each(["../x.py::t", "tests/../../x.py::t", "/etc/x.py::t", "C:\\x.py::t", "a\0/x.py::t"])(
    "not the test id %j",
    async (outer) => {
      const { base } = temporaryRepository();
      const store = openRecordingStore(base);
      const refused = { code: "bad-test-id" };
      await expect(store.find("a.json", outer)).rejects.toMatchObject(refused);
      await expect(store.findModelLists("a", outer)).rejects.toMatchObject(refused);
      await expect(store.put("a.json", outer, recordingOf(null, ""))).rejects.toMatchObject(refused);
    },
  );

  it.each(["../a.json", "x/a.json", "..\\a.json", "/etc/a.json", ".a.json", "a.txt", "a\0.json"])(
    "not the file name %j",
    async (name) => {
      const store = openRecordingStore(temporaryFolder());
      await expect(store.find(name, null)).rejects.toMatchObject({ code: "bad-file-name" });
      await expect(store.put(name, null, recordingOf(null, ""))).rejects.toMatchObject({
        code: "bad-file-name",
      });
    },
  );

  it("not a link in the place of a folder or of a file", async () => {
    const outer = temporaryFolder();
    fill(outer, { "recordings/a.json": textWith("secret") });
    const { root, base } = temporaryRepository();
    fill(root, { [`${ownFolder}/b.json`]: textWith("b") });
    symlinkSync(outer, join(root, "tests/linked"));
    symlinkSync(join(outer, "recordings"), join(root, "tests/recordings"));
    symlinkSync(join(outer, "recordings/a.json"), join(root, ownFolder, "a.json"));
    const store = openRecordingStore(base);
    const refused = { code: "outside-root", message: expect.stringContaining(outer) as string };
    for (const id of ["tests/linked/x.py::t", "tests/x.py::t"]) {
      await expect(store.find("a.json", id)).rejects.toMatchObject(refused);
      await expect(store.findModelLists("a", id)).rejects.toMatchObject(refused);
      await expect(store.put("new.json", id, recordingOf(null, ""))).rejects.toMatchObject(refused);
    }
    await expect(
      store.put("new.json", "tests/linked/new/x.py::t", recordingOf(null, "")),
    ).rejects.toMatchObject(refused);
    await expect(store.find("a.json", testId)).rejects.toMatchObject(refused);
    const problems: StoreProblem[] = [];
    const listed = await all(store.list({ onProblem: (problem) => problems.push(problem) }));
    expect(listed.map(answerOf)).toEqual(["b"]);
    expect(problems).toMatchObject([{ fileName: "a.json", error: refused }]);
    expect(filesIn(outer)).toEqual(["recordings/a.json"]);
  });

  it("and a link that is written to is replaced, not followed", async () => {
    const outer = temporaryFolder();
    fill(outer, { "a.json": textWith("secret") });
    const dir = temporaryFolder();
    symlinkSync(join(outer, "a.json"), join(dir, "a.json"));
    const store = openRecordingStore(dir, { layout: "flat" });
    await store.put("a.json", null, recordingOf(null, "new"));
    expect(answerOf(await store.find("a.json", null))).toBe("new");
    expect(textOf(outer, "a.json")).toBe(textWith("secret"));
  });

  it("but links inside of it are followed, and the folder that is opened may be one", async () => {
    const { root, base } = temporaryRepository();
    fill(root, { [`${ownFolder}/a.json`]: textWith("a") });
    symlinkSync(join(root, "tests/integration/responses"), join(root, "tests/linked"));
    symlinkSync("a.json", join(root, ownFolder, "b.json"));
    const store = openRecordingStore(base);
    expect(await store.find("a.json", "tests/linked/x.py::t")).toMatchObject({ folder: ownFolder });
    expect(answerOf(await store.find("b.json", testId))).toBe("a");
    const link = join(temporaryFolder(), "link");
    symlinkSync(root, link);
    const linked = openRecordingStore(join(link, "tests/integration/common"), { root: link });
    expect(await linked.find("a.json", testId)).toMatchObject({ folder: ownFolder });
    await linked.put("c.json", "tests/new/x.py::t", recordingOf(null, ""));
    expect(filesIn(root)).toContain("tests/new/recordings/c.json");
    const [first] = await all(store.list());
    expect(first).toMatchObject({ folder: ownFolder });
  });
});
