import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { startOpenAIStub, type OpenAIStub } from "@waybill/testkit";
import { afterEach, describe, expect, it } from "vitest";

import { planTraffic, type TrafficCall } from "../../server/traffic/plan-traffic.js";
import { sendOverHttp } from "../../server/traffic/send-over-http.js";
import { startTraffic } from "../../server/traffic/start-traffic.js";
import type { TrafficKind } from "../../server/traffic/traffic-kinds.js";
import { bundledRecordings } from "../../server/upstream/bundled-recordings.js";
import { createBundledUpstream } from "../../server/upstream/bundled-upstream.js";

const recordings = bundledRecordings();
const stubs: OpenAIStub[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A clock that stands at the time of the last wait. */
function fakeClock() {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    jump: (milliseconds: number) => (time += milliseconds),
    now: () => time,
    wait: async (milliseconds: number) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
  };
}

function callOf(kind: TrafficKind): TrafficCall {
  for (const call of planTraffic(3, { recordings })) if (call.kind === kind) return call;
  throw new Error("a plan has every kind");
}

async function stubOf(options: Parameters<typeof startOpenAIStub>[0] = {}): Promise<OpenAIStub> {
  const stub = await startOpenAIStub(options);
  stubs.push(stub);
  return stub;
}

const never = new AbortController().signal;

describe("startTraffic", () => {
  it("sends the planned calls at their times until it is stopped", async () => {
    const clock = fakeClock();
    const sent: { id: string; at: number; now: number }[] = [];
    let enough = (): void => {};
    const hasEnough = new Promise<void>((resolve) => (enough = resolve));
    const traffic = startTraffic({
      seed: 5,
      recordings,
      clock,
      send: async ({ id, at }) => {
        sent.push({ id, at, now: clock.now() });
        if (sent.length === 30) enough();
      },
    });
    await hasEnough;
    await traffic.stop();
    const count = sent.length;
    expect(sent.every(({ at, now }) => at === now)).toBe(true);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(count);
    expect(traffic.counts()).toEqual({ sent: count, failed: 0, skipped: 0 });
  });

  it("counts calls that fail, and goes on", async () => {
    const failures: unknown[] = [];
    let enough = (): void => {};
    const hasEnough = new Promise<void>((resolve) => (enough = resolve));
    const traffic = startTraffic({
      seed: 5,
      recordings,
      clock: fakeClock(),
      send: async () => {
        throw new Error("refused");
      },
      onFailure: (_, error) => {
        if (failures.push(error) === 10) enough();
      },
    });
    await hasEnough;
    await traffic.stop();
    expect(traffic.counts().failed).toBe(failures.length);
  });

  it("skips calls when too many are on their way, and ends these when it is stopped", async () => {
    let open = 0;
    let aborted = 0;
    let enough = (): void => {};
    const hasEnough = new Promise<void>((resolve) => (enough = resolve));
    const clock = fakeClock();
    const traffic = startTraffic({
      seed: 5,
      recordings,
      clock: {
        ...clock,
        wait: async (milliseconds) => {
          await clock.wait(milliseconds);
          if (clock.waits.length === 200) enough();
        },
      },
      send: (_, signal) =>
        new Promise((_resolve, reject) => {
          open++;
          signal.addEventListener("abort", () => {
            aborted++;
            reject(new Error("aborted"));
          });
        }),
    });
    await hasEnough;
    await traffic.stop();
    expect([open, aborted, traffic.counts().failed]).toEqual([64, 64, 0]);
    expect(traffic.counts().skipped).toBeGreaterThan(100);
  });

  it("goes on from now after the machine has slept", async () => {
    const clock = fakeClock();
    let sent = 0;
    let enough = (): void => {};
    const hasEnough = new Promise<void>((resolve) => (enough = resolve));
    const traffic = startTraffic({
      seed: 5,
      recordings,
      clock,
      send: async () => {
        if (++sent === 10) clock.jump(3_600_000);
        if (sent === 40) enough();
      },
    });
    await hasEnough;
    await traffic.stop();
    // Without it, a thousand calls would be late, and none of them would be waited for.
    expect(clock.waits.length).toBeGreaterThan(30);
  });

  it("refuses a plan that makes no sense before it starts", () => {
    const options = { seed: 1, recordings, ratePerMinute: 0, send: async () => {} };
    expect(() => startTraffic(options)).toThrow("ratePerMinute");
  });
});

