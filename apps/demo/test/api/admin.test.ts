import type { DeadLetter } from "@waybill/core";
import { WaybillError } from "@waybill/core";
import { afterEach, describe, expect, it } from "vitest";

import type { KeyAdmin } from "../../server/api/api-parts.js";
import {
  DeadLettersDoneSchema,
  DeadLettersSchema,
  DeliverySchema,
  KeyChangedSchema,
  KeyMadeSchema,
  KeysSchema,
  SessionSchema,
  type DeadLettersAnswer,
  type DeliveryAnswer,
  type KeyAnswer,
} from "../../server/api/schemas.js";
import type { DeadLetters } from "../../server/delivery/delivery-answer.js";
import { harness, type Harness } from "./api-harness.js";

const open: Harness[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
});

async function opened(change: Parameters<typeof harness>[0] = {}): Promise<Harness> {
  const test = await harness(change);
  open.push(test);
  return test;
}

const json = (method: string, body: unknown): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});

function letters(count: number): DeadLetters & { left: DeadLetter[] } {
  const spool = {
    left: Array.from({ length: count }, (_, n): DeadLetter => ({
      key: `k${n}`,
      id: `call-${n}`,
      text: "{}",
      storedAt: 1_766_000_000_000,
      attempts: 2,
      sink: "langfuse",
      code: "400",
      reason: "x".repeat(600),
      diedAt: 1_766_000_001_000,
    })),
    deadLetters: (
      _sink: string,
      { after, limit = 100 }: { after?: string | undefined; limit?: number | undefined } = {},
    ) =>
      spool.left
        .slice(after === undefined ? 0 : spool.left.findIndex(({ key }) => key === after) + 1)
        .slice(0, limit),
    revive: (_sink: string, keys?: readonly string[]) => spool.take(keys),
    purge: (_sink: string, keys?: readonly string[]) => spool.take(keys),
    stats: () => ({ records: 0, oldestAt: null, dead: spool.left.length, deadBytes: 2 }),
    take(keys?: readonly string[]) {
      const before = spool.left.length;
      spool.left = keys ? spool.left.filter(({ key }) => !keys.includes(key)) : [];
      return before - spool.left.length;
    },
  };
  return spool;
}

describe("deliveries", () => {
  it("show that nothing is missing, and what went wrong last", async () => {
    const test = await opened({ spool: letters(3) });
    test.log.tried("call-1", "langfuse", "retry", 1, { reason: "the server answered 503" });
    const { sinks, log } = await test.read<DeliveryAnswer>("/api/delivery", DeliverySchema);
    expect(sinks.map(({ name, difference, deadLetters }) => [name, difference, deadLetters])).toEqual([
      ["langfuse", 0, 3],
      ["otlp", 0, 3],
    ]);
    expect(sinks[0]?.lastProblem?.reason).toBe("the server answered 503");
    expect(log).toEqual({ noted: 1, written: 0, waiting: 1, lost: 0 });
  });

  it("show what is missing when a count is wrong", async () => {
    const test = await opened();
    test.stats["otlp"] = { ...(test.stats["otlp"] as DeliveryAnswer["sinks"][number]), accepted: 15 };
    const { sinks } = await test.read<DeliveryAnswer>("/api/delivery?sink=otlp", DeliverySchema);
    expect(sinks.map(({ name, difference }) => [name, difference])).toEqual([["otlp", 3]]);
  });
});

