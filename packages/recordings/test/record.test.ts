import { checkRecording, lint } from "@waybill/core";
import { checkRecordingEmit } from "@waybill/core/emit";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";

import {
  createRecordingFetch,
  createReplayFetch,
  hashesOf,
  memoryStore,
  readRecording,
  recordingChunks,
  writeRecording,
  type RecordingFetchOptions,
  type RecordingFinding,
  type RecordingStore,
  type StoredRecording,
} from "../src/index.js";
import { seedFiles } from "./corpus.js";

const url = "https://api.openai.com/v1/chat/completions";
const hello = '{"model":"m","messages":[{"role":"user","content":"Hello"}]}';
const post = (body: string): RequestInit => ({ method: "POST", body });

/** An upstream that answers each call with the next of some responses. */
function upstream(...responses: (() => Response | Promise<Response>)[]): typeof fetch & { calls: number } {
  const answer = async (): Promise<Response> => {
    const next = responses[Math.min(answering.calls++, responses.length - 1)];
    if (!next) throw new TypeError("no answer");
    return next();
  };
  const answering = Object.assign(answer as typeof fetch, { calls: 0 });
  return answering;
}

const json =
  (body: unknown, status = 200) =>
  (): Response =>
    Response.json(body, { status });
const events = (text: string) => (): Response =>
  new Response(text, { headers: { "content-type": "text/event-stream; charset=utf-8" } });

/** Records one call to its end, and what is kept of it. */
async function record(
  answer: () => Response | Promise<Response>,
  body: string = hello,
  { address = url, ...options }: RecordingFetchOptions & { address?: string } = {},
): Promise<{
  stored: StoredRecording | undefined;
  text: string;
  findings: RecordingFinding[];
  store: RecordingStore;
}> {
  const store = memoryStore();
  const findings: RecordingFinding[] = [];
  const onFinding = (finding: RecordingFinding): void => void findings.push(finding);
  const fetch = createRecordingFetch(upstream(answer), store, { mode: "record", onFinding, ...options });
  const response = await fetch(address, body === "" ? {} : post(body));
  const text = await response.text();
  await fetch.flush();
  return { stored: (await all(store))[0], text, findings, store };
}

async function all(store: RecordingStore): Promise<StoredRecording[]> {
  const stored: StoredRecording[] = [];
  for await (const one of store.list()) stored.push(one);
  return stored;
}

const completion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "m",
  choices: [],
};
const chunk = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1_700_000_000,
  model: "m",
  choices: [],
};

