import type { IncomingMessage } from "node:http";

import { describe, expect, it } from "vitest";

import { uncounted } from "../../server/access/errors.js";
import { targetOf } from "../../server/gateway/target.js";
import { chat, errorIn, rawRequest, startGateway } from "./start-gateway.js";

const oddPaths = [
  "/v1/chat/completions//",
  "/v1//chat/completions",
  "/v1/chat/completions;x=1",
  "/v1/chat/completions%3Bx",
  "/v1/chat/completions%20",
  "/v1/chat/completions%00",
  "/v1/chat/completions%09",
  "/v1/chat/completions%3Fx",
  "/v1/chat/completions%252f",
  "/v1/chat/completions.json",
  "/v1/chat/completions.",
  "/v1/chat/completions%ff",
  "/v1/chat/completions%C3%A9",
  "/v1/chat%2F.%2Fcompletions",
  "/v1/chat%5Ccompletions",
  "/v1/CHAT/COMPLETIONS/",
  "/v1/threads/..%2fchat/completions",
  "/v1/threads/..%2f..%2fmessages",
  "/v1/threads/1%2f2/messages",
  "/v1/threads/1/messages%2f%2f",
];

describe("a path that is spelt in an odd way", () => {
  it.each(oddPaths)("passes as nothing: %s", async (path) => {
    const gateway = await startGateway();
    const { status, text } = await rawRequest(
      gateway,
      `POST ${path}`,
      { "content-type": "application/json" },
      JSON.stringify(chat()),
    );
    expect(status).toBe(400);
    expect(errorIn(text.slice(text.indexOf("\r\n\r\n") + 4)).code).toBe("unclear_path");
    expect(gateway.stub.requests).toEqual([]);
  });

  it.each(["PUT", "PATCH", "DELETE"])("passes as nothing of the method %s either", (method) => {
    const { refusal } = targetOf({ method, url: "/v1/files/a%252fb" } as IncomingMessage);
    expect(refusal?.body.error.code).toBe("unclear_path");
  });

  it.each([
    ["GET", "/v1/models/a%20b"],
    ["GET", "/v1/chat/completions.json"],
    ["POST", "/v1/files"],
    ["POST", "/v1/threads/thread_1/messages"],
    ["POST", "/v1/threads/thread_1/messages/"],
    ["POST", "/v1/uploads/upload_1.2/complete?x=%20;"],
    ["DELETE", "/v1/models/ft:gpt-4o-mini:org::id"],
    ["DELETE", "/v1/models/org%2Fmodel"],
  ])("is not %s %s", (method, url) => {
    expect(targetOf({ method, url } as IncomingMessage)).toMatchObject({ api: undefined });
    expect(targetOf({ method, url } as IncomingMessage).refusal).toBeUndefined();
  });

  it("is not a thread that is named like a call: that is one", () => {
    expect(targetOf({ method: "POST", url: "/v1/threads/chat/completions" } as IncomingMessage).api).toBe(
      "chat",
    );
  });
});

describe("a key that is held to what can be counted", () => {
  it.each([
    ["POST", "/v1/images/generations"],
    ["DELETE", "/v1/files/abc"],
    ["PUT", "/v1/files/abc"],
    ["PATCH", "/v1/batches/abc"],
    ["OPTIONS", "/v1/files/abc"],
  ])("does nothing else: %s %s", async (method, path) => {
    const gateway = await startGateway({ door: { admitUncounted: () => uncounted("research") } });
    const { status, text } = await rawRequest(gateway, `${method} ${path}`, {}, "{}");
    expect(status).toBe(403);
    expect(text).toContain('"code":"not_accountable"');
    expect(gateway.stub.requests).toEqual([]);
  });

  it("reads", async () => {
    const gateway = await startGateway({ door: { admitUncounted: () => uncounted("research") } });
    await rawRequest(gateway, "GET /v1/models");
    expect(gateway.stub.requests).toHaveLength(1);
  });

  it("is held to the body as it came", async () => {
    const bodies: (string | undefined)[] = [];
    const admit = async (_: unknown, { text }: { text?: () => string }) => {
      bodies.push(text?.());
      return { ok: false as const, refusal: uncounted("research") };
    };
    const gateway = await startGateway({ door: { admit } });
    const body = '{"model":"gpt-4","model":"gpt-4o","messages":[]}';
    expect((await gateway.post("/v1/chat/completions", body)).status).toBe(403);
    expect(bodies).toEqual([body]);
  });
});
