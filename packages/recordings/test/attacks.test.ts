import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Recording } from "@waybill/core";
import { describe, expect, it } from "vitest";

import {
  createRecordingFetch,
  createReplayFetch,
  memoryStore,
  readRecording,
  writeRecording,
} from "../src/index.js";
import { openRecordingStore, serveRecordings, type ServeOptions } from "../src/node.js";

/* What a hostile reader got wrong answers from, once. */

const address = "https://api.openai.com/v1/v1/chat/completions";
const body = '{"model":"m","messages":[]}';

type Made = {
  test?: string | null;
  url?: string;
  body?: unknown;
  answer?: unknown;
  endpoint?: string;
  response?: unknown;
};

function recordingOf(made: Made): Recording {
  const { test = null, url = address, answer = 1, endpoint = "/v1/chat/completions" } = made;
  const completion = { __type__: "x.ChatCompletion", __data__: { id: "x", answer } };
  return {
    test_id: test,
    request: {
      method: "POST",
      url,
      headers: {},
      body: made.body ?? { model: "m", messages: [] },
      endpoint,
      model: "m",
    },
    response: made.response ?? { body: completion, is_streaming: false },
    id_normalization_mapping: {},
  } as never;
}

const ask = (replay: typeof fetch, init: RequestInit = {}, url = address) =>
  replay(url, { method: "POST", body, ...init });
const answerOf = async (response: Response) => ((await response.json()) as { answer: unknown }).answer;

describe("replay", () => {
  it("takes no recording of another test for the sequel of one", async () => {
    const store = memoryStore([
      recordingOf({ test: "tests/a.py::A", answer: "A" }),
      recordingOf({ test: "tests/b.py::B", answer: "B" }),
    ]);
    const replay = createReplayFetch(store, { match: "request", sequence: true, testId: "tests/a.py::A" });
    expect([await answerOf(await ask(replay)), await answerOf(await ask(replay))]).toEqual(["A", "A"]);
  });

  it("tells whole numbers apart that no double holds", async () => {
    const seeded = (seed: string, answer: string) =>
      readRecording(
        JSON.stringify(recordingOf({ answer })).replace('"messages":[]', `"messages":[],"seed":${seed}`),
      );
    const store = memoryStore([seeded("9007199254740993", "three"), seeded("9007199254740992", "two")]);
    const replay = createReplayFetch(store, { match: "request" });
    const asked = (seed: string) => ask(replay, { body: `{"model":"m","messages":[],"seed":${seed}}` });
    expect(await answerOf(await asked("9007199254740992"))).toBe("two");
    expect(await answerOf(await asked("9007199254740993"))).toBe("three");
  });

  it("merges the lists of models that did not fail", async () => {
    const list = (response: unknown) =>
      recordingOf({ url: "https://h/v1/models", endpoint: "/v1/models", body: {}, response });
    const failure = { category: "provider_sdk", type: "X", message: "no", status_code: 401 };
    const store = memoryStore([
      list({ body: [{ __type__: "x.Model", __data__: { id: "z", object: "model" } }], is_streaming: false }),
      list({ body: null, is_streaming: false, is_exception: true, exception_data: failure }),
    ]);
    const response = await createReplayFetch(store)("https://h/v1/models");
    expect(await response.json()).toEqual({ object: "list", data: [{ id: "z", object: "model" }] });
  });

  it("ends a stream whose caller has given up before it began", async () => {
    const items = [1, 2, 3].map((index) => ({ __type__: "x.ChatCompletionChunk", __data__: { index } }));
    const recording = recordingOf({ response: { body: items, is_streaming: true } });
    const store = memoryStore([{ recording, fileName: "edited.json" }]);
    const controller = new AbortController();
    const replay = createReplayFetch(store, { match: "request", onFinding: () => controller.abort() });
    const reading = ask(replay, { signal: controller.signal }).then((response) => response.text());
    await expect(reading).rejects.toThrow("aborted");
  });

  it("gives up on a request whose body never ends when its caller does", async () => {
    const controller = new AbortController();
    const endless = new ReadableStream({
      pull() {
        controller.abort();
        return new Promise(() => {});
      },
    });
    const init = { body: endless, duplex: "half", signal: controller.signal } as RequestInit;
    await expect(ask(createReplayFetch(memoryStore([])), init)).rejects.toThrow("aborted");
  });

  it("answers a stream that failed with its status", async () => {
    const response = { status: 429, is_streaming: true, body: ["event: error", "data: {}", ""] };
    const replay = createReplayFetch(memoryStore([recordingOf({ response })]));
    expect((await ask(replay)).status).toBe(429);
  });

  it("takes a signal that is null for none", async () => {
    const replay = createReplayFetch(memoryStore([recordingOf({})]));
    const request = new Request(address, { method: "POST", body, signal: AbortSignal.abort() });
    expect((await replay(request, { signal: null })).status).toBe(200);
  });

  it.each(["exact", "request"] as const)(
    "answers beside a recording whose test can have no folder, and by it (%s)",
    async (match) => {
      const odd = recordingOf({ test: "/home/me/t.py::x", body: { model: "odd", messages: [] } });
      const replay = createReplayFetch(memoryStore([recordingOf({}), odd]), { match });
      expect((await ask(replay)).status).toBe(200);
      const asked = await ask(replay, { body: '{"model":"odd","messages":[]}' });
      expect(asked.status).toBe(match === "request" ? 200 : 404);
    },
  );

  it("answers 500 for a recording that cannot be sent", async () => {
    const replay = createReplayFetch(memoryStore([recordingOf({ answer: Number.NaN })]));
    const response = await ask(replay);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: "recording_unreadable" } });
  });

  it("waits for no event at a speed of 0", async () => {
    const items = [1, 2].map((index) => ({ __type__: "x.ChatCompletionChunk", __data__: { index } }));
    const store = memoryStore([recordingOf({ response: { body: items, is_streaming: true } })]);
    const waits: number[] = [];
    const wait = async (milliseconds: number) => {
      waits.push(milliseconds);
    };
    await (await ask(createReplayFetch(store, { timing: { speed: 0, wait } }))).text();
    expect(waits).toEqual([0, 0]);
  });

  it("reads addresses of many slashes at once", async () => {
    const replay = createReplayFetch(memoryStore([recordingOf({})]), { match: "request" });
    expect((await ask(replay, {}, `https://h/${"/".repeat(500_000)}x`)).status).toBe(404);
  });
});

