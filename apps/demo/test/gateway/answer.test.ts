import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

import { quirkCases } from "@waybill/testkit";
import { describe, expect, it, onTestFinished } from "vitest";

import { anyone, chat, plainly, startGateway } from "./start-gateway.js";

const json = { "content-type": "application/json" };

/** An API of one answer, for headers that the stub does not send. */
async function startUpstream(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe("the bytes of an answer", () => {
  const ending = quirkCases.filter(({ staysOpen }) => !staysOpen);

  it.each(ending)("are those of the API: $name", async ({ name, reads }) => {
    const gateway = await startGateway({ stub: { faults: () => ({ kind: "quirk", name }) } });
    const call = { headers: json, body: JSON.stringify(chat({ stream: true })) };
    const { bytes } = await plainly(gateway, "/v1/chat/completions", call);
    expect(bytes.equals(Buffer.concat(reads))).toBe(true);
    expect(gateway.records).toHaveLength(1);
  });

  const paths = ["chat/completions", "completions", "embeddings", "responses", "messages"];

  it.each(paths.flatMap((path) => [true, false].map((stream) => ({ path, stream }))))(
    "are those of the API at $path with stream: $stream",
    async ({ path, stream }) => {
      const gateway = await startGateway({ stub: { answer: () => ({ text: "Saturn, e.g. é 🪐" }) } });
      let direct = Buffer.alloc(0);
      const watched = await startGateway({
        upstream: {
          fetch: async () => {
            const body = JSON.stringify({
              ...chat({ stream }),
              prompt: "Who?",
              input: "Who?",
              max_tokens: 50,
            });
            const response = await fetch(`${gateway.stub.baseUrl}/${path}`, {
              method: "POST",
              headers: json,
              body,
            });
            direct = Buffer.from(await response.clone().arrayBuffer());
            return response;
          },
        },
      });
      const { status, bytes } = await plainly(watched, `/v1/${path}`, {
        headers: json,
        body: JSON.stringify(chat({ stream })),
      });
      expect(status).toBe(200);
      expect(direct.length).toBeGreaterThan(100);
      expect(bytes.equals(direct)).toBe(true);
      expect(watched.records).toMatchObject([{ status: "success" }]);
    },
  );

  it("come out readable where the API packs them", async () => {
    const text = JSON.stringify({ id: "x", object: "chat.completion", choices: [], usage: null });
    const base = await startUpstream((_, response) => {
      response.writeHead(200, { ...json, "content-encoding": "gzip" }).end(gzipSync(text));
    });
    const gateway = await startGateway({ upstream: { base } });
    const answer = await plainly(gateway, "/v1/chat/completions", {
      headers: json,
      body: JSON.stringify(chat()),
    });
    expect(answer.bytes.toString()).toBe(text);
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(answer.headers["content-length"]).toBe(String(text.length));
  });

  it("come behind headers that do not wait for them", async () => {
    const gateway = await startGateway({ stub: { faults: () => ({ kind: "hold", at: "after-chunk-0" }) } });
    const body = JSON.stringify(chat({ stream: true }));
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: json,
      body,
    });
    expect(response.headers.get("x-waybill-id")).not.toBeNull();
    gateway.stub.release();
    expect(await response.text()).toContain("[DONE]");
  });

  it("begin to come before the answer is at its end, streamed or sound", async () => {
    const gateway = await startGateway({ stub: { faults: () => ({ kind: "hold", at: "after-chunk-1" }) } });
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: json,
      body: JSON.stringify(chat({ stream: true })),
    });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(first?.value?.length).toBeGreaterThan(0);
    gateway.stub.release();
    await reader?.cancel();

    let go = (): void => {};
    const base = await startUpstream((_, answer) => {
      answer.writeHead(200, { "content-type": "audio/mpeg" }).write("ID3");
      go = () => answer.end("...");
    });
    const other = await startGateway({ upstream: { base } });
    const sound = await fetch(`${other.url}/v1/audio/speech`, { method: "POST", headers: json, body: "{}" });
    const sounds = sound.body?.getReader();
    expect(new TextDecoder().decode((await sounds?.read())?.value)).toBe("ID3");
    go();
    expect(new TextDecoder().decode((await sounds?.read())?.value)).toBe("...");
  });
});