describe("dead letters", () => {
  it("come a page at a time, each once", async () => {
    const test = await opened({ spool: letters(5) });
    const ids: string[] = [];
    let cursor: string | undefined = "";
    while (cursor !== undefined) {
      const path = `/api/delivery/dead?sink=langfuse&limit=2${cursor && `&cursor=${cursor}`}`;
      const page: DeadLettersAnswer = await test.read(path, DeadLettersSchema);
      ids.push(...page.items.map(({ id }) => id));
      expect(page.items[0]?.reason).toHaveLength(512);
      cursor = page.next;
    }
    expect(ids).toEqual(["call-0", "call-1", "call-2", "call-3", "call-4"]);
  });

  it("of one sink have no cursor for another", async () => {
    const test = await opened({ spool: letters(5) });
    const { next } = await test.read<DeadLettersAnswer>(
      "/api/delivery/dead?sink=langfuse&limit=2",
      DeadLettersSchema,
    );
    const path = `/api/delivery/dead?sink=otlp&cursor=${next}`;
    expect(await test.refusal(path)).toMatchObject({ code: "cursor_mismatch" });
    expect(await test.refusal("/api/delivery/dead?sink=otlp&cursor=x")).toMatchObject({ code: "bad_cursor" });
  });

  it.each<[string, string, RequestInit, number, number]>([
    [
      "retried, some",
      "/api/delivery/dead/retry",
      json("POST", { sink: "langfuse", keys: ["k0", "k4"] }),
      2,
      3,
    ],
    ["retried, all", "/api/delivery/dead/retry", json("POST", { sink: "langfuse" }), 5, 0],
    ["purged, some", "/api/delivery/dead/purge", json("POST", { sink: "langfuse", keys: ["k1"] }), 1, 4],
    ["purged, all", "/api/delivery/dead?sink=langfuse", { method: "DELETE" }, 5, 0],
  ])("are %s", async (_, path, init, count, left) => {
    const spool = letters(5);
    const test = await opened({ spool });
    expect(await test.read(path, DeadLettersDoneSchema, init)).toMatchObject({ sink: "langfuse", count });
    expect(spool.left).toHaveLength(left);
  });

  it.each<[string, RequestInit, number, string]>([
    ["without a sink", json("POST", {}), 400, "bad_value"],
    ["of a sink that there is not", json("POST", { sink: "__proto__" }), 400, "bad_value"],
    ["with keys that are none", json("POST", { sink: "langfuse", keys: [1] }), 400, "bad_value"],
    ["with an empty text of keys", json("POST", { sink: "langfuse", keys: "all" }), 400, "bad_value"],
    [
      "with a member that there is not",
      json("POST", { sink: "langfuse", key: "k0" }),
      400,
      "unknown_parameter",
    ],
    [
      "as a form",
      { method: "POST", body: new URLSearchParams({ sink: "langfuse" }) },
      415,
      "unsupported_type",
    ],
    ["as no JSON", { ...json("POST", 0), body: "{" }, 400, "bad_json"],
    ["as a list", json("POST", []), 400, "bad_json"],
  ])("are not retried %s", async (_, init, status, code) => {
    const spool = letters(2);
    const test = await opened({ spool });
    expect(await test.refusal("/api/delivery/dead/retry", init)).toMatchObject({ status, code });
    expect(spool.left).toHaveLength(2);
  });

  it("of a spool that cannot be read are a failure that says why", async () => {
    const broken = letters(1);
    broken.deadLetters = () => {
      throw new WaybillError("spool-io", "the disk is gone");
    };
    const test = await opened({ spool: broken });
    const error = await test.refusal("/api/delivery/dead?sink=langfuse");
    expect(error).toMatchObject({ status: 503, code: "spool_unavailable", message: "the disk is gone" });
  });
});

const key: KeyAnswer = {
  id: "key_1",
  name: "docs-bot",
  lastFour: "3fa1",
  scopes: ["proxy"],
  budget: { limit: "25.00", window: "day" },
  models: null,
  disabled: false,
  createdAt: "2025-12-17T19:33:20.000Z",
  expiresAt: null,
  rotatedAt: null,
  spent: "1.25",
  calls: 3,
  unpriced: 0,
  resetsAt: "2025-12-18T00:00:00.000Z",
};