describe("a recording that is made", () => {
  it("is written as llama-stack writes it", async () => {
    const { stored } = await record(
      events(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`),
      '{"model":"m","temperature":1.0,"stream":true,"messages":[{"content":"é<"}]}',
      { testId: "a/t.py::x" },
    );
    const digits = stored?.fileName.slice(0, 12);
    expect(stored?.folder).toBe("a/recordings");
    expect(stored?.fileName).toBe((await hashesOf(stored?.recording as never))[0]?.fileName);
    expect(writeRecording(stored?.recording as never)).toBe(`{
  "test_id": "a/t.py::x",
  "request": {
    "method": "POST",
    "url": "https://api.openai.com/v1/chat/completions",
    "headers": {},
    "body": {
      "model": "m",
      "temperature": 1.0,
      "stream": true,
      "messages": [
        {
          "content": "\\u00e9<"
        }
      ]
    },
    "endpoint": "/v1/chat/completions",
    "model": "m"
  },
  "response": {
    "body": [
      {
        "__type__": "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
        "__data__": {
          "id": "rec-${digits}",
          "object": "chat.completion.chunk",
          "created": 0,
          "model": "m",
          "choices": []
        }
      }
    ],
    "is_streaming": true
  },
  "id_normalization_mapping": {}
}
`);
  });

  it("spells like Python whatever the wire spelled", async () => {
    const body = String.raw`{"z":"\/ \u003c é","1":1.50,"0":1e-7,"big":12345678901234567890,"neg":-0,"s":[1.0,2]}`;
    const { stored } = await record(
      () => new Response(body, { headers: { "content-type": "application/json" } }),
      body,
    );
    const text = writeRecording(stored?.recording as never).replaceAll(/\s+/g, "");
    const python = String.raw`{"z":"/<\u00e9","1":1.5,"0":1e-07,"big":12345678901234567890,"neg":0,"s":[1.0,2]}`;
    expect(text).toContain(`"body":${python},"endpoint"`);
    expect(text).toContain(`"__data__":${python}}`);
    expect(stored?.fileName).toBe(
      (await hashesOf(readRecording(writeRecording(stored?.recording as never))))[0]?.fileName,
    );
  });

  it.each<
    [
      what: string,
      address: string,
      body: string,
      answer: () => Response,
      chunks: unknown[],
      type: string | undefined,
    ]
  >([
    [
      "a chat completion",
      url,
      hello,
      json(completion),
      [{ ...completion, id: "rec", created: 0 }],
      "openai.types.chat.chat_completion.ChatCompletion",
    ],
    [
      "a chat stream",
      url,
      hello,
      events(`: hi\n\ndata: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`),
      [{ ...chunk, id: "rec", created: 0 }],
      "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
    ],
    [
      "a stream without a content type",
      url,
      hello,
      () => new Response(new TextEncoder().encode('data: {"a":1}\n\n')),
      [{ a: 1 }],
      "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
    ],
    [
      "a text completion",
      "http://h/v1/completions",
      hello,
      json({ id: "x", object: "text_completion" }),
      [{ id: "rec", object: "text_completion" }],
      "openai.types.completion.Completion",
    ],
    [
      "a text stream",
      "http://h/v1/completions",
      hello,
      events('data: {"object":"text_completion"}\r\n\r\n'),
      [{ object: "text_completion" }],
      "openai.types.completion.Completion",
    ],
    [
      "embeddings",
      "http://h/v1/embeddings",
      '{"encoding_format":"base64"}',
      json({ object: "list", data: [{ embedding: "AAAAPwAAgL8=" }, { embedding: "AAA" }, {}, 1] }),
      [{ object: "list", data: [{ embedding: [0.5, -1] }, { embedding: "AAA" }, {}, 1] }],
      "openai.types.create_embedding_response.CreateEmbeddingResponse",
    ],
    [
      "models",
      "http://h/v1/models",
      "",
      json({
        object: "list",
        data: [
          { id: "b", object: "model", created: 5 },
          { id: "a", object: "model" },
        ],
      }),
      [
        { id: "b", object: "model", created: 5 },
        { id: "a", object: "model" },
      ],
      "openai.types.model.Model",
    ],
    [
      "a message of Anthropic's",
      "http://h/v1/messages",
      hello,
      json({ id: "msg_1", type: "message" }, 201),
      [{ id: "msg_1", type: "message" }],
      undefined,
    ],
    [
      "lines of an event stream",
      "http://h/v1/messages",
      hello,
      events("event: a\ndata: 1\n\ndata: 2\n\n"),
      ["event: a", "data: 1", "", "data: 2", ""],
      undefined,
    ],
    [
      "lines of JSON",
      "http://h/api/chat",
      hello,
      () => new Response('{"a":1}\n{"a":2}\n', { headers: { "content-type": "application/x-ndjson" } }),
      ['{"a":1}', '{"a":2}'],
      undefined,
    ],
    ["text", "http://h/other", hello, () => new Response("hi"), ["hi"], undefined],
    ["nothing", "http://h/other", hello, () => new Response(null, { status: 204 }), [], undefined],
  ])(
    "of %s is valid, and is answered again with the same content",
    async (_, address, body, answer, chunks, type) => {
      const { stored, text, store, findings } = await record(answer, body, { address });
      expect(findings).toEqual([]);
      const recording = stored?.recording as NonNullable<typeof stored>["recording"];
      expect(
        JSON.parse(JSON.stringify(recordingChunks(recording)).replaceAll(/rec-[0-9a-f]{12}/g, "rec")),
      ).toEqual(chunks);
      const { body: kept } = recording.response;
      const [first] = (Array.isArray(kept) ? kept : [kept]) as [{ __type__?: string } | null];
      expect(first?.__type__).toBe(type);
      expect(checkRecording(recording)).toMatchObject({ ok: true });
      expect(checkRecordingEmit(recording).ok).toBe(type !== undefined);
      expect(lint("recording", recording).filter(({ code }) => code !== "invalid-chunk")).toEqual([]);
      const again = readRecording(writeRecording(recording));
      expect(again).toEqual(recording);
      expect((await hashesOf(again)).map(({ fileName }) => fileName)).toContain(stored?.fileName);

      const replayed = await createReplayFetch(store)(address, body === "" ? {} : post(body));
      const asRecorded = (content: string): string =>
        content
          .replaceAll(/chatcmpl-1|rec-[0-9a-f]{12}|(?<="id":")x(?=")/g, "rec")
          .replaceAll("1700000000", "0");
      const withoutFrames = (content: string): string =>
        content
          .replaceAll("\r\n", "\n")
          .replace(/^: hi\n\n/, "")
          .replace("data: [DONE]\n\n", "");
      expect(asRecorded(withoutFrames(await replayed.text()))).toBe(asRecorded(withoutFrames(text)));
    },
  );

  it("has the same bytes in every run", async () => {
    const texts = await Promise.all(
      ["chatcmpl-1", "chatcmpl-2"].map(async (id) => {
        const { stored } = await record(json({ ...completion, id, created: Date.now() }));
        return writeRecording(stored?.recording as never);
      }),
    );
    expect(texts[0]).toBe(texts[1]);
  });

  it("is made by the openai package of a seed, and gives the seed's answer again", async () => {
    const [seed] = seedFiles.map(({ text }) => readRecording(text));
    const live = createReplayFetch(memoryStore(seed ? [seed] : []), { match: "request" });
    const store = memoryStore();
    const ask = async (fetch: typeof globalThis.fetch): Promise<unknown[]> => {
      const client = new OpenAI({ apiKey: "sk-secret-secret-secret", fetch });
      const chunks: unknown[] = [];
      const stream = await client.chat.completions.create(
        seed?.request.body as OpenAI.ChatCompletionCreateParamsStreaming,
      );
      for await (const one of stream) chunks.push(one);
      return chunks;
    };
    const chunks = await ask(createRecordingFetch(live, store, { mode: "record" }));
    const [stored] = await all(store);
    const withId = (id: string): unknown[] => chunks.map((one) => ({ ...(one as object), id }));
    expect(await ask(createReplayFetch(store))).toEqual(withId(`rec-${stored?.fileName.slice(0, 12)}`));
    expect(writeRecording(stored?.recording as never)).not.toContain("sk-secret");
  });

  it("keeps times when it is asked to", async () => {
    let time = 0;
    const answer = (): Response => {
      const pieces = ['data: {"a":1}\n\ndata: {"a"', ":2}\n\n", 'data: {"a":3}\n\n'].map((text) =>
        new TextEncoder().encode(text),
      );
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = pieces.shift();
          if (piece) controller.enqueue(piece);
          else controller.close();
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const { stored } = await record(answer, hello, { keepTiming: true, now: () => (time += 10) });
    expect(stored?.recording.response).toMatchObject({ waybill: { times: [10, 20, 30] } });
    expect(checkRecording(stored?.recording).ok).toBe(true);
  });
});

describe("a failure that is recorded", () => {
  it.each<[status: number, body: string, type: string, inner: unknown]>([
    [400, '{"error":{"message":"no","code":"x"}}', "BadRequestError", { message: "no", code: "x" }],
    [429, '{"detail":"slow"}', "RateLimitError", { detail: "slow" }],
    [503, "busy", "InternalServerError", null],
    [418, "", "APIStatusError", null],
  ])("with status %i keeps it and the inner error", async (status, body, type, inner) => {
    const { stored, store } = await record(() => new Response(body, { status }));
    expect(stored?.recording.response).toMatchObject({
      body: null,
      is_streaming: false,
      is_exception: true,
      exception_data: {
        category: "provider_sdk",
        provider: "openai",
        type,
        status_code: status,
        body: inner,
      },
    });
    expect(checkRecordingEmit(stored?.recording)).toMatchObject({ ok: true });
    const replayed = await createReplayFetch(store)(url, post(hello));
    expect(replayed.status).toBe(status);
    expect(await replayed.json()).toMatchObject({ error: inner ?? { type } });
  });

  it("within a stream keeps the chunks before it", async () => {
    const { stored, store, text } = await record(
      events('data: {"a":1}\n\ndata: {"error":{"message":"late"}}\n\n'),
    );
    expect(stored?.recording.response).toMatchObject({
      is_streaming: true,
      is_exception: true,
      exception_message: "late",
    });
    expect(await (await createReplayFetch(store)(url, post(hello))).text()).toBe(text);
    expect(checkRecordingEmit(stored?.recording)).toMatchObject({ ok: true });
  });

  const breaking = (): Response => {
    let isFirst = true;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isFirst) controller.enqueue(new TextEncoder().encode('data: {"a":1}\n\n'));
        else controller.error(new TypeError("terminated"));
        isFirst = false;
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };

  it("of the connection within a stream reaches the caller and the recording", async () => {
    const store = memoryStore();
    const fetch = createRecordingFetch(upstream(breaking), store, { mode: "record" });
    await expect((await fetch(url, post(hello))).text()).rejects.toThrow("terminated");
    const replayed = await createReplayFetch(store)(url, post(hello));
    await expect(replayed.text()).rejects.toThrow("terminated");
    const [stored] = await all(store);
    expect(stored && recordingChunks(stored.recording)).toHaveLength(2);
  });

  it.each(["record", "record-if-missing"] as const)(
    "of the network is an answer in the mode %s or not",
    async (mode) => {
      const store = memoryStore();
      const failing: typeof globalThis.fetch = async () => {
        throw new TypeError("fetch failed");
      };
      const recording = createRecordingFetch(failing, store, { mode });
      await expect(recording(url, post(hello))).rejects.toThrow("fetch failed");
      await recording.flush();
      expect(await all(store)).toHaveLength(mode === "record" ? 1 : 0);
      const broken = createRecordingFetch(upstream(breaking), memoryStore(), { mode });
      await expect((await broken(url, post(hello))).text()).rejects.toThrow("terminated");
    },
  );

  it("of the network is one again in replay", async () => {
    const failing: typeof globalThis.fetch = async () => {
      throw new TypeError("fetch failed");
    };
    const store = memoryStore();
    const recording = createRecordingFetch(failing, store, { mode: "record" });
    await expect(recording(url, post(hello))).rejects.toThrow("fetch failed");
    await recording.flush();
    await expect(createReplayFetch(store)(url, post(hello))).rejects.toThrow("fetch failed");
  });
});

describe("what is not recorded", () => {
  const kept = async (
    run: (fetch: typeof globalThis.fetch) => Promise<unknown>,
    answer: () => Response,
  ): Promise<[number, string]> => {
    const store = memoryStore();
    const messages: string[] = [];
    const fetch = createRecordingFetch(upstream(answer), store, {
      mode: "record",
      onFinding: ({ message }) => messages.push(message),
    });
    await run(fetch);
    await fetch.flush();
    return [(await all(store)).length, messages.join()];
  };
  const streaming = events('data: {"a":1}\n\n');

  it.each<
    [
      what: string,
      run: (fetch: typeof globalThis.fetch) => Promise<unknown>,
      answer: () => Response,
      message: RegExp,
    ]
  >([
    [
      "a stream that its caller closes",
      async (fetch) => (await fetch(url, post(hello))).body?.cancel(),
      streaming,
      /POST https:\S+ was not recorded: its caller closed it/,
    ],
    [
      "a form",
      (fetch) => fetch(url, { method: "POST", body: new FormData() }).then((got) => got.text()),
      streaming,
      /of type FormData/,
    ],
    [
      "a request that is not JSON",
      (fetch) => fetch(url, post("{")).then((got) => got.text()),
      streaming,
      /cannot be read/,
    ],
    [
      "bytes",
      (fetch) => fetch("http://h/audio", post(hello)).then((got) => got.text()),
      () => new Response("x", { headers: { "content-type": "audio/mpeg" } }),
      /no text, but audio\/mpeg/,
    ],
    [
      "a completion that is none",
      (fetch) => fetch(url, post(hello)).then((got) => got.text()),
      () => new Response("[1"),
      /no JSON object/,
    ],
  ])("is %s", async (_, run, answer, message) => {
    const [count, told] = await kept(run, answer);
    expect(count).toBe(0);
    expect(told).toMatch(message);
  });

  it("is a stream that its caller aborts", async () => {
    const control = new AbortController();
    const endless = (): Response => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('data: {"a":1}\n\n'));
          control.signal.addEventListener("abort", () => controller.error(control.signal.reason));
        },
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const [count, told] = await kept(async (fetch) => {
      const response = await fetch(url, { ...post(hello), signal: control.signal });
      const reader = response.body?.getReader();
      await reader?.read();
      control.abort(new Error("enough"));
      await expect(reader?.read()).rejects.toThrow("enough");
    }, endless);
    expect([count, told]).toEqual([0, expect.stringContaining("its caller closed it")]);
  });

  it("is the rest of a stream, which is complete, behind its last word", async () => {
    const [count] = await kept(async (fetch) => {
      const reader = (await fetch(url, post(hello))).body?.getReader();
      await reader?.read();
      await reader?.cancel();
    }, events('data: {"a":1}\n\ndata: [DONE]\n\n'));
    expect(count).toBe(1);
  });

  it("is an event that is not JSON, which is told", async () => {
    const { stored, findings } = await record(events('data: ping\n\ndata: {"a":1}\n\n'));
    expect(stored && recordingChunks(stored.recording)).toEqual([{ a: 1 }]);
    expect(findings).toMatchObject([{ code: "event-skipped" }]);
  });

  it("is what the store refuses, and the caller never hears of it", async () => {
    const messages: string[] = [];
    const full = {
      ...memoryStore(),
      put: async (): Promise<void> => {
        throw new Error("disk full");
      },
    };
    const fetch = createRecordingFetch(upstream(json(completion)), full, {
      mode: "record",
      onFinding: ({ message }) => messages.push(message),
    });
    expect(await (await fetch(url, post(hello))).json()).toEqual(completion);
    await fetch.flush();
    expect(messages).toEqual(["disk full"]);
  });
});

describe("the caller of a recorded call", () => {
  it("gets each piece when it comes, and nothing is read ahead", async () => {
    let pulled = 0;
    const pieces = ["data: 1\n", "\ndata: [DONE]", "\n\n"];
    const answer = (): Response => {
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            const piece = pieces[pulled++];
            if (piece === undefined) controller.close();
            else controller.enqueue(new TextEncoder().encode(piece));
          },
        },
        { highWaterMark: 0 },
      );
      return new Response(body, {
        headers: { "content-type": "text/event-stream", "x-request-id": "r" },
        statusText: "Fine",
      });
    };
    const fetch = createRecordingFetch(upstream(answer), memoryStore(), { mode: "record" });
    const response = await fetch(url, post(hello));
    expect(pulled).toBe(0);
    expect([response.headers.get("x-request-id"), response.statusText, response.url]).toEqual([
      "r",
      "Fine",
      "",
    ]);
    const reader = response.body?.getReader();
    for (const [index, piece] of pieces.entries()) {
      const read = await reader?.read();
      expect(new TextDecoder().decode(read?.value)).toBe(piece);
      expect(pulled).toBe(index + 1);
    }
    expect((await reader?.read())?.done).toBe(true);
  });

  it("sends what it sent, in every form", async () => {
    const sent: string[] = [];
    const echo: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      sent.push(await request.text());
      return Response.json(completion);
    };
    const store = memoryStore();
    const fetch = createRecordingFetch(echo, store, { mode: "record" });
    const stream = { method: "POST", body: new Blob([hello]).stream(), duplex: "half" } as RequestInit;
    for (const [input, init] of [
      [url, post(hello)],
      [new Request(url, post(hello)), undefined],
      [url, stream],
    ] as const) {
      await (await fetch(input, init)).text();
      await fetch.flush();
    }
    expect(sent).toEqual([hello, hello, hello]);
    expect(await all(store)).toHaveLength(1);
  });
});

describe("the modes", () => {
  it.each<[mode: RecordingFetchOptions["mode"], calls: number, stored: number, answers: string[]]>([
    ["live", 2, 0, ["1", "2"]],
    ["record", 2, 1, ["1", "2"]],
    ["record-if-missing", 1, 1, ["1", "1"]],
    ["replay", 0, 0, ["404", "404"]],
    [undefined, 0, 0, ["404", "404"]],
  ])("%s call the network %i times", async (mode, calls, count, answers) => {
    const live = upstream(json({ n: "1" }), json({ n: "2" }));
    const store = memoryStore();
    const fetch = createRecordingFetch(live, store, { mode });
    const got: string[] = [];
    for (let call = 0; call < 2; call++) {
      const response = await fetch(url, post(hello));
      const { n } = (await response.json()) as { n?: string };
      got.push(n ?? String(response.status));
    }
    expect([live.calls, (await all(store)).length, got]).toEqual([calls, count, answers]);
  });

  it("leave a live call alone", async () => {
    const answer = json({})();
    const fetch = createRecordingFetch(
      upstream(() => answer),
      memoryStore(),
      { mode: "live" },
    );
    expect(await fetch(url)).toBe(answer);
  });

  it.each(["record", "record-if-missing"] as const)(
    "keep every answer to equal requests when %s is told to",
    async (mode) => {
      const store = memoryStore();
      const run = async (): Promise<[number[], number]> => {
        const live = upstream(() => new Response("busy", { status: 429 }), json({ n: 2 }), json({ n: 3 }));
        const fetch = createRecordingFetch(live, store, { mode, sequence: true });
        const statuses: number[] = [];
        for (let call = 0; call < 3; call++) {
          const response = await fetch(url, post(hello));
          await response.text();
          statuses.push(response.status);
        }
        return [statuses, live.calls];
      };
      expect(await run()).toEqual([[429, 200, 200], 3]);
      expect((await all(store)).map(({ fileName }) => fileName.slice(64))).toEqual([
        ".json",
        "-2.json",
        "-3.json",
      ]);
      expect(await run()).toEqual([[429, 200, 200], mode === "record" ? 3 : 0]);
    },
  );

  it("record what is missing by request too, and pass on what cannot be looked up", async () => {
    const live = upstream(json({ n: 1 }));
    const fetch = createRecordingFetch(live, memoryStore(), { mode: "record-if-missing", match: "request" });
    for (const address of [url, "http://elsewhere/v1/chat/completions"]) {
      expect(await (await fetch(address, post(hello))).json()).toEqual({ n: 1 });
    }
    expect(live.calls).toBe(1);
    await (await fetch(url, { method: "POST", body: new FormData() })).text();
    expect(live.calls).toBe(2);
  });

  it("do not write over a file that cannot be read", async () => {
    const broken: RecordingStore = {
      ...memoryStore(),
      find: async () => {
        throw new Error("x.json: is not JSON");
      },
    };
    const live = upstream(json({}));
    const response = await createRecordingFetch(live, broken, { mode: "record-if-missing" })(
      url,
      post(hello),
    );
    expect([response.status, live.calls]).toEqual([500, 0]);
  });

  it("have names", () => {
    const wrong = { mode: "rec" as never };
    expect(() => createRecordingFetch(fetch, memoryStore(), wrong)).toThrow(
      'there is no mode "rec": it is live, replay, record, record-if-missing',
    );
  });
});
