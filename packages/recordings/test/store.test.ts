import { describe, expect, it } from "vitest";

import {
  memoryStore,
  modelListDigest,
  readRecording,
  recordingFileName,
  RecordingStoreError,
  requestHash,
  testFolder,
  type RecordingStore,
  type StoredRecording,
} from "../src/index.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles, versionsInIndex } from "./corpus.js";

const url = "https://api.example.com/v1/chat/completions";
const recordingOf = (testId: string | null, answer: string, id?: string) =>
  readRecording(
    JSON.stringify({
      test_id: testId,
      request: { method: "POST", url, headers: {}, body: { model: "m" }, endpoint: "/v1/chat/completions" },
      response: { body: { __type__: "x.ChatCompletion", __data__: { id, answer } }, is_streaming: false },
    }),
  );
const answerOf = (found: Awaited<ReturnType<RecordingStore["find"]>>) =>
  (found?.recording.response.body as { __data__: { answer: string } } | undefined)?.__data__.answer;
const listOf = async (store: RecordingStore) => {
  const all: StoredRecording[] = [];
  for await (const stored of store.list()) all.push(stored);
  return all;
};
const namesOf = async (store: RecordingStore) =>
  (await listOf(store)).map(({ folder, fileName }) => `${folder}/${fileName}`);

describe("testFolder", () => {
  it.each([
    ["tests/integration/responses/test_x.py::name[a/b::c]", "tests/integration/responses/recordings"],
    ["test_x.py::name", "recordings"],
    ["a test", "recordings"],
    ["tests//./unit/test_x.py::name", "tests/unit/recordings"],
    ["tests/x.py::../../..", "tests/recordings"],
    ["", ""],
    [null, ""],
    [undefined, ""],
  ])("of %j is %j", (testId, folder) => {
    expect(testFolder(testId)).toBe(folder);
  });

  it.each([
    "../x.py::a",
    "tests/../../x.py::a",
    "tests/..",
    "..\\x.py::a",
    "tests\\..\\..\\x.py",
    "/etc/x.py::a",
    "\\\\host\\share\\x.py",
    "C:\\x.py",
    "c:x.py",
    "a\0b/x.py",
  ])("refuses %j", (testId) => {
    expect(() => testFolder(testId)).toThrow(
      expect.objectContaining({ name: "RecordingStoreError", code: "bad-test-id" }),
    );
  });
});

