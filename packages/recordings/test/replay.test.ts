import { readFileSync } from "node:fs";

import type { Recording } from "@waybill/core";
import { describe, expect, it } from "vitest";

import {
  createReplayFetch,
  memoryStore,
  readRecording,
  requestHash,
  type MemoryRecording,
  type RecordingFinding,
  type RecordingStore,
  type ReplayFetchOptions,
} from "../src/index.js";

const url = "https://api.openai.com/v1/chat/completions";
const hello = '{"model":"m","messages":[{"role":"user","content":"Hello"}]}';

/** A recorded chat completion, or whatever `response` is. Texts keep their spelling. */
function recorded(body: string, response: object | string, more: object = {}): Recording {
  const answer =
    typeof response === "string"
      ? { body: envelope("ChatCompletion", { answer: response }), is_streaming: false }
      : response;
  const { test_id = null, address = url } = more as { test_id?: string | null; address?: string };
  return readRecording(
    `{"test_id":${JSON.stringify(test_id)},"request":{"method":"POST","url":${JSON.stringify(address)},"headers":{},"body":${body},"endpoint":"/v1/chat/completions","model":"m"},"response":${JSON.stringify(answer)}}`,
  );
}

function envelope(type: string, data: object): object {
  return { __type__: `openai.types.chat.${type}`, __data__: data };
}

function stream(...chunks: object[]): { body: object[]; is_streaming: true } {
  return { body: chunks.map((chunk) => envelope("ChatCompletionChunk", chunk)), is_streaming: true };
}

function replay(
  recordings: Iterable<Recording | MemoryRecording>,
  options?: ReplayFetchOptions,
): (body: BodyInit | undefined, address?: string, init?: RequestInit) => Promise<Response> {
  const fetch = createReplayFetch(memoryStore(recordings), options);
  return (body, address = url, init = {}) => fetch(address, { method: "POST", body: body ?? null, ...init });
}

async function answerOf(response: Promise<Response>): Promise<unknown> {
  return (await response).json();
}

/** The pieces that a body is read in, and how it failed, if it did. */
async function readsOf(response: Response): Promise<{ reads: string[]; error?: unknown }> {
  const reads: string[] = [];
  try {
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) reads.push(decoder.decode(piece));
  } catch (error) {
    return { reads, error };
  }
  return { reads };
}