describe("an edited recording", () => {
  it("keeps the separators of lines that end in a space", () => {
    const text =
      '{\n  "test_id": null, \n  "request": {}, \n  "response": {\n    "body": null, \n    "is_streaming": false\n  }\n}';
    const recording = readRecording(text);
    recording.test_id = "t";
    expect(writeRecording(recording)).toBe(text.replace("null", '"t"'));
  });
});

describe("requests at the limits", () => {
  const nested = (depth: number) => `{"model":"m","p":${'{"p":'.repeat(depth - 1)}1${"}".repeat(depth)}`;
  const known = memoryStore([recordingOf({})]);

  it.each([
    ["a body as deep as may be", nested(64), 404],
    ["a body that is deeper", nested(65), 400],
    ["text that is long in ASCII only", JSON.stringify({ model: "m", text: "é".repeat(3_000_000) }), 404],
    [
      "text that is one key without an end",
      JSON.stringify({ model: "m", text: "sk-".repeat(2_000_000) }),
      404,
    ],
  ])("%s is no fault of the recordings", async (_, text, status) => {
    const response = await ask(createReplayFetch(known, { match: "request" }), { body: text });
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("recordings cannot be read");
  });

  it.each([
    ["too deep with its envelope", nested(64)],
    ["too long as ASCII", JSON.stringify({ model: "m", text: "é".repeat(3_000_000) })],
  ])("are not recorded when the file is %s", async (_, text) => {
    const dir = mkdtempSync(join(tmpdir(), "waybill-recordings-"));
    const findings: string[] = [];
    const upstream = async (): Promise<Response> => Response.json({ id: "x", object: "chat.completion" });
    const recording = createRecordingFetch(upstream, openRecordingStore(dir, { layout: "flat" }), {
      mode: "record",
      onFinding: ({ code }) => findings.push(code),
    });
    await (await ask(recording, { body: text })).text();
    await recording.flush();
    const files = readdirSync(dir);
    rmSync(dir, { recursive: true });
    expect([files, findings]).toEqual([[], ["not-recorded"]]);
  });
});

describe("a miss", () => {
  it("does not count as the use of what is nearest", async () => {
    const dir = mkdtempSync(join(tmpdir(), "waybill-recordings-"));
    writeFileSync(join(dir, `${"ab".repeat(32)}.json`), writeRecording(recordingOf({})));
    const store = openRecordingStore(dir);
    const response = await ask(createReplayFetch(store));
    rmSync(dir, { recursive: true });
    expect([response.status, [...store.used]]).toEqual([404, []]);
  });
});

describe("a server", () => {
  it.each<[string, ServeOptions, RequestInit, number]>([
    ["whose test cannot be told", { testId: () => expect.fail("boo") }, {}, 500],
    ["that is sent too much", { maxBodyBytes: 10 }, {}, 413],
    [
      "that is sent a test that leads away",
      { match: "exact" },
      { headers: { "x-ogx-provider-data": '{"__test_id":"../../etc/x.py::y"}' } },
      400,
    ],
  ])("%s answers with an error that SDKs show", async (_, options, init, status) => {
    const dir = mkdtempSync(join(tmpdir(), "waybill-recordings-"));
    const server = await serveRecordings(openRecordingStore(dir, { root: dir, layout: "tests" }), options);
    try {
      const response = await ask(fetch, init, `${server.url}/v1/chat/completions`);
      const { error } = (await response.json()) as { error: { message: string } };
      expect([response.status, typeof error.message]).toEqual([status, "string"]);
    } finally {
      await server.close();
      rmSync(dir, { recursive: true });
    }
  });

  it("refuses a port that is the name of a file", async () => {
    const refused = serveRecordings(memoryStore([]), { port: "x.sock" as never });
    await expect(refused).rejects.toMatchObject({ code: "bad-option" });
  });
});
