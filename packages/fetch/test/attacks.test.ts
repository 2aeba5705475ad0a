import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";

import { instrumentFetch, observeFetch, type InstrumentOptions } from "../src/index.js";
import { placeOf } from "../src/member-place.js";
import { bodyOf, chatUrl, completion, json, observed, post, question, saturn, streamed } from "./upstream.js";

const text = JSON.stringify(question);
const streaming = { ...question, stream: true };
const withoutUsage = [...saturn.slice(0, 4), ...saturn.slice(5)].join("");

afterEach(() => {
  vi.useRealTimers();
});

/** A body for a request that is never sent to its end, and how much of it was asked for. */
function endless(bytes: Uint8Array) {
  const state = { pulled: 0, isCancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        state.pulled++;
        controller.enqueue(bytes.slice());
      },
      cancel() {
        state.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
}

/** A body that says nothing. */
function waiting(): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
}

function streamedPost(body: ReadableStream<Uint8Array>, more: RequestInit = {}): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body, duplex: "half", ...more } as RequestInit;
}

/** Many turns of the event loop, in which what runs by itself would get far. */
async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe("a call in an odd form is sent whole", () => {
  class Inherited {
    readonly headers = { "x-waybill-user": "u-7", authorization: "Bearer a" };
    get method() {
      return "POST";
    }
    get body() {
      return text;
    }
  }
  const headers = { "x-waybill-user": "u-7", authorization: "Bearer a" };

  it.each<[string, () => RequestInit]>([
    ["with options that inherit their members", () => new Inherited()],
    ["with a Request for options", () => new Request(chatUrl, post(question, headers))],
  ])("%s", async (_, init) => {
    const { fetch, requests, payloads } = observed(() => json(completion));
    await (await fetch(chatUrl, init())).text();
    const [request] = requests;
    expect([request?.method, request?.headers.get("authorization")]).toEqual(["POST", "Bearer a"]);
    expect([...(request?.headers.keys() ?? [])]).not.toContain("x-waybill-user");
    expect(await request?.json()).toEqual(question);
    expect(payloads).toMatchObject([{ end_user: "u-7" }]);
  });

  it.each<[string, string, (given: Map<string, string>) => unknown]>([
    ["of a call", chatUrl, (given) => given.entries()],
    ["of something else", "https://api.openai.com/v1/files", (given) => given.entries()],
    [
      "from a generator",
      chatUrl,
      function* (given) {
        yield* given;
      },
    ],
  ])("with headers that can be read once, %s", async (_, url, make) => {
    const { fetch, requests } = observed(() => json(completion));
    const given = make(new Map([["authorization", "Bearer a"]])) as [string, string][];
    await (await fetch(url, { ...post(question), headers: given })).text();
    expect(requests[0]?.headers.get("authorization")).toBe("Bearer a");
  });

  it("though something here fails when the body has been taken", async () => {
    const { fetch, requests, events } = observed(() => json(completion), {
      newId: () => {
        throw new Error("mine");
      },
    });
    await (await fetch(chatUrl, streamedPost(bodyOf([text])))).text();
    expect(await requests[0]?.json()).toEqual(question);
    expect(events).toMatchObject([{ type: "failed", what: "the request" }]);
  });
});