describe("looking a recording up by its hash", () => {
  const test = "tests/unit/test_a.py::test_one";

  it.each<[what: string, recording: Recording, body: string, options: ReplayFetchOptions, status: number]>([
    ["the same body", recorded(hello, "a"), hello, {}, 200],
    [
      "another order of keys and other white space",
      recorded(hello, "a"),
      '{"messages": [{"content":"Hello", "role":"user"}], "model":"m"}',
      {},
      200,
    ],
    ["another body", recorded(hello, "a"), '{"model":"n"}', {}, 404],
    ["its test", recorded(hello, "a", { test_id: test }), hello, { testId: test }, 200],
    ["its test by a function", recorded(hello, "a", { test_id: test }), hello, { testId: () => test }, 200],
    ["no test", recorded(hello, "a", { test_id: test }), hello, {}, 404],
    ["another test", recorded(hello, "a", { test_id: test }), hello, { testId: `${test}2` }, 404],
    [
      "an integer for a float",
      recorded('{"temperature":1.0,"top_p":0.0}', "a"),
      '{"temperature":1,"top_p":0}',
      {},
      200,
    ],
    [
      "an integer for a float, without float readings",
      recorded('{"temperature":1.0}', "a"),
      '{"temperature":1}',
      { floatReadings: false },
      404,
    ],
    ["an integer for a float elsewhere", recorded('{"size":1.0}', "a"), '{"size":1}', {}, 404],
    ["a float as text", recorded('{"size":1.0}', "a"), '{"size":1.0}', {}, 200],
  ])("takes %s for what it is", async (_, recording, body, options, status) => {
    expect((await replay([recording], options)(body)).status).toBe(status);
  });

  it("finds what older versions of the hash named, and the newest first", async () => {
    // A long decimal in a text is rounded from version 3 on.
    const body = '{"content":"0.1234567"}';
    const recording = recorded(body, "old");
    const old = `${await requestHash({ url, body }, { version: 2 })}.json`;
    const first = `${(await requestHash({ url, body }, { version: 1 })).slice(0, 12)}.json`;
    expect(await answerOf(replay([{ recording, fileName: old }])(body))).toEqual({ answer: "old" });
    expect(await answerOf(replay([{ recording, fileName: first }])(body))).toEqual({ answer: "old" });
    const both = [{ recording, fileName: old }, recorded(body, "new")];
    expect(await answerOf(replay(both)(body))).toEqual({ answer: "new" });
  });

  it("prefers the folder of the test to the base folder", async () => {
    const own = { recording: recorded(hello, "own", { test_id: test }), testId: test };
    const base = { recording: recorded(hello, "base", { test_id: test }), testId: null };
    expect(await answerOf(replay([base, own], { testId: test })(hello))).toEqual({ answer: "own" });
    expect(await answerOf(replay([base], { testId: test })(hello))).toEqual({ answer: "base" });
  });

  it("knows the masked hosts of Databricks", async () => {
    const recording = recorded(hello, "a", {
      address: "__databricks__/serving-endpoints/v1/chat/completions",
    });
    const address = "https://dbc-1.cloud.databricks.com/serving-endpoints/v1/chat/completions";
    expect((await replay([recording])(hello, address)).status).toBe(200);
  });

  it("finds raw HTTP calls by their whole address", async () => {
    const address = "http://localhost:11434/v1/messages?beta=true";
    const recording = readRecording(
      JSON.stringify({
        request: { test_id: null, url: address, method: "POST", payload: { model: "m" } },
        response: { status: 400, body: { type: "error" }, is_streaming: false },
      }),
    );
    const fileName = `${await requestHash({ url: address, body: '{"model":"m"}' }, { recipe: "http" })}.json`;
    const response = await replay([{ recording, fileName }])('{"model":"m"}', address);
    expect([response.status, await response.json()]).toEqual([400, { type: "error" }]);
    const missed = await replay([{ recording, fileName }])('{"model":"m"}', `${address}&x=1`);
    expect(missed.status).toBe(404);
    expect(await missed.text()).toContain(
      `differs in /url: asked \\"${address}&x=1\\", recorded \\"${address}\\" (match: \\"request\\" ignores that)`,
    );
  });
});

it.each<[string, ReplayFetchOptions]>([
  ["a way of matching that there is none of", { match: "requests" as "request" }],
  ["a cut after no number", { cut: { after: Number.NaN } }],
  ["a cut of another kind", { cut: { after: 1, how: "boom" as "end" } }],
  ["a speed that goes back", { timing: { speed: -1 } }],
])("refuses %s, rather than taking it for another", (_, options) => {
  expect(() => createReplayFetch(memoryStore([]), options)).toThrow(
    expect.objectContaining({ code: "bad-option" }),
  );
});

describe("looking a recording up by its request", () => {
  const doubled = "https://api.openai.com/v1/v1/chat/completions";

  it.each<[what: string, recorded: string, body: string, address: string, status: number]>([
    [
      "another host and prefix",
      hello,
      hello,
      "http://localhost:1/openai/chat/completions?api-version=1",
      200,
    ],
    ["another endpoint", hello, hello, "http://localhost:1/v1/completions", 404],
    ["another body", hello, '{"model":"m"}', url, 404],
    ["an integer for a float anywhere", '{"options":{"size":1.0}}', '{"options":{"size":1}}', url, 200],
    [
      "what Python puts into extra_body",
      '{"model":"m","extra_body":{"top_k":1},"timeout":3}',
      '{"top_k":1,"model":"m"}',
      url,
      200,
    ],
    [
      "arguments as they were recorded",
      '{"model":"m","extra_body":{"top_k":1}}',
      '{"model":"m","extra_body":{"top_k":1}}',
      url,
      200,
    ],
  ])("takes %s for what it is", async (_, body, asked, address, status) => {
    const known = [recorded(body, "a", { test_id: "t/a.py::b", address: doubled })];
    expect((await replay(known, { match: "request" })(asked, address)).status).toBe(status);
  });

  it("prefers the same test, then the same host", async () => {
    const of = (name: string, host: string, test_id: string): Recording =>
      recorded(hello, name, { test_id, address: `https://${host}/v1/chat/completions` });
    const known = [
      of("other", "x.ai", "a/t.py::x"),
      of("host", "api.openai.com", "a/t.py::y"),
      of("test", "x.ai", "a/t.py::z"),
    ];
    const ask = (testId: string | null): Promise<unknown> =>
      answerOf(replay(known, { match: "request", testId })(hello));
    expect(await ask(null)).toEqual({ answer: "host" });
    expect(await ask("a/t.py::z")).toEqual({ answer: "test" });
  });

  it("finds a file in a folder that is not its test's", async () => {
    const lost = { recording: recorded(hello, "a", { test_id: "a/t.py::x" }), folder: "elsewhere" };
    expect(await answerOf(replay([lost], { match: "request" })(hello))).toEqual({ answer: "a" });
  });
});