describe("memoryStore", () => {
  it("finds a recording by its request's hash, in the folder of its test", async () => {
    const testId = "tests/a/test_x.py::one";
    const store = memoryStore([recordingOf(testId, "here")]);
    const fileName = recordingFileName(await requestHash({ url, body: { model: "m" }, testId }));
    const found = await store.find(fileName, testId);
    expect(found).toMatchObject({ fileName, folder: "tests/a/recordings" });
    expect(answerOf(found)).toBe("here");
    expect(await store.find(fileName, "tests/b/test_x.py::one")).toBeUndefined();
    expect(await store.find(fileName, null)).toBeUndefined();
  });

  it("looks in the test's folder before the base folder", async () => {
    const inBase = { fileName: "a.json", testId: null, recording: recordingOf("tests/x.py::a", "base") };
    const inTest = { fileName: "a.json", recording: recordingOf("tests/x.py::a", "test") };
    const store = memoryStore([inBase, inTest]);
    expect(answerOf(await store.find("a.json", "tests/x.py::b"))).toBe("test");
    expect(answerOf(await store.find("a.json", "other/x.py::b"))).toBe("base");
    expect(answerOf(await store.find("a.json", null))).toBe("base");
  });

  it("keeps what is put, in the place of what was there", async () => {
    const store = memoryStore();
    await store.put("a.json", "tests/x.py::a", recordingOf(null, "old"));
    await store.put("a.json", "tests/x.py::b", recordingOf(null, "new"));
    await store.put("a.json", null, recordingOf(null, "base"));
    expect(answerOf(await store.find("a.json", "tests/x.py::c"))).toBe("new");
    expect(await namesOf(store)).toEqual(["tests/recordings/a.json", "/a.json"]);
  });

  it("lists what was there when the walk began", async () => {
    const store = memoryStore([{ fileName: "a.json", recording: recordingOf(null, "a") }]);
    let count = 0;
    for await (const { recording } of store.list()) await store.put(`${count++}.json`, null, recording);
    expect(count).toBe(1);
  });

  it("takes the version of the hash that the answer's ids agree with for the name", async () => {
    const hash = await requestHash({ url, body: { model: "m" } }, { version: 1 });
    const [first, second] = [`rec-${hash.slice(0, 12)}`, "chatcmpl-1"];
    const current = recordingFileName(await requestHash({ url, body: { model: "m" } }));
    expect(await namesOf(memoryStore([recordingOf(null, "", first)]))).toEqual([
      `/${hash.slice(0, 12)}.json`,
    ]);
    expect(await namesOf(memoryStore([recordingOf(null, "", second)]))).toEqual([`/${current}`]);
    expect(await namesOf(memoryStore([recordingOf(null, "")]))).toEqual([`/${current}`]);
  });

  it("gives all model lists of a request, the base folder's last", async () => {
    const modelsOf = (testId: string | null, ...ids: string[]) =>
      readRecording(
        JSON.stringify({
          test_id: testId,
          request: { method: "POST", url: "http://h/v1/models", body: {}, endpoint: "/v1/models" },
          response: { body: ids.map((id) => ({ __type__: "openai.types.model.Model", __data__: { id } })) },
        }),
      );
    const hash = await requestHash({ url: "http://h/v1/models", body: {} });
    const lists = [
      modelsOf(null, "a"),
      modelsOf("tests/x.py::t", "b"),
      modelsOf("tests/x.py::t", "c", "d"),
      modelsOf("no/x.py::t"),
    ];
    const digests = await Promise.all(lists.map(modelListDigest));
    const found = await memoryStore(lists).findModelLists(hash, "tests/x.py::other");
    const [base, ...own] = digests.slice(0, 3).map((digest) => `models-${hash}-${digest}.json`);
    expect(found.map(({ fileName }) => fileName)).toEqual([...own.toSorted(), base]);
    expect(await memoryStore(lists).findModelLists(hash, null)).toHaveLength(1);
    expect(await memoryStore(lists).findModelLists("0".repeat(64), "tests/x.py::t")).toEqual([]);
  });

  it.each([
    "../a.json",
    "a/b.json",
    "a\\b.json",
    "/a.json",
    ".a.json",
    "a.txt",
    "",
    ".json",
    "a\0.json",
    "C:a.json",
  ])("keeps nothing under the name %j", async (fileName) => {
    await expect(memoryStore().put(fileName, null, recordingOf(null, ""))).rejects.toMatchObject({
      code: "bad-file-name",
    });
  });

  it("refuses a test id that leads out", async () => {
    const refused = memoryStore().find("a.json", "../x.py::t");
    await expect(refused).rejects.toThrow(RecordingStoreError);
  });

  it("keeps a recording whose own test leads out in the base folder", async () => {
    const store = memoryStore([{ recording: recordingOf("../x.py::t", ""), fileName: "a.json" }]);
    expect(await store.find("a.json", null)).toMatchObject({ folder: "" });
  });

  it("gives the seeds the names that the recorder gave them", async () => {
    expect(await namesOf(memoryStore(seedFiles.map(({ text }) => readRecording(text))))).toEqual([
      "tests/integration/responses/recordings/cd222f01d7ea1ac366a7047fec375e23501333a7e1173fc346f4eae530f6d3ee.json",
      "tests/integration/responses/recordings/cc0156eadb588e2cdfb9d4d0db0355b6a1d6c57e467f136f45586b73bf95766d.json",
    ]);
  });

  it.skipIf(!hasCorpus)(
    `names the sample as upstream did, if ids or the current version tell${corpusNote}`,
    async () => {
      const versions = versionsInIndex();
      const wrong: string[] = [];
      for (const { name, text } of corpusFiles) {
        const [given] = await listOf(memoryStore([readRecording(text)]));
        if (given?.fileName !== name)
          wrong.push(versions.get(name.replace("models-", "").slice(0, 12)) ?? "");
      }
      // One was edited by hand, and two of version 1 have no ids.
      expect(wrong.toSorted()).toEqual(["NONE", "v1", "v1"]);
    },
  );
});
