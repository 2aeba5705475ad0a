import { symlinkSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { memoryStore, modelListDigest, readRecording, requestHash, verifyRecording } from "../src/index.js";
import { openRecordingStore, prune, rehash, verifyStore } from "../src/node.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles } from "./corpus.js";
import { fill, nameOf, recordingOf, temporaryFolder, temporaryRepository, textWith } from "./store-folder.js";

const idOf = (name: string) => `rec-${name.slice(0, 12)}`;
const findingsOf = async (fileName: string, recording: unknown) => {
  const findings = await verifyRecording({ fileName, folder: "", recording: recording as never });
  return findings.map(({ code, severity, path }) =>
    [code, severity, path].filter((each) => each !== undefined).join(" "),
  );
};

describe("verifyRecording", () => {
  it.each([1, 2, 7] as const)("has nothing against a file of version %i", async (version) => {
    const name = await nameOf("t/x.py::t", "1.23456", version);
    const recording = recordingOf("t/x.py::t", "", { question: "1.23456", id: idOf(name) });
    expect(await findingsOf(name, recording)).toEqual([]);
  });

  it("has nothing against an answer without an id", async () => {
    expect(await findingsOf(await nameOf(null), recordingOf(null, ""))).toEqual([]);
  });

  it("has nothing against a sequel, which has the name of the first and its own number", async () => {
    const name = await nameOf(null);
    const recording = recordingOf(null, "", { id: idOf(name) });
    expect(await findingsOf(name.replace(".json", "-2.json"), recording)).toEqual([]);
  });

  it("warns of a name that no version gives", async () => {
    const name = `${"ab".repeat(32)}.json`;
    expect(await findingsOf(name, recordingOf(null, "", { id: idOf(name) }))).toEqual([
      "name-mismatch warning",
    ]);
    expect(await findingsOf("by-hand.json", recordingOf(null, "", { id: idOf(await nameOf(null)) }))).toEqual(
      ["name-mismatch warning"],
    );
  });

  it("is certain when the ids tell that the file was renamed", async () => {
    const recording = recordingOf(null, "", { id: idOf(await nameOf(null)) });
    expect(await findingsOf(`${"ab".repeat(32)}.json`, recording)).toEqual([
      "name-mismatch error",
      "id-prefix warning /response/body/__data__/id",
    ]);
  });

  it("says which name would fit", async () => {
    const [finding] = await verifyRecording({
      fileName: "x.json",
      folder: "t/recordings",
      recording: recordingOf(null, ""),
    });
    expect(finding).toMatchObject({
      file: "t/recordings/x.json",
      message: expect.stringContaining(await nameOf(null)) as string,
    });
  });

  it("warns of the first id that is not that of the file", async () => {
    const name = await nameOf(null);
    const item = (id: string, object?: string) => ({ __type__: "a.Completion", __data__: { id, object } });
    const streamOf = (...body: unknown[]) => ({ ...recordingOf(null, ""), response: { body } });
    const ids = [idOf(name), "chatcmpl-1", "chatcmpl-2"].map((id) => item(id));
    expect(await findingsOf(name, streamOf(...ids))).toEqual([
      "id-prefix warning /response/body/1/__data__/id",
    ]);
    expect(await findingsOf(name, streamOf(item("gpt-4o", "model"), { id: "raw" }, "data: {}"))).toEqual([]);
  });

  it("warns of each unknown type once, whatever module it is said to be in", async () => {
    const name = await nameOf(null);
    const body = ["x.Model", "Model", "x.Models", "x.Models", 1].map((__type__) => ({
      __type__,
      __data__: {},
    }));
    expect(await findingsOf(name, { ...recordingOf(null, ""), response: { body } })).toEqual([
      "unknown-type warning /response/body/2/__type__",
      "unknown-type warning /response/body/4/__type__",
    ]);
  });

  it("tells a wrong digest of a model list from a wrong hash", async () => {
    const list = readRecording(
      JSON.stringify({
        request: { url: "http://h/v1/models", body: {}, endpoint: "/v1/models" },
        response: {
          body: [{ __type__: "openai.types.model.Model", __data__: { id: "m", object: "model" } }],
        },
      }),
    );
    const hash = await requestHash({ url: "http://h/v1/models", body: {} });
    expect(await findingsOf(`models-${hash}-${await modelListDigest(list)}.json`, list)).toEqual([]);
    expect(await findingsOf(`models-${hash}-00000000.json`, list)).toEqual(["digest-mismatch warning"]);
  });

  it("names violations of the schema and what lint finds", async () => {
    expect(await findingsOf("x.json", { request: {}, response: {} })).toEqual([
      expect.stringMatching(/error \/response\/body$/),
    ]);
    const withHeaders = recordingOf(null, "");
    withHeaders.request.headers = { authorization: "secret" };
    expect(await findingsOf(await nameOf(null), withHeaders)).toEqual([
      "headers-recorded error /request/headers",
    ]);
  });
});

describe("verifyStore", () => {
  const seed = seedFiles[0]?.text ?? "";

  it("looks at every file, and goes on behind those that cannot be read", async () => {
    const { root, base } = temporaryRepository();
    const own = "tests/x/recordings";
    fill(root, {
      "tests/integration/common/recordings/a.json": seed.slice(0, 1000),
      "tests/integration/common/recordings/b.json": "{}",
      [`${own}/${await nameOf(null)}`]: textWith("fine"),
      [`${own}/x.json`]: textWith("wrong name"),
    });
    symlinkSync("/etc/passwd", join(root, own, "y.json"));
    for (const [store, options] of [
      [base, { root }] as const,
      [openRecordingStore(base, { root })] as const,
    ]) {
      const { checked, findings } = await verifyStore(store, options);
      expect(checked).toBe(5);
      expect(findings).toMatchObject([
        {
          file: "a.json",
          code: "truncated",
          severity: "error",
          message: expect.stringContaining("byte 1000") as string,
        },
        { file: "b.json", path: "/request", severity: "error" },
        { file: "b.json", path: "/response", severity: "error" },
        { file: `${own}/x.json`, code: "name-mismatch" },
        { file: `${own}/y.json`, code: "outside-root", severity: "error" },
      ]);
    }
  });

  it("does not leave the folder that was opened, unless the root is named", async () => {
    const { root, base } = temporaryRepository();
    fill(root, { "tests/integration/common/recordings/a.json": "{", "tests/x/recordings/b.json": "{" });
    expect((await verifyStore(base)).checked).toBe(1);
    expect((await verifyStore(join(root, "tests"))).checked).toBe(2);
    expect((await verifyStore(base, { root })).checked).toBe(2);
  });

  it.each([
    ["verifyStore", verifyStore],
    ["rehash", rehash],
    ["prune", prune],
  ])("%s says when there is no such folder", async (_, tool) => {
    const dir = join(temporaryFolder(), "nowhere");
    const refused = { code: "no-folder", message: expect.stringContaining(dir) as string };
    await expect(tool(dir)).rejects.toMatchObject(refused);
    await expect(tool(openRecordingStore(dir))).rejects.toMatchObject(refused);
  });

  it("looks at a store of any kind", async () => {
    const recordings = [recordingOf(null, "a"), { fileName: "x.json", recording: recordingOf(null, "b") }];
    const { checked, findings } = await verifyStore(memoryStore(recordings));
    expect(checked).toBe(2);
    expect(findings).toMatchObject([{ file: "x.json", code: "name-mismatch" }]);
  });

  it.skipIf(!hasCorpus)(`finds in the sample what was edited by hand${corpusNote}`, async () => {
    const dir = temporaryFolder();
    fill(dir, Object.fromEntries(corpusFiles.map(({ name, text }) => [name, text])));
    const { checked, findings } = await verifyStore(dir);
    expect(checked).toBe(corpusFiles.length);
    expect(findings.map(({ file, code, severity }) => [file.slice(0, 12), code, severity])).toEqual([
      ["1067a6f3391a", "name-mismatch", "warning"],
    ]);
  });
});
