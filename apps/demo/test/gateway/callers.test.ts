import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";

import { describe, expect, it } from "vitest";

import { anyone, chat, startGateway, type TestGateway } from "./start-gateway.js";

const json = { "content-type": "application/json" };

/** Sends a call and waits for the beginning of its answer. */
async function begin(gateway: TestGateway, body: unknown): Promise<IncomingMessage> {
  const path = "/v1/chat/completions";
  const outgoing = httpRequest({ port: gateway.port, path, method: "POST", headers: json, agent: false });
  outgoing.end(JSON.stringify(body));
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  // A connection that the test breaks is no failure of it.
  answer.on("error", () => {});
  return answer;
}

async function expectUp(gateway: TestGateway): Promise<void> {
  gateway.stub.faults = [];
  expect((await gateway.post("/v1/chat/completions", chat())).status).toBe(200);
}

describe("a caller who goes away", () => {
  it("before the answer begins: the API is told, and the record says so", async () => {
    const gateway = await startGateway({ stub: { faults: [{ kind: "stall" }] } });
    const outgoing = httpRequest({
      port: gateway.port,
      path: "/v1/chat/completions",
      method: "POST",
      headers: json,
    });
    outgoing.on("error", () => {});
    outgoing.end(JSON.stringify(chat({ stream: true })));
    await gateway.stub.arrived(1);
    outgoing.destroy();
    await gateway.stub.aborted(1);
    const record = await gateway.record(1);
    expect(record).toMatchObject({ status: "failure", error_information: { error_class: "AbortError" } });
    await expectUp(gateway);
  });

  it.each([
    ["a stream", true, "hold"],
    ["a plain answer", false, "slow-loris"],
  ])("in the middle of %s: the API is told, and the record says so", async (_, stream, kind) => {
    const fault =
      kind === "hold" ? ({ kind, at: "after-chunk-2" } as const) : ({ kind: "slow-loris" } as const);
    const gateway = await startGateway({ stub: { faults: [fault] } });
    const outgoing = httpRequest({
      port: gateway.port,
      path: "/v1/chat/completions",
      method: "POST",
      headers: json,
    });
    outgoing.on("error", () => {});
    outgoing.end(JSON.stringify(chat({ stream })));
    if (stream) {
      const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
      answer.on("error", () => {});
      await gateway.stub.held(1);
    } else await gateway.stub.arrived(1);
    outgoing.destroy();
    await gateway.stub.aborted(1);
    const record = await gateway.record(1);
    expect(JSON.stringify(record.waybill.diagnostics) + record.error_information?.error_class).toMatch(
      /abort/i,
    );
    expect(gateway.live.size).toBe(0);
    await expectUp(gateway);
  });

  it("while the door thinks: the API is not asked, and nothing is charged", async () => {
    let left = (): void => {};
    const asked = new Promise<void>((resolve) => {
      left = resolve;
    });
    const released: string[] = [];
    const hold: { open?: () => void } = {};
    const gateway = await startGateway({
      door: {
        authenticate: () => ({ ok: true, caller: anyone }),
        admit: async () => {
          left();
          await new Promise<void>((resolve) => (hold.open = resolve));
          const settle = async (): Promise<void> => void released.push("settled");
          return {
            ok: true,
            admission: { remaining: null, settle, release: async () => void released.push("released") },
          };
        },
      },
    });
    const outgoing = httpRequest({
      port: gateway.port,
      path: "/v1/chat/completions",
      method: "POST",
      headers: json,
    });
    outgoing.on("error", () => {});
    outgoing.end(JSON.stringify(chat()));
    await asked;
    const [socket] = (outgoing.socket ? [outgoing.socket] : await once(outgoing, "socket")) as [Socket];
    socket.resetAndDestroy();
    // A call behind it has come and gone: the server has seen by then that the first is closed.
    await fetch(`${gateway.url}/v1/models`);
    await fetch(`${gateway.url}/v1/models`);
    hold.open?.();
    const record = await gateway.record(1);
    expect(record.error_information?.error_class).toBe("caller_left");
    expect(released).toEqual(["released"]);
    expect(gateway.stub.requests.filter(({ method }) => method === "POST")).toEqual([]);
  });
});

describe("many callers and slow ones", () => {
  it("a hundred streams at once keep to themselves, and each has its record", async () => {
    const gateway = await startGateway();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        gateway.post(
          "/v1/chat/completions",
          chat({ stream: true, messages: [{ role: "user", content: `number ${n}.` }] }),
        ),
      ),
    );
    const words = answers.map(({ text }) =>
      [...text.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word).join(""),
    );
    expect(words).toEqual(answers.map((_, n) => `You said: number ${n}.`));
    const ids = answers.map(({ headers }) => headers.get("x-waybill-id"));
    expect(new Set(ids).size).toBe(100);
    expect(new Set(gateway.records.map(({ id }) => id))).toEqual(new Set(ids));
    expect(gateway.records).toHaveLength(100);
    expect(gateway.charges.every((charged) => charged.length === 1)).toBe(true);
    expect(gateway.live.size).toBe(0);
  });

  it("a slow caller is waited for, and no more is read than fits on the way", async () => {
    let sent = 0;
    const event = `data: {"choices":[{"index":0,"delta":{"content":"${"x".repeat(65_000)}"}}]}\n\n`;
    const bytes = new TextEncoder().encode(event);
    const most = 2000;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (sent++ < most) controller.enqueue(bytes);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { "content-type": "text/event-stream" };
    const gateway = await startGateway({
      upstream: { fetch: () => Promise.resolve(new Response(body, { headers })) },
    });
    const answer = await begin(gateway, chat({ stream: true }));
    // Time in which all of it could be read: an API that is in memory has it at once.
    for (let turn = 0; turn < 20; turn++) await fetch(`${gateway.url}/v1/waybills/none`);
    expect(sent).toBeLessThan(most / 2);
    let read = 0;
    for await (const piece of answer as AsyncIterable<Buffer>) read += piece.length;
    expect(read).toBe(bytes.length * most);
    expect(gateway.records).toHaveLength(1);
  });
});