describe("the headers of an answer", () => {
  it("are the API's and ours beside them", async () => {
    const gateway = await startGateway({ remaining: "1.25" });
    const { headers } = await gateway.post("/v1/chat/completions", chat({ max_tokens: 5 }));
    const [record] = gateway.records;
    expect(headers.get("x-request-id")).toMatch(/^req_/);
    expect(headers.get("x-ratelimit-limit-requests")).toBe("10000");
    expect(headers.get("x-waybill-id")).toBe(record?.id);
    expect(headers.get("x-waybill-trace-id")).toBe(record?.trace_id);
    expect(headers.get("x-waybill-model")).toBe("gpt-4o");
    expect(headers.get("server-timing")).toMatch(/^gateway;dur=[0-9.]+, upstream;dur=[0-9.]+$/);
    expect(record?.waybill.cost.status).toBe("priced");
    expect(headers.get("x-waybill-cost")).toBe(record?.waybill.cost.exact);
    expect(headers.get("x-waybill-cost-status")).toBe("priced");
    expect(headers.get("x-waybill-budget-remaining")).toBe("1.25");
  });

  it("of a stream say nothing of its cost, and of a call without a budget nothing of what is left", async () => {
    const gateway = await startGateway();
    const { headers } = await gateway.post("/v1/chat/completions", chat({ stream: true }));
    for (const name of ["x-waybill-cost", "x-waybill-cost-status", "x-waybill-budget-remaining"])
      expect(headers.get(name)).toBeNull();
    expect(headers.get("x-waybill-id")).toBe(gateway.records[0]?.id);
  });

  it("of a model without a price say so, and no amount", async () => {
    const gateway = await startGateway();
    const { headers } = await gateway.post("/v1/chat/completions", chat({ model: "gpt-nobody" }));
    expect([headers.get("x-waybill-cost"), headers.get("x-waybill-cost-status")]).toEqual([null, "unpriced"]);
  });

  it("of one connection, cookies and leave for pages are not handed on, and nothing of the API's is replaced", async () => {
    const base = await startUpstream((_, response) => {
      response.writeHead(200, {
        ...json,
        connection: "close, x-hop",
        "x-hop": "1",
        "set-cookie": ["a=1", "b=2"],
        "access-control-allow-origin": "*",
        "strict-transport-security": "max-age=1",
        "server-timing": "cdn;dur=1",
        "x-request-id": "theirs",
        "x-waybill-cost": "999",
        "x-custom": "kept",
      });
      response.end("{}");
    });
    const gateway = await startGateway({ upstream: { base } });
    const { headers } = await plainly(gateway, "/v1/models", { method: "GET" });
    for (const name of ["x-hop", "set-cookie", "access-control-allow-origin", "strict-transport-security"])
      expect(headers[name], name).toBeUndefined();
    expect(headers).toMatchObject({ "x-custom": "kept", "x-request-id": "theirs" });
    expect(headers["x-waybill-cost"]).toBeUndefined();
    expect(headers["server-timing"]).toMatch(/^cdn;dur=1, gateway;dur=/);
  });

  it("have an id of ours where the API gives none", async () => {
    const base = await startUpstream((_, response) => response.writeHead(200, json).end("{}"));
    const gateway = await startGateway({ upstream: { base }, newId: () => "call-1" });
    const { headers } = await plainly(gateway, "/v1/models", { method: "GET" });
    expect(headers["x-request-id"]).toBe("call-1");
  });

  it.each(["x\r\ny: z", "ümläut-🪐", "nul\u0000", "\ud800"])(
    "cannot be made with a model called %j",
    async (model) => {
      const gateway = await startGateway();
      const { status, headers } = await gateway.post("/v1/chat/completions", chat({ model }));
      expect(status).toBe(200);
      expect(headers.get("x-waybill-model")).toMatch(/^[ -~]+$/);
      expect(headers.get("y")).toBeNull();
    },
  );
});

describe("GET /v1/waybills/:id", () => {
  const hash = "a".repeat(64);
  const door = {
    authenticate: (headers: Headers) => {
      const isOwner = headers.get("authorization") === "Bearer owner";
      return { ok: true as const, caller: { ...anyone, hash: isOwner ? hash : "b".repeat(64) } };
    },
  };

  it("tells the owner what a call cost, and others not that it is there", async () => {
    const gateway = await startGateway({ door });
    const owner = { authorization: "Bearer owner" };
    await gateway.post("/v1/chat/completions", chat({ stream: true }), owner);
    const [record] = gateway.records;
    const ask = (id: string | undefined, headers: Record<string, string>): Promise<Response> =>
      fetch(`${gateway.url}/v1/waybills/${id}`, { headers });
    const told = await ask(record?.id, owner);
    expect(told.status).toBe(200);
    expect(await told.json()).toMatchObject({
      object: "waybill",
      id: record?.id,
      trace_id: record?.trace_id,
      status: "complete",
      cost: { status: "priced", exact: record?.waybill.cost.exact },
    });
    const stranger = await ask(record?.id, {});
    const unknown = await ask("no-such-call", owner);
    expect([stranger.status, unknown.status]).toEqual([404, 404]);
    expect(await stranger.json()).toMatchObject({ error: { code: "waybill_not_found" } });
    expect(await unknown.json()).toMatchObject({ error: { code: "waybill_not_found" } });
  });

  it("says that something failed, where the ledger does", async () => {
    const gateway = await startGateway({ payloadText: () => Promise.reject(new Error("/secret/path")) });
    const answer = await fetch(`${gateway.url}/v1/waybills/1`);
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ error: { code: "internal_error" } });
    expect(text).not.toContain("secret");
    expect(gateway.events).toMatchObject([{ type: "failed" }]);
  });
});
