import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { chat, startGateway, type TestGateway } from "./start-gateway.js";

const limits = { maxBodyBytes: 1024 * 1024, headersMs: 60_000, idleMs: 60_000 };
const event = `data: ${JSON.stringify({ id: "a", choices: [{ index: 0, delta: { content: "z".repeat(900) } }] })}\n\n`;

/** An API that answers with what it is given. */
async function upstream(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server: Server = createServer({}, answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** Begins a call of which nothing is read. */
function unread(
  { port }: TestGateway,
  body: object,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const path = "/v1/chat/completions";
  const all = { "content-type": "application/json", ...headers };
  const outgoing = httpRequest({ port, path, method: "POST", headers: all, agent: false });
  outgoing.on("error", () => {});
  onTestFinished(() => void outgoing.destroy());
  outgoing.end(JSON.stringify(body));
  return new Promise((resolve) => {
    outgoing.on("response", (answer) => {
      answer.on("error", () => {});
      resolve(answer.pause());
    });
  });
}

describe("a caller who reads nothing", () => {
  it("is cut off from a stream, and the record says why", async () => {
    const base = await upstream((_, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      const go = (): void => {
        while (!outgoing.destroyed && outgoing.write(event));
        if (!outgoing.destroyed) outgoing.once("drain", go);
      };
      go();
    });
    const gateway = await startGateway({ upstream: { base }, limits: { ...limits, stallMs: 50 } });
    await unread(gateway, chat({ stream: true }));
    const record = await gateway.record(1);
    expect(record.error_str).toBe("caller stalled: nothing was read for 0.05 s");
    expect(record.waybill.status).toBe("incomplete");
    expect(gateway.charges).toEqual([[{ settled: null }]]);
  });

  it("is cut off from an answer that is written already", async () => {
    const base = await upstream((_, outgoing) => {
      const content = "z".repeat(15 * 1024 * 1024);
      outgoing.writeHead(200, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ id: "a", choices: [{ index: 0, message: { content } }] }));
    });
    const gateway = await startGateway({ upstream: { base }, limits: { ...limits, stallMs: 50 } });
    const closed = new Promise<void>((resolve) => {
      const onStart = (message: unknown): void => {
        const { socket } = message as { socket: Socket };
        if (socket.localPort === gateway.port) socket.once("close", () => resolve());
      };
      const started = channel("http.server.request.start");
      started.subscribe(onStart);
      onTestFinished(() => {
        started.unsubscribe(onStart);
      });
    });
    await unread(gateway, chat());
    await closed;
    expect(gateway.records).toHaveLength(1);
  });
});

describe("an answer that is larger than what is kept", () => {
  it("reaches its caller whole, and the record has its usage and says what it lacks", async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const text =
      event.repeat(10) +
      `data: ${JSON.stringify({ id: "a", model: "gpt-4o", choices: [], usage })}\n\ndata: [DONE]\n\n`;
    const base = await upstream((_, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/event-stream" }).end(text);
    });
    const gateway = await startGateway({ upstream: { base }, limits: { ...limits, maxAnswerBytes: 2000 } });
    const answer = await gateway.post("/v1/chat/completions", chat({ stream: true }));
    expect(answer.text).toBe(text);
    const [record] = gateway.records;
    expect(JSON.stringify(record).length).toBeLessThan(9000);
    expect(record).toMatchObject({ prompt_tokens: 10, completion_tokens: 5 });
    expect(record?.waybill.diagnostics.map(({ code }) => code)).toContain("limit");
  });
});

describe("the end of a stream that is held back for its cost", () => {
  const include = { "x-waybill-include": "cost" };
  const started = (base: string): Promise<TestGateway> => startGateway({ upstream: { base } });

  it("comes also when the API leaves the connection open", async () => {
    const base = await upstream((_, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      outgoing.write(`${event}data: [DONE]\n\n`);
    });
    const gateway = await started(base);
    const answer = await unread(gateway, chat({ stream: true }), include);
    let text = "";
    for await (const piece of answer) {
      text += String(piece);
      if (text.endsWith("data: [DONE]\n\n")) break;
    }
    expect(text).toBe(`${event}data: [DONE]\n\n`);
  });

  it("comes without it when far too much stands behind the end", async () => {
    const more = ": x\n\n".repeat(100_000);
    const base = await upstream((_, outgoing) => {
      outgoing.writeHead(200, { "content-type": "text/event-stream" });
      outgoing.end(`${event}data: [DONE]\n\n${more}`);
    });
    const { text } = await (
      await started(base)
    ).post("/v1/chat/completions", chat({ stream: true }), include);
    expect(text.replace(/: waybill [^\n]*\n\n/, "")).toBe(`${event}data: [DONE]\n\n${more}`);
  });
});