describe("equal requests", () => {
  const names = async (): Promise<MemoryRecording[]> => {
    const hash = await requestHash({ url, body: hello });
    const failed = { body: null, is_exception: true, exception_data: { message: "busy", status_code: 429 } };
    return [
      { fileName: `${hash}.json`, recording: recorded(hello, failed) },
      { fileName: `${hash}-2.json`, recording: recorded(hello, "two") },
      { fileName: `${hash}-3.json`, recording: recorded(hello, "three") },
    ];
  };

  it.each(["exact", "request"] as const)("get their answers in turn when asked to, by %s", async (match) => {
    const ask = replay(await names(), { match, sequence: true });
    const first = await ask(hello);
    expect([first.status, first.headers.get("x-should-retry")]).toEqual([429, null]);
    for (const answer of ["two", "three", "three"]) expect(await answerOf(ask(hello))).toEqual({ answer });
  });

  it.each(["exact", "request"] as const)("get the first answer again and again, by %s", async (match) => {
    const ask = replay(await names(), { match });
    for (let turn = 0; turn < 3; turn++) {
      const response = await ask(hello);
      expect([response.status, response.headers.get("x-should-retry")]).toEqual([429, "false"]);
    }
  });
});

describe("a miss", () => {
  const miss = async (known: Recording[], body: string, options?: ReplayFetchOptions): Promise<string> => {
    const response = await replay(known, options)(body);
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([404, "false"]);
    const { error } = (await response.json()) as { error: { message: string } };
    return error.message;
  };

  it.each<[what: string, known: Recording[], body: string, options: ReplayFetchOptions, message: RegExp]>([
    [
      "an empty store",
      [],
      hello,
      {},
      /no recording answers POST https:\/\/api\.openai\.com\S+ \(model m\) outside of a test: [0-9a-f]{64}\.json is missing, and there is nothing of this endpoint to compare it with/,
    ],
    [
      "another text",
      [recorded(hello, "a")],
      hello.replace("Hello", "Bye"),
      {},
      /differs in \/body\/messages\/0\/content: asked "Bye", recorded "Hello"$/,
    ],
    [
      "a missing member",
      [recorded('{"a":1,"b":{"c":2}}', "a")],
      '{"a":1}',
      {},
      /differs in \/body\/b\/c: asked nothing, recorded 2$/,
    ],
    [
      "an empty member",
      [recorded('{"a":1,"b":{"c":2}}', "a")],
      '{"a":1,"b":{}}',
      {},
      /differs in \/body\/b\/c: asked nothing, recorded 2$/,
    ],
    [
      "the type of a number",
      [recorded('{"size":1.0}', "a")],
      '{"size":1}',
      {},
      /\/body\/size: asked 1, recorded 1\.0$/,
    ],
    [
      "another test",
      [recorded(hello, "a", { test_id: "a/t.py::x" })],
      hello,
      { testId: "a/t.py::y" },
      /in the test a\/t\.py::y.*\/test_id: asked "a\/t\.py::y", recorded "a\/t\.py::x" \(match: "request" ignores that\)$/,
    ],
    [
      "the nearest of many",
      [recorded('{"a":1,"b":1,"c":1}', "a"), recorded('{"a":1,"b":2,"c":2}', "a")],
      '{"a":1,"b":2,"c":3}',
      {},
      /\/body\/c: asked 3, recorded 2$/,
    ],
    [
      "the end of a long text",
      [recorded(JSON.stringify({ a: `${"x".repeat(500)}1` }), "a")],
      JSON.stringify({ a: `${"x".repeat(500)}2` }),
      {},
      /asked \.\.\.x{40}2", recorded \.\.\.x{40}1"$/,
    ],
  ])("names %s", async (_, known, body, options, message) => {
    expect(await miss(known, body, options)).toMatch(message);
  });

  it("is found, told and without secrets", async () => {
    const findings: RecordingFinding[] = [];
    const ask = replay([recorded(hello, "a")], { onFinding: (finding) => findings.push(finding) });
    const key = "sk-abcdefghijklmnop1234";
    const response = await ask(
      `{"model":"m","user":"${key}"}`,
      `https://u:pw@api.openai.com/v1/chat/completions?api_key=${key}`,
    );
    const text = await response.text();
    expect(text).not.toContain(key);
    expect(text).not.toContain("u:pw");
    expect(JSON.parse(text)).toMatchObject({
      error: { code: "recording_not_found", model: "m", method: "POST", test_id: null },
    });
    expect(findings).toMatchObject([{ code: "recording-not-found" }]);
  });
});