function keyAdmin(): KeyAdmin & { asked: unknown[] } {
  const asked: unknown[] = [];
  const found = (id: string) => id === key.id;
  const unknown = { ok: false, code: "unknown-key", message: "there is no such key" } as const;
  return {
    asked,
    list: async () => [key],
    create: async (input) => {
      asked.push(input);
      const { name } = input as { name?: string };
      return name === undefined
        ? { ok: false, code: "bad-input", field: "name", message: "expected one line" }
        : { ok: true, key: "wb-secret", item: key };
    },
    update: async (id, input) => {
      asked.push([id, input]);
      return found(id) ? { ok: true, item: key } : unknown;
    },
    rotate: async (id) => (found(id) ? { ok: true, key: "wb-other", item: key } : unknown),
    remove: async (id) => (found(id) ? { ok: true, item: key } : unknown),
  };
}

describe("keys", () => {
  it("are listed, made, changed, renewed and removed", async () => {
    const keys = keyAdmin();
    const test = await opened({ keys });
    await test.read("/api/keys", KeysSchema);
    const made = await test.read<{ key: string }>("/api/keys", KeyMadeSchema, json("POST", { name: "a" }));
    expect(made.key).toBe("wb-secret");
    await test.read("/api/keys/key_1", KeyChangedSchema, json("PATCH", { disabled: true }));
    await test.read("/api/keys/key_1/rotate", KeyMadeSchema, { method: "POST" });
    await test.read("/api/keys/key_1", KeyChangedSchema, { method: "DELETE" });
    expect(keys.asked).toEqual([{ name: "a" }, ["key_1", { disabled: true }]]);
  });

  it.each<[string, string, RequestInit, number, string]>([
    ["made without a name", "/api/keys", json("POST", {}), 400, "bad_input"],
    ["changed that there are not", "/api/keys/key_2", json("PATCH", {}), 404, "unknown_key"],
    ["removed that there are not", "/api/keys/key_2", { method: "DELETE" }, 404, "unknown_key"],
    ["made with parameters", "/api/keys?name=a", json("POST", {}), 400, "unknown_parameter"],
    [
      "made by far too much",
      "/api/keys",
      json("POST", { name: "x".repeat(70_000) }),
      413,
      "request_too_large",
    ],
  ])("are not %s", async (_, path, init, status, code) => {
    const test = await opened({ keys: keyAdmin() });
    expect(await test.refusal(path, init)).toMatchObject({ status, code });
  });

  it("are none where there are none", async () => {
    const test = await opened();
    expect(await test.read("/api/keys", KeysSchema)).toMatchObject({ items: [] });
    expect(await test.refusal("/api/keys", json("POST", { name: "a" }))).toMatchObject({ code: "no_keys" });
  });
});

describe("whoever may only read", () => {
  it.each<[string, RequestInit]>([
    ["/api/keys", json("POST", { name: "a" })],
    ["/api/keys/key_1", json("PATCH", {})],
    ["/api/keys/key_1", { method: "DELETE" }],
    ["/api/keys/key_1/rotate", { method: "POST" }],
    ["/api/delivery/dead/retry", json("POST", { sink: "langfuse" })],
    ["/api/delivery/dead/purge", json("POST", { sink: "langfuse" })],
    ["/api/delivery/dead?sink=langfuse", { method: "DELETE" }],
  ])("may not change %s", async (path, init) => {
    const spool = letters(1);
    const test = await opened({ keys: keyAdmin(), spool });
    test.visitor.role = "read";
    expect(await test.refusal(path, init)).toMatchObject({ status: 403, code: "admin_only" });
    expect(spool.left).toHaveLength(1);
    expect(await test.read("/api/session", SessionSchema)).toMatchObject({ role: "read" });
  });
});

describe("a guard", () => {
  it("comes before every route, and its answer has the headers of all", async () => {
    const test = await opened({
      guard: [
        async (context, next) => (context.req.header("host") === "evil" ? context.text("no", 403) : next()),
      ],
    });
    const { status, headers } = await test.get("/api/session", { headers: { host: "evil" } });
    expect([status, headers.get("cache-control"), headers.get("x-request-id")]).toEqual([
      403,
      "no-store",
      "request-1",
    ]);
    expect((await test.get("/api/session")).status).toBe(200);
  });
});
