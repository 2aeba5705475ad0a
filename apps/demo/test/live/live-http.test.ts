import { get, type IncomingMessage } from "node:http";
import type { AddressInfo, Server } from "node:net";

import { serve } from "@hono/node-server";
import { afterEach, describe, expect, it } from "vitest";

import type { LedgerRow } from "../../server/ledger/ledger-row.js";
import { harness, liveCall, type Harness } from "../api/api-harness.js";
import { recordsOf } from "../ledger/calls.js";
import { eventsOf, named } from "./events.js";
import { until } from "./fake-clock.js";

const open: { test: Harness; server: Server }[] = [];
afterEach(async () => {
  for (const { test, server } of open.splice(0)) {
    await test.close();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function served(): Promise<{ test: Harness; address: string }> {
  const test = await harness();
  const server = serve({ fetch: test.api.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  await new Promise<void>((resolve) => server.once("listening", resolve));
  open.push({ test, server });
  return { test, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function connect(address: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${address}${path}`, resolve).once("error", reject);
  });
}

describe("a live stream over a socket", () => {
  it("has what happens as it happens, and ends with its client", async () => {
    const { test, address } = await served();
    const response = await connect(address, "/api/live");
    expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    let text = "";
    response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    const call = liveCall("live-1");
    test.calls.start(call);
    await until(async () => (await test.clock.advance(100), text.includes('"id":"live-1"')));
    call.say("Saturn has rings. ");
    await until(async () => (await test.clock.advance(100), text.includes("Saturn has rings")));
    await test.add(recordsOf(1));
    await until(async () => (await test.clock.advance(100), text.includes('"id":"call-0"')));
    expect(named(eventsOf(text), "hello")).toHaveLength(1);
    response.destroy();
    await until(() => test.feed.streams === 0);
    expect(test.clock.timers).toBe(0);
  });

  it("ends with a goodbye when the server does", async () => {
    const { test, address } = await served();
    const response = await connect(address, "/api/live");
    let text = "";
    response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    const ended = new Promise((resolve) => response.once("end", resolve));
    await until(() => text.includes("event: hello"));
    test.feed.close();
    await ended;
    expect(named(eventsOf(text), "bye")).toEqual([{ reason: "shutdown", retryMs: 2000 }]);
  });

  it("whose client has stopped reading is cut off, and has no more of the memory than it may", async () => {
    const { test, address } = await served();
    const response = await connect(address, "/api/live");
    response.pause();
    const closed = new Promise((resolve) => response.once("close", resolve));
    response.on("error", () => {});
    const preview = "字".repeat(240);
    const tags = Array.from({ length: 20 }, (_, n) => `${n}${"x".repeat(900)}`);
    let n = 0;
    await until(async () => {
      if (n < 40) {
        await test.add(recordsOf(50, (m) => ({ id: `call-${n}-${m}`, key: `${n}-${m}`, preview, tags })));
        n++;
      }
      await test.clock.advance(1000);
      return test.feed.streams === 0;
    });
    response.resume();
    await closed;
    expect(response.complete).toBe(false);
  });

  it("is one of many that come and go", async () => {
    const { test, address } = await served();
    for (let round = 0; round < 3; round++) {
      const responses = await Promise.all(
        Array.from({ length: 20 }, async () => connect(address, "/api/live")),
      );
      expect(responses.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
      const refused = await connect(address, "/api/live");
      expect([refused.statusCode, refused.headers["retry-after"]]).toEqual([503, "2"]);
      refused.resume();
      for (const response of responses) response.destroy();
      await until(() => test.feed.streams === 0);
    }
  });
});

describe("an export over a socket", () => {
  it("that is let go in the middle lets go of the ledger", async () => {
    const { test, address } = await served();
    await test.add(recordsOf(1));
    const [row] = (await test.ledger.since(0, 1)) as [LedgerRow];
    const signals: (AbortSignal | undefined)[] = [];
    test.ledger.export = async function* (_filter, options) {
      signals.push(options?.signal);
      while (!options?.signal?.aborted) yield row;
    };
    const response = await connect(address, "/api/export?format=csv");
    await new Promise((resolve) => response.once("data", resolve));
    response.destroy();
    await until(() => signals[0]?.aborted === true);
    expect(signals).toHaveLength(1);
  });
});