describe("what a recording answers", () => {
  it.each<[what: string, response: object, status: number, type: string, text: string]>([
    [
      "a completion",
      { body: envelope("ChatCompletion", { a: [1, "é"] }), is_streaming: false },
      200,
      "application/json",
      '{"a":[1,"é"]}',
    ],
    [
      "an answer whose flag is missing",
      { body: envelope("ChatCompletion", { a: 1 }) },
      200,
      "application/json",
      '{"a":1}',
    ],
    [
      "a stream",
      stream({ a: 1 }, { b: 2 }),
      200,
      "text/event-stream; charset=utf-8",
      'data: {"a":1}\n\ndata: {"b":2}\n\ndata: [DONE]\n\n',
    ],
    [
      "a stream of nothing",
      { body: [], is_streaming: true },
      200,
      "text/event-stream; charset=utf-8",
      "data: [DONE]\n\n",
    ],
    [
      "lines of an event stream",
      { body: ["event: a", "data: 1", "", "data: 2", ""], is_streaming: true },
      200,
      "text/event-stream; charset=utf-8",
      "event: a\ndata: 1\n\ndata: 2\n\n",
    ],
    [
      "lines of JSON",
      { body: ['{"a":1}', '{"a":2}'], is_streaming: true },
      200,
      "application/x-ndjson",
      '{"a":1}\n{"a":2}\n',
    ],
    [
      "raw objects in a stream",
      { body: [{ candidates: [] }], is_streaming: true },
      200,
      "text/event-stream; charset=utf-8",
      'data: {"candidates":[]}\n\n',
    ],
    [
      "Ollama's own stream",
      { body: [envelope("ChatResponse", { done: true })], is_streaming: true },
      200,
      "application/x-ndjson",
      '{"done":true}\n',
    ],
    ["text", { body: "hi", is_streaming: false, status: 201 }, 201, "text/plain; charset=utf-8", "hi"],
    ["nothing", { body: null, is_streaming: false, status: 204 }, 204, "application/json", ""],
    [
      "an exception of the old form",
      { body: null, is_exception: true, exception_message: "gone" },
      500,
      "application/json",
      '{"error":{"message":"gone","type":null,"param":null,"code":null}}',
    ],
    [
      "an exception with a body",
      {
        body: null,
        is_exception: true,
        exception_data: { category: "provider_sdk", status_code: 422, message: "m", body: { code: "c" } },
      },
      422,
      "application/json",
      '{"error":{"code":"c"}}',
    ],
    [
      "an exception of Python's",
      {
        body: null,
        is_exception: true,
        exception_data: { category: "builtin", type: "ValueError", message: "bad" },
      },
      500,
      "application/json",
      '{"error":{"message":"bad","type":"ValueError","param":null,"code":null}}',
    ],
    [
      "an exception with an impossible status",
      { body: null, is_exception: true, exception_data: { message: "m", type: "T", status_code: 200 } },
      500,
      "application/json",
      '{"error":{"message":"m","type":"T","param":null,"code":null}}',
    ],
    [
      "an error behind chunks",
      {
        ...stream({ a: 1 }),
        is_exception: true,
        exception_data: { message: "m", body: { message: "late" } },
      },
      200,
      "text/event-stream; charset=utf-8",
      'data: {"a":1}\n\ndata: {"error":{"message":"late"}}\n\n',
    ],
  ])("is %s", async (_, response, status, type, text) => {
    const answer = await replay([recorded(hello, response)])(hello);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      status,
      type,
      text,
    ]);
  });

  it("is in the recorded form, whatever the request says about streaming", async () => {
    const asked = '{"stream":true}';
    expect(await (await replay([recorded(asked, "whole")])(asked)).text()).toBe('{"answer":"whole"}');
    expect(await (await replay([recorded('{"stream":false}', stream({}))])('{"stream":false}')).text()).toBe(
      "data: {}\n\ndata: [DONE]\n\n",
    );
  });

  it("keeps how numbers were spelled", async () => {
    const text = `{"test_id":null,"request":{"url":"${url}","body":{}},"response":{"body":{"__type__":"a.ChatCompletion","__data__":{"big":12345678901234567890,"float":1.0,"small":1e-07}},"is_streaming":false}}`;
    const answer = await replay([readRecording(text)])("{}");
    expect(await answer.text()).toBe('{"big":12345678901234567890,"float":1.0,"small":1e-07}');
  });

  it("rejects when the connection failed, before the stream and in it", async () => {
    const exception = {
      is_exception: true,
      exception_data: { category: "builtin", type: "ConnectionError", message: "reset" },
    };
    await expect(replay([recorded(hello, { body: null, ...exception })])(hello)).rejects.toThrow("reset");
    const { reads, error } = await readsOf(
      await replay([recorded(hello, { ...stream({ a: 1 }), ...exception })])(hello),
    );
    expect(reads).toEqual(['data: {"a":1}\n\n']);
    expect(error).toMatchObject({ message: "reset" });
  });

  it("has the normalised ids where the file has a mapping", async () => {
    const recording = recorded(hello, {
      body: envelope("ChatCompletion", { file: "file-abc" }),
      is_streaming: false,
    });
    const mapped = { ...recording, id_normalization_mapping: { "file-1": "file-abc" } };
    expect(await answerOf(replay([mapped])(hello))).toEqual({ file: "file-1" });
  });

  it("names its file", async () => {
    const response = await replay([recorded(hello, "a", { test_id: "a/t.py::x" })], { testId: "a/t.py::x" })(
      hello,
    );
    expect(response.headers.get("x-waybill-recording")).toMatch(/^a\/recordings\/[0-9a-f]{64}\.json$/);
  });
});