describe("a request that is streamed", () => {
  it("is not read ahead of who sends it", async () => {
    const { body, state } = endless(new Uint8Array(65_536));
    let sent: ReadableStream<Uint8Array> | undefined;
    const base: typeof fetch = async (_, init) => {
      sent = init?.body as ReadableStream<Uint8Array>;
      const reader = sent.getReader();
      await reader.read();
      await reader.read();
      reader.releaseLock();
      return json(completion);
    };
    await (
      await instrumentFetch(base, { onPayload: () => {}, engine: null })(chatUrl, streamedPost(body))
    ).text();
    await manyTurns();
    expect(state.pulled).toBe(2);
    await sent?.cancel();
    expect(state.isCancelled).toBe(true);
  });

  it("in a Request is read ahead by 16 MiB at most", async () => {
    const { body, state } = endless(new Uint8Array(4 * 1024 * 1024));
    const request = new Request(chatUrl, streamedPost(body));
    const { fetch } = observed(() => json(completion));
    await (await fetch(request)).text();
    await manyTurns();
    expect(state.pulled).toBeLessThan(10);
  });

  it("and never ends has its record when the answer is over", async () => {
    const { fetch, payloads, events } = observed(() => json(completion));
    await (await fetch(chatUrl, streamedPost(endless(Uint8Array.of(0x20)).body))).text();
    expect(payloads).toMatchObject([{ response: completion, prompt_tokens: 10 }]);
    expect(events).toMatchObject([
      { type: "incomplete-record", reason: expect.stringContaining("not sent to its end") as unknown },
    ]);
  });

  it("and never ends in a Request has its record soon after", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const payloads: unknown[] = [];
    const instrumented = instrumentFetch(async () => json(completion), {
      onPayload: (payload) => void payloads.push(payload),
    });
    await (await instrumented(new Request(chatUrl, streamedPost(waiting())))).text();
    expect(payloads).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(payloads).toMatchObject([{ response: completion }]);
  });

  it.each<[string, () => [RequestInfo, RequestInit?]]>([
    ["by itself", () => [chatUrl, streamedPost(waiting())]],
    ["in a Request", () => [new Request(chatUrl, streamedPost(waiting()))]],
  ])("is not waited for to ask for usage: %s", async (_, parts) => {
    const base: typeof fetch = () => Promise.reject(new DOMException("This was aborted", "AbortError"));
    const instrumented = instrumentFetch(base, { onPayload: () => {}, includeUsage: true });
    await expect(instrumented(...parts())).rejects.toThrow("aborted");
  });
});

describe("asking for usage", () => {
  const asks = `"stream_options":{"include_usage":true`;
  it.each([
    [
      "null",
      `{"stream":true,"stream_options":null,"seed":12345678901234567890}`,
      `{"stream":true,${asks}},"seed":12345678901234567890}`,
    ],
    ["nothing", `{"stream":true,"stream_options":{ },"t":1.0}`, `{"stream":true,${asks} },"t":1.0}`],
    [
      "something else",
      `{"t":1.0,"stream":true,"stream_options":{"a":1e400}}`,
      `{"t":1.0,"stream":true,${asks},"a":1e400}}`,
    ],
    [
      "two things",
      `{"stream":true,"stream_options":null,"x":{"stream_options":1},"stream_options":{"a":"}\\""}}`,
      `{"stream":true,"stream_options":null,"x":{"stream_options":1},${asks},"a":"}\\""}}`,
    ],
    ["no options", `{"stream":true,"stream_options":"all"}`, `{"stream":true,"stream_options":"all"}`],
  ])("changes nothing else in a body whose stream options say %s", async (_, body, sent) => {
    const { fetch, requests } = observed(() => streamed(saturn), { includeUsage: true });
    await (await fetch(chatUrl, { method: "POST", body })).text();
    expect(await requests[0]?.text()).toBe(sent);
  });

  it("keeps the type of a Blob, and gives bytes none", async () => {
    const { fetch, requests } = observed(() => streamed(saturn), { includeUsage: true });
    const body = JSON.stringify(streaming);
    await (
      await fetch(chatUrl, { method: "POST", body: new Blob([body], { type: "application/json" }) })
    ).text();
    await (await fetch(chatUrl, { method: "POST", body: new TextEncoder().encode(body) })).text();
    expect(requests.map(({ headers }) => headers.get("content-type"))).toEqual(["application/json", null]);
    for (const request of requests)
      expect(await request.json()).toMatchObject({ stream_options: { include_usage: true } });
  });

  it("finds a member where JSON.parse finds it", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        fc.nat(3),
        (members, value, indent) => {
          const whole = JSON.stringify({ ...members, wanted: value }, null, indent);
          const place = placeOf(whole, "wanted");
          expect(JSON.parse(whole.slice(place?.start, place?.end))).toEqual(
            JSON.parse(JSON.stringify(value)),
          );
          expect(placeOf(JSON.stringify([members]), "wanted")).toBeUndefined();
        },
      ),
    );
  });

  it.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("hides the chunk in a stream whose lines end with %s, byte by byte", async (_, end) => {
    const whole = new TextEncoder().encode(saturn.join("").replaceAll("\n", end));
    const { fetch } = observed(() => streamed([...whole].map((byte) => Uint8Array.of(byte))), {
      includeUsage: true,
    });
    const pieces: string[] = [];
    const response = await fetch(chatUrl, post(streaming));
    for await (const piece of response.body as ReadableStream<Uint8Array>)
      pieces.push(new TextDecoder().decode(piece));
    expect(pieces.join("")).toBe(withoutUsage.replaceAll("\n", end));
    // As soon as an event is whole, it goes on.
    expect(pieces).toHaveLength(5);
  });

  it("takes time in proportion to an event that comes byte by byte", async () => {
    let looks = 0;
    class Counted extends Uint8Array {
      override slice(start?: number, stop?: number): Uint8Array<ArrayBuffer> {
        looks += this.length;
        return super.slice(start, stop);
      }
    }
    const observe = observeFetch(async () => streamed([]), { onPayload: () => {}, includeUsage: true });
    const { edit } = await observe(chatUrl, post(streaming));
    for (let byte = 0; byte < 100_000; byte++) edit?.pass(new Counted([0x61]));
    expect(looks).toBeLessThan(1_000_000);
    expect(edit?.end()).toHaveLength(100_000);
  });
});

