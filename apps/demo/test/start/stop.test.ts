import { once } from "node:events";
import type { Server } from "node:http";
import { connect, type AddressInfo } from "node:net";

import { serve, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";

import { readBody } from "../../server/access/body.js";
import { allSteps } from "../../server/start/all-steps.js";
import { drained } from "../../server/start/drained.js";
import { InFlight } from "../../server/start/in-flight.js";
import { notFound } from "../../server/start/not-found.js";
import { summary } from "../../server/start/summary.js";

describe("the end of a run", () => {
  it("takes every step, whatever fails, and names what did", async () => {
    const taken: string[] = [];
    const failed = await allSteps([
      ["spool", () => taken.push("spool")],
      ["ledger", () => Promise.reject(new Error("the disk is full"))],
      [
        "services",
        () => {
          throw new Error("odd");
        },
      ],
      ["ledger", async () => taken.push("closed")],
    ]);
    expect(taken).toEqual(["spool", "closed"]);
    expect(failed).toEqual(["ledger: the disk is full", "services: odd"]);
  });

  const none = { sent: 0, rejected: 0, spooled: 0, buffered: 0, dead: 0, dropped: 0 };
  it.each([
    ["all went well", { ...none, sent: 1200 }, [], "1,200 accepted, 1,200 sent, 0 spooled, 0 lost", 0],
    [
      "records were lost",
      { ...none, dropped: 1, buffered: 2 },
      [],
      "3 accepted, 0 sent, 0 spooled, 3 lost",
      1,
    ],
    ["a step failed", { ...none, sent: 1 }, ["ledger: full"], "1 accepted, 1 sent, 0 spooled, 0 lost", 1],
    ["nobody knows", null, ["records: odd"], "what became of the records is not known", 1],
  ])("says what became of records when %s", (_, records, failed, line, code) => {
    expect(summary({ records, failed })).toEqual({ line, code });
  });
});

describe("a shutdown", () => {
  it("cuts requests that are not all here, and lets others end", async () => {
    const inFlight = new InFlight();
    const app = new Hono<{ Bindings: HttpBindings }>();
    let arrived = (): void => {};
    const both = new Promise<void>((resolve) => {
      let count = 0;
      arrived = () => void (++count === 2 && resolve());
    });
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    app.use("/v1/*", inFlight.middleware);
    app.post("/v1/half", async ({ env, text }) => {
      arrived();
      const body = await readBody(env.incoming, 1000);
      return text(body.ok ? "whole" : "cut");
    });
    app.get("/v1/slow", async ({ text }) => {
      arrived();
      await finished;
      return text("done");
    });
    app.get("/other", ({ text }) => text("still here"));
    app.notFound(notFound);
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const half = connect(port, "127.0.0.1");
    half.on("error", () => {});
    const closed = once(half, "close");
    half.resume();
    half.write("POST /v1/half HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf");
    const slow = fetch(`http://127.0.0.1:${port}/v1/slow`).then((answer) => answer.text());
    await both;
    const over = drained(server, inFlight, 60_000);
    await closed;
    // Who asks meanwhile is heard.
    const other = await fetch(`http://127.0.0.1:${port}/nowhere`);
    expect(other.status).toBe(404);
    expect(await other.json()).toMatchObject({
      error: { code: "not_found", message: expect.stringMatching(/\/v1.*page/) },
    });
    finish();
    expect(await slow).toBe("done");
    await over;
    expect(server.listening).toBe(false);
  });
});