describe("how a stream is played", () => {
  const chunks = [recorded(hello, stream({ a: 1 }, { a: 2 }, { a: 3 }))];

  it("is one event per read, and none before it is asked for", async () => {
    const { reads } = await readsOf(await replay(chunks)(hello));
    expect(reads).toEqual([
      'data: {"a":1}\n\n',
      'data: {"a":2}\n\n',
      'data: {"a":3}\n\n',
      "data: [DONE]\n\n",
    ]);
  });

  it.each<[how: "break" | "end" | undefined, after: number, fails: boolean]>([
    [undefined, 2, true],
    ["break", 0, true],
    ["end", 1, false],
  ])("is cut in the way %s after %i events", async (how, after, fails) => {
    const { reads, error } = await readsOf(await replay(chunks, { cut: { after, how } })(hello));
    expect(reads).toHaveLength(after);
    expect(error instanceof TypeError).toBe(fails);
  });

  it.each<[what: string, times: number[] | undefined, timing: object, waits: number[]]>([
    ["as it was recorded", [100, 150, 250], {}, [100, 50, 100]],
    ["ten times as fast", [100, 150, 250], { speed: 10 }, [10, 5, 10]],
    ["at a usual pace where no times are recorded", undefined, {}, [300, 20, 20]],
    ["at a given pace", undefined, { first: 8, between: 4, speed: 2 }, [4, 2, 2]],
  ])("is played %s", async (_, times, timing, waits) => {
    const waited: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => void waited.push(milliseconds);
    const response = { ...stream({ a: 1 }, { a: 2 }, { a: 3 }), ...(times && { waybill: { times } }) };
    const answer = await replay([recorded(hello, response)], { timing: { ...timing, wait } })(hello);
    await answer.text();
    expect(waited).toEqual(waits);
  });

  it("waits with a timer of its own, which an abort ends", async () => {
    const control = new AbortController();
    const ask = replay(chunks, { timing: { first: 1, between: 3_600_000 } });
    const response = await ask(hello, url, { signal: control.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    const second = reader?.read();
    control.abort(new Error("enough"));
    await expect(second).rejects.toThrow("enough");
  });

  it("is over for who has aborted it before, and for who closes it", async () => {
    const aborted = AbortSignal.abort(new Error("no"));
    await expect(replay(chunks)(hello, url, { signal: aborted })).rejects.toThrow("no");
    const { body } = await replay(chunks)(hello);
    await expect(body?.cancel()).resolves.toBeUndefined();
  });
});

describe("what a request may be", () => {
  const known = [recorded(hello, "a")];
  const bytes = new TextEncoder().encode(hello);
  const fetch = createReplayFetch(memoryStore(known));
  const post = { method: "POST" };

  it.each<[what: string, ask: () => Promise<Response>]>([
    ["text", () => fetch(url, { ...post, body: hello })],
    ["a URL object", () => fetch(new URL(url), { ...post, body: hello })],
    ["bytes", () => fetch(url, { ...post, body: bytes })],
    ["a buffer", () => fetch(url, { ...post, body: bytes.buffer })],
    ["a blob", () => fetch(url, { ...post, body: new Blob([hello]) })],
    [
      "a stream",
      () => fetch(url, { ...post, body: new Blob([hello]).stream(), duplex: "half" } as RequestInit),
    ],
    ["a Request", () => fetch(new Request(url, { ...post, body: hello }))],
    [
      "a Request with another body",
      () => fetch(new Request(url, { ...post, body: "{}" }), { ...post, body: hello }),
    ],
  ])("is %s", async (_, ask) => {
    expect(await answerOf(ask())).toEqual({ answer: "a" });
  });

  it.each<[what: string, body: BodyInit, message: RegExp]>([
    [
      "a form",
      new FormData(),
      /the request's body is of type FormData, and recordings are looked up by JSON bodies/,
    ],
    ["parameters", new URLSearchParams("a=b"), /of type URLSearchParams/],
    ["text that is not JSON", '{"a":', /cannot be read: .*cut off \(line 1, column 6, byte 5\)/],
  ])("is refused when it is %s", async (_, body, message) => {
    const findings: RecordingFinding[] = [];
    const response = await replay(known, { onFinding: (finding) => findings.push(finding) })(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "unusable_request", message: expect.stringMatching(message) as unknown },
    });
    expect(findings).toMatchObject([
      { code: "unusable-request", message: expect.stringMatching(message) as unknown },
    ]);
  });
});