describe("sendOverHttp", () => {
  it("sends the body with the key of its name and its tags", async () => {
    const stub = await stubOf();
    const call = { ...callOf("stream"), key: "search" as const };
    await sendOverHttp(`${stub.baseUrl}/`, { search: "wb-search" })(call, never);
    expect(stub.requests[0]).toMatchObject({
      path: `/v1${call.path}`,
      headers: { authorization: "Bearer wb-search", "x-waybill-tags": "demo,stream" },
      body: JSON.parse(JSON.stringify(call.body)) as object,
    });
  });

  it("reads a stream to its end", async () => {
    const stub = await stubOf({ answer: () => ({ text: "one two three four", hold: "after-chunk-4" }) });
    let isOver = false;
    const sending = sendOverHttp(stub.baseUrl, {})(callOf("stream"), never).then(() => (isOver = true));
    await stub.held(1);
    expect(isOver).toBe(false);
    stub.release();
    await sending;
    expect(isOver).toBe(true);
  });

  it("leaves in the middle where that is planned", async () => {
    const text = "word ".repeat(100);
    const stub = await stubOf({ answer: () => ({ text, hold: "after-chunk-20" }) });
    const call = {
      ...callOf("leaves"),
      path: "/chat/completions",
      body: { model: "gpt-4o", messages: [], stream: true },
    };
    await sendOverHttp(stub.baseUrl, {})(call, never);
    await stub.aborted(1);
    expect(stub.requests).toHaveLength(1);
  });

  it("tries once more after a 429 that says when, and no more", async () => {
    const clock = fakeClock();
    const limited = { kind: "status", status: 429, retryAfter: "1" } as const;
    const stub = await stubOf({ faults: [limited, limited, undefined] });
    await sendOverHttp(stub.baseUrl, {}, { clock })(callOf("retried"), never);
    expect([stub.requests.length, clock.waits]).toEqual([2, [1000]]);
  });

  it("takes a 429 of a spent budget, and a 500, for an answer", async () => {
    const stub = await stubOf({
      answer: () => ({ status: 429, headers: { "x-should-retry": "false", "retry-after": "1" } }),
      faults: [undefined, { kind: "status", status: 500 }],
    });
    const send = sendOverHttp(stub.baseUrl, {});
    await send(callOf("stream"), never);
    await send(callOf("failed"), never);
    expect(stub.requests).toHaveLength(2);
  });

  it("takes a cut for one where it was asked for, and for a failure elsewhere", async () => {
    const stub = await stubOf({ faults: () => ({ kind: "cut", after: 2 }) });
    const send = sendOverHttp(stub.baseUrl, {});
    await expect(send(callOf("cut"), never)).resolves.toBeUndefined();
    await expect(send(callOf("stream"), never)).rejects.toThrow("terminated");
  });

  it("says when a key is unknown, and fails when nobody listens", async () => {
    const stub = await stubOf({ apiKey: "right" });
    const call = { ...callOf("stream"), key: "checkout" as const };
    await expect(sendOverHttp(stub.baseUrl, { checkout: "wrong" })(call, never)).rejects.toThrow(
      "does not know the key of checkout",
    );
    await stubs.pop()?.close();
    await expect(sendOverHttp(stub.baseUrl, {})(call, never)).rejects.toThrow("fetch failed");
  });

  it("gets every kind of call answered by the bundled upstream as it was planned", async () => {
    const upstream = createBundledUpstream({ recordings, pace: "instant" });
    const statuses: string[] = [];
    const recorded: typeof fetch = async (input, init) => {
      const response = await upstream(input, init);
      statuses.push(`${new Headers(init?.headers).get("x-waybill-tags")} ${response.status}`);
      return response;
    };
    const send = sendOverHttp("http://gateway.invalid/v1", {}, { fetch: recorded, clock: fakeClock() });
    const kinds = new Map<TrafficKind, TrafficCall>();
    for (const call of planTraffic(11, { recordings })) {
      kinds.set(call.kind, call);
      if (kinds.size === 15) break;
    }
    for (const call of kinds.values()) await send(call, never);
    const odd = statuses.filter((status) => !status.endsWith(" 200"));
    expect(odd.toSorted()).toEqual(["demo,failed 500", "demo,retried 429"]);
    expect(statuses).toHaveLength(16);
  });
});

it("leaves no connection behind when it is stopped", async () => {
  const server = createServer((_, response) => void response.writeHead(200).write("data: {}\n\n"));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const closed = new Promise<void>((resolve) =>
    server.once("request", (_, response) => {
      response.once("close", () => resolve());
    }),
  );
  const stopping = new AbortController();
  const sending = sendOverHttp(`http://127.0.0.1:${port}/v1`, {})(callOf("stream"), stopping.signal);
  server.once("request", () => stopping.abort());
  await expect(sending).rejects.toThrow("abort");
  await closed;
});
