import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { refusal } from "../../server/access/errors.js";
import { chat, errorIn, plainly, startGateway, type TestGateway } from "./start-gateway.js";

const json = { "content-type": "application/json" };

/** The gateway is as well as before. */
async function expectUp(gateway: TestGateway): Promise<void> {
  const { status } = await gateway.post("/v1/chat/completions", chat());
  expect(status).toBe(200);
}

describe("a body that cannot be used", () => {
  const deep = (levels: number): string =>
    `{"model":"gpt-4o","x":${"[".repeat(levels)}${"]".repeat(levels)}}`;
  const oddAndDeep = `{"a":"\\ud800","x":${"[".repeat(500)}${"]".repeat(500)}}`;
  const cases: [what: string, body: string, code: string, words: RegExp][] = [
    ["with a mistake", '{"model":"gpt-4o",\n "messages":[}', "invalid_json", /line 2, column 14/],
    ["that is cut off", '{"model":"gpt-4o","messages":[{"role":"us', "invalid_json", /cut off/],
    ["that is cut off behind something odd", '{"a":"\\ud800","b":', "invalid_json", /line 1/],
    ["that is not there", "", "invalid_json", /line 1, column 1/],
    ["of one word", "hello", "invalid_json", /line 1, column 1/],
    ["that is a list", "[1]", "invalid_request", /a list/],
    ["that is null", "null", "invalid_request", /null/],
    ["that is text", '"a"', "invalid_request", /a string/],
    ["that is nested too deep", deep(200), "invalid_json", /128/],
    ["that is nested a hundred thousand times", deep(100_000), "invalid_json", /128/],
    ["that is nested too deep behind something odd", oddAndDeep, "invalid_json", /surrogate/],
  ];

  it.each(cases)("%s: is refused with the place, and on record", async (_, body, code, words) => {
    const gateway = await startGateway();
    const { status, bytes, headers } = await plainly(gateway, "/v1/chat/completions", {
      headers: json,
      body,
    });
    expect(status).toBe(400);
    const error = errorIn(bytes.toString());
    expect(error).toMatchObject({ code, type: "invalid_request_error" });
    expect(error.message).toMatch(words);
    expect(gateway.records).toHaveLength(1);
    expect(gateway.records[0]).toMatchObject({ id: headers["x-waybill-id"], status: "failure" });
    expect(gateway.records[0]?.error_information).toMatchObject({ error_code: "400", error_class: code });
    expect(gateway.stub.requests).toEqual([]);
    expect(gateway.charges).toEqual([]);
    await expectUp(gateway);
  });

  it.each([
    ["of no known coding", "zstd", "x", 415, "unsupported_encoding"],
    ["of two codings", "gzip, br", "x", 415, "unsupported_encoding"],
    ["of a name that objects have", "__proto__", "x", 415, "unsupported_encoding"],
    ["that is not what its coding says", "gzip", JSON.stringify(chat()), 400, "invalid_encoding"],
    [
      "whose packing is cut off",
      "gzip",
      gzipSync(JSON.stringify(chat())).subarray(0, 40),
      400,
      "invalid_encoding",
    ],
  ])("%s: is refused", async (_, coding, body, status, code) => {
    const gateway = await startGateway();
    const headers = { ...json, "content-encoding": coding };
    const answer = await plainly(gateway, "/v1/chat/completions", { headers, body });
    expect(answer.status).toBe(status);
    expect(errorIn(answer.bytes.toString()).code).toBe(code);
    expect(gateway.records[0]?.error_information?.error_class).toBe(code);
    await expectUp(gateway);
  });

  const huge = Buffer.alloc(6 * 1024 * 1024, " ");
  const sizes: [what: string, headers: Record<string, string | number>, body: Buffer][] = [
    ["that says so", { "content-length": huge.length }, huge],
    ["that does not say so", { "transfer-encoding": "chunked" }, huge],
    ["once it is unpacked", { "content-encoding": "gzip" }, gzipSync(huge)],
    ["once it is unpacked, by far", { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(64 * 1024 * 1024))],
  ];

  it.each(sizes)(
    "that is too large, %s: is refused, and who sent it can read why",
    async (_, headers, body) => {
      const gateway = await startGateway();
      const answer = await plainly(gateway, "/v1/chat/completions", {
        headers: { ...json, ...headers },
        body,
      });
      expect(answer.status).toBe(413);
      expect(errorIn(answer.bytes.toString())).toMatchObject({ code: "request_too_large" });
      expect(answer.bytes.toString()).toContain(String(1024 * 1024));
      expect(gateway.records[0]?.error_information).toMatchObject({ error_code: "413" });
      await expectUp(gateway);
    },
  );

  const chunk = `10000\r\n${" ".repeat(65_536)}\r\n`;
  it.each([
    ["that says so", "content-length: 6553600", " ".repeat(65_536)],
    ["that does not say so", "transfer-encoding: chunked", chunk],
  ])("that is too large, %s: can be sent to its end before the answer is read", async (_, header, piece) => {
    const gateway = await startGateway();
    const socket = connect(gateway.port, "127.0.0.1");
    const failures: Error[] = [];
    socket.on("error", (error) => failures.push(error));
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\n${header}\r\n\r\n`);
    for (let sent = 0; sent < 100 && failures.length === 0; sent++)
      await new Promise((resolve) => socket.write(piece, resolve));
    let text = "";
    socket.on("data", (bytes) => (text += bytes.toString("latin1")));
    if (header.startsWith("transfer")) socket.write("0\r\n\r\n");
    await once(socket, "close");
    expect(failures).toEqual([]);
    expect(text).toMatch(/^HTTP\/1\.1 413 [^]*request_too_large/);
  });

  it("that is too large is answered before it has all come", async () => {
    const gateway = await startGateway();
    const headers = { ...json, "content-length": 10 ** 12 };
    const outgoing = httpRequest({
      port: gateway.port,
      path: "/v1/chat/completions",
      method: "POST",
      headers,
    });
    outgoing.on("error", () => {});
    outgoing.write("{");
    const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    outgoing.destroy();
    await expectUp(gateway);
  });

  it("that ends with its connection is on record", async () => {
    const gateway = await startGateway();
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{"model":');
    await once(socket, "connect");
    socket.end();
    const record = await gateway.record(1);
    expect(record.error_information?.error_class).toBe("body_cut");
    expect(gateway.stub.requests).toEqual([]);
    await expectUp(gateway);
  });

  it.each(["/v1/images/generations", "/v1/files"])(
    "is the API's to refuse where it is no call that is read: %s",
    async (path) => {
      const gateway = await startGateway();
      await plainly(gateway, path, { headers: json, body: "{" });
      expect(gateway.stub.requests[0]?.raw.toString()).toBe("{");
    },
  );
});

describe("a call that is not let in", () => {
  it("for its key is told so, and is on record without its body", async () => {
    const why = refusal(401, "invalid_api_key", "no", { headers: { "www-authenticate": "Bearer" } });
    const gateway = await startGateway({ door: { authenticate: () => ({ ok: false, refusal: why }) } });
    const { status, text, headers } = await gateway.post("/v1/chat/completions", chat());
    expect(status).toBe(401);
    expect(errorIn(text).code).toBe("invalid_api_key");
    expect(headers.get("www-authenticate")).toBe("Bearer");
    expect(gateway.records).toHaveLength(1);
    expect(JSON.stringify(gateway.records)).not.toContain("planet");
  });

  it("for its budget is told so, and is on record with its model", async () => {
    const why = refusal(429, "budget_exceeded", "spent", { headers: { "x-should-retry": "false" } });
    const gateway = await startGateway({ door: { admit: async () => ({ ok: false, refusal: why }) } });
    const { status, text, headers } = await gateway.post("/v1/chat/completions", chat());
    expect([status, headers.get("x-should-retry")]).toEqual([429, "false"]);
    expect(errorIn(text).code).toBe("budget_exceeded");
    expect(gateway.records).toMatchObject([{ model: "gpt-4o", error_information: { error_code: "429" } }]);
    expect(gateway.stub.requests).toEqual([]);
  });

  it("because the gateway ends is told when to come again", async () => {
    const gateway = await startGateway({ isDraining: () => true });
    const { status, text, headers } = await gateway.post("/v1/chat/completions", chat());
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
    expect(errorIn(text).code).toBe("shutting_down");
    expect(gateway.records).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof startGateway>[0]]>([
    [
      "throws at the key",
      {
        door: {
          authenticate: () => {
            throw new Error("/secret/path");
          },
        },
      },
    ],
    ["rejects the call", { door: { admit: () => Promise.reject(new Error("/secret/path")) } }],
    [
      "throws at the call",
      {
        door: {
          admit: () => {
            throw new Error("/secret/path");
          },
        },
      },
    ],
  ])("because the door %s is told that it is our fault, and not what it was", async (_, options) => {
    const gateway = await startGateway(options);
    const { status, text, headers } = await gateway.post("/v1/chat/completions", chat());
    expect(status).toBe(500);
    const error = errorIn(text);
    expect(error.code).toBe("internal_error");
    expect(error.message).toContain(headers.get("x-waybill-id"));
    expect(text).not.toContain("secret");
    expect(gateway.records).toHaveLength(1);
    expect(gateway.events).toMatchObject([{ type: "failed", error: { message: "/secret/path" } }]);
    expect((await fetch(`${gateway.url}/v1/waybills/1`)).status).toBeGreaterThanOrEqual(400);
  });
});

describe("books that fail", () => {
  const broken = (): never => {
    throw new Error("full");
  };
  const admits = (settle: () => Promise<void>) => ({
    admit: async () => ({ ok: true as const, admission: { remaining: null, settle, release: settle } }),
  });

  it.each<[string, Parameters<typeof startGateway>[0], number]>([
    ["a record that is not taken", { record: broken }, 1],
    ["a budget that throws", { door: admits(broken) }, 1],
    ["a budget that rejects", { door: admits(() => Promise.reject(new Error("full"))) }, 1],
    ["a list of live calls that throws", { live: { start: broken, end: broken } }, 2],
    ["a listener that throws", { record: broken, onEvent: broken }, 0],
  ])("are nothing to the caller: %s", async (_, options, told) => {
    const gateway = await startGateway(options);
    for (const stream of [true, false]) {
      const { status, text } = await gateway.post("/v1/chat/completions", chat({ stream }));
      expect(status).toBe(200);
      expect(text).toContain("planet");
    }
    expect(gateway.events.filter(({ type }) => type === "failed")).toHaveLength(told * 2);
    const { status } = await plainly(gateway, "/v1/chat/completions", { headers: json, body: "{" });
    expect(status).toBe(400);
  });
});