describe("odd recordings", () => {
  const findingsOf = async (known: MemoryRecording): Promise<RecordingFinding[]> => {
    const findings: RecordingFinding[] = [];
    const response = await replay([known], { onFinding: (finding) => findings.push(finding) })(hello);
    expect(response.status).toBe(200);
    return findings;
  };

  it("with an unknown type are answered, and named", async () => {
    const response = { body: [{ __type__: "a.b.Strange", __data__: { a: 1 } }], is_streaming: true };
    const message = /^[0-9a-f]{64}\.json: \/response\/body\/0 has the unknown type "a\.b\.Strange"/;
    expect(await findingsOf({ recording: recorded(hello, response) })).toMatchObject([
      { code: "unknown-type", message: expect.stringMatching(message) as unknown },
    ]);
  });

  it("that were edited are answered, and named", async () => {
    const fileName = `${await requestHash({ url, body: hello })}.json`;
    const recording = recorded('{"model":"edited"}', "a");
    expect(await findingsOf({ recording, fileName })).toMatchObject([
      { code: "edited-recording", file: fileName },
    ]);
    expect(await findingsOf({ recording: recorded(hello, "a") })).toEqual([]);
  });

  it("that cannot be read are an answer that names the file", async () => {
    const broken: RecordingStore = {
      ...memoryStore(),
      find: async () => {
        throw new Error("x.json: is not JSON");
      },
    };
    const findings: RecordingFinding[] = [];
    const onFinding = (finding: RecordingFinding): void => {
      findings.push(finding);
      throw new Error("a listener's own");
    };
    const response = await createReplayFetch(broken, { onFinding })(url, { method: "POST", body: hello });
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([500, "false"]);
    expect(await response.text()).toContain("x.json: is not JSON");
    expect(findings).toMatchObject([{ code: "recording-unreadable" }]);
  });
});

it("never reaches for the network", () => {
  const sources = ["create-replay-fetch", "replayer", "playback"].map((name) =>
    readFileSync(new URL(`../src/replay/${name}.ts`, import.meta.url), "utf8"),
  );
  for (const source of sources) expect(source).not.toMatch(/(?:globalThis\.|await |return )fetch\(/);
});