describe("a response that no program can make", () => {
  it.each([
    ["status 999", { status: 999, ok: false }],
    ["status 600", { status: 600, ok: false }],
    ["a reason beyond Latin-1", { statusText: "Привет" }],
    ["a body where there is none", { status: 204 }],
  ])("reaches its caller: %s", async (_, said) => {
    const own = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, { value }]));
    const { fetch, payloads } = observed(() => Object.defineProperties(json(completion), own));
    const response = await fetch(chatUrl, post(question));
    expect(response).toMatchObject(said);
    expect(response.clone()).toMatchObject(said);
    expect(await response.json()).toEqual(completion);
    expect(payloads).toHaveLength(1);
  });

  it("reaches its caller when somebody else reads it, and is on record", async () => {
    const source = json(completion);
    const reader = source.body?.getReader();
    const { fetch, payloads } = observed(() => source);
    expect(await fetch(chatUrl, post(question))).toBe(source);
    expect(payloads).toHaveLength(1);
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
  });

  it("keeps what it says of itself in its clones, and lets others say more", async () => {
    const source = Object.defineProperties(json(completion), {
      url: { value: chatUrl },
      redirected: { value: true },
    });
    const { fetch } = observed(() => source);
    const response = await fetch(chatUrl, post(question));
    const twice = response.clone().clone();
    expect([twice.url, twice.redirected, twice.type]).toEqual([chatUrl, true, source.type]);
    expect(Object.defineProperty(response, "url", { value: "x" }).url).toBe("x");
    expect(await twice.json()).toEqual(completion);
  });
});

describe("an answer that nobody reads", () => {
  it.each([
    ["as it came", false],
    ["with usage asked for", true],
  ])("lets go of its connection when it is let go, %s", async (_, includeUsage) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    let isCancelled = false;
    const { fetch, payloads } = observed(
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new TextEncoder().encode(saturn[0])),
            cancel() {
              isCancelled = true;
            },
          }),
        ),
      { includeUsage },
    );
    await (async () => {
      const { status } = await fetch(chatUrl, post(streaming));
      expect(status).toBe(200);
    })();
    await expect
      .poll(
        () => {
          collect();
          return isCancelled;
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(payloads).toHaveLength(1);
  });
});

describe("events", () => {
  const messages = "https://api.anthropic.com/v1/messages";
  const responses = "https://api.openai.com/v1/responses";
  const start = {
    type: "message_start",
    message: {
      type: "message",
      id: "msg_1",
      model: "claude-sonnet-4-5",
      role: "assistant",
      usage: { input_tokens: 10, output_tokens: 1 },
    },
  };
  const data = (event: object): string => `event: x\ndata: ${JSON.stringify(event)}\n\n`;

  it("of a message do not copy what came before them", async () => {
    const events = Array.from({ length: 8000 }, (_, index) => ({
      type: "message_delta",
      delta: { [`d${index}`]: 1, stop_reason: "end_turn" },
      usage: { [`u${index}`]: 1, output_tokens: index },
    }));
    const hostile = `data: {"type":"message_delta","delta":{"__proto__":{"polluted":1}},"usage":{"__proto__":{"input_tokens":7}}}\n\n`;
    const { fetch, payloads } = observed(() =>
      streamed([data(start), hostile, ...events.map(data), data({ type: "message_stop" })]),
    );
    await (await fetch(messages, post({ ...streaming, model: "claude-sonnet-4-5" }))).text();
    const [payload] = payloads;
    expect(payload).toMatchObject({ prompt_tokens: 10, completion_tokens: 7999 });
    expect(payload?.response).toMatchObject({ id: "msg_1", stop_reason: "end_turn" });
    const { usage, ...message } = (payload?.response ?? {}) as Record<string, object>;
    expect(Object.keys(usage ?? {}).length).toBeLessThanOrEqual(500);
    expect(Object.keys(message).length).toBeLessThanOrEqual(510);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  const completed = {
    id: "resp_0123456789abcdef0123",
    object: "response",
    model: "gpt-4o-2024-08-06",
    status: "completed",
    output: [],
    usage: { input_tokens: 10, output_tokens: 2, total_tokens: 12 },
  };

  it.each<[string, Record<string, string>]>([
    ["in capitals", { "content-type": "Text/Event-Stream" }],
    ["of none", {}],
    ["of another", { "content-type": "text/plain" }],
  ])("are read under a type %s", async (_, headers) => {
    const pieces = ["\uFEFF", "\r\n", data({ type: "response.completed", response: completed })];
    const { fetch, payloads } = observed(() => new Response(bodyOf(pieces), { headers }));
    await (await fetch(responses, post({ model: "gpt-4o", input: "x", stream: true }))).text();
    expect(payloads).toMatchObject([{ response: completed, prompt_tokens: 10, stream: true }]);
  });

  it("are not seen in JSON that answers a request for a stream", async () => {
    const { fetch, payloads } = observed(() => new Response(bodyOf([" \n", JSON.stringify(completed)])));
    await (await fetch(responses, post({ model: "gpt-4o", input: "x", stream: true }))).text();
    expect(payloads).toMatchObject([{ response: completed, prompt_tokens: 10 }]);
  });

  it.each(["queued", "in_progress"])(
    "are not needed to say that an answer is only begun: %s",
    async (status) => {
      const { fetch, payloads, events } = observed(() => json({ ...completed, status, usage: null }));
      await (await fetch(responses, post({ model: "gpt-4o", input: "x", background: true }))).text();
      expect(payloads).toMatchObject([{ prompt_tokens: null, response_cost: null }]);
      expect(events).toMatchObject([
        { type: "incomplete-record", reason: expect.stringContaining(status) as unknown },
      ]);
    },
  );
});

describe("anything", () => {
  it.each<[string, unknown]>([
    ["without a prototype", Object.create(null)],
    [
      "with members that throw",
      Object.defineProperty({}, "message", { get: () => JSON.parse("") as unknown }),
    ],
    ["that is undefined", undefined],
  ])("may be thrown by a fetch, and is on record: %s", async (_, thrown) => {
    const { fetch, payloads } = observed(() => Promise.reject(thrown));
    const caught: unknown = await fetch(chatUrl, post(question)).catch((error: unknown) => error);
    expect(caught).toBe(thrown);
    expect(payloads).toMatchObject([{ status: "failure" }]);
  });

  it("may be done with the options afterwards", async () => {
    const payloads: unknown[] = [];
    const options: InstrumentOptions = { onPayload: (payload) => void payloads.push(payload), engine: null };
    const instrumented = instrumentFetch(async () => json(completion), options);
    options.onPayload = undefined;
    Object.assign(options, { maxAnswerBytes: -1, context: "x" });
    await (await instrumented(chatUrl, post(question))).text();
    expect(payloads).toMatchObject([{ response: completion }]);
  });
});
