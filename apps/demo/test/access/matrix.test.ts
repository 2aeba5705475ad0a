import { Hono } from "hono";
import { beforeAll, describe, expect, it } from "vitest";

import { createAuthenticator, type AuthenticatorOptions } from "../../server/access/authenticate.js";
import { createDoor } from "../../server/access/door.js";
import type { Need } from "../../server/access/identity.js";
import { apiGuard, apiNeeds, oneOfFew, type ApiVariables } from "../../server/access/middleware.js";
import { createRateLimiter } from "../../server/access/rate-limit.js";
import { createSessions } from "../../server/access/session.js";
import { memoryKeyStore, type KeyStore } from "../../server/keys/key-store.js";

const adminToken = "admin-token-of-32-characters-abc";
const now = () => Date.parse("2026-11-20T12:00:00Z");

/** Who may come, with what they send. */
const roles = [
  "nobody",
  "a wrong key",
  "a wrong key of ours",
  "a key that is disabled",
  "a key that is expired",
  "a key to call",
  "a key to read",
  "a key to administer",
  "the admin token",
] as const;
type Role = (typeof roles)[number];

let keys: KeyStore;
const credentials: Partial<Record<Role, string>> = {
  "a wrong key": "sk-1234567890",
  "a wrong key of ours": `wb-${"A".repeat(43)}`,
  "the admin token": adminToken,
};

beforeAll(async () => {
  keys = memoryKeyStore({ now });
  const inputs: [Role, object][] = [
    ["a key to call", { scopes: ["proxy"] }],
    ["a key to read", { scopes: ["read"] }],
    ["a key to administer", { scopes: ["admin"] }],
    ["a key that is disabled", { scopes: ["proxy", "read", "admin"], disabled: true }],
    ["a key that is expired", { scopes: ["proxy", "read", "admin"], expiresAt: "2026-11-20T12:00:00Z" }],
  ];
  for (const [name, input] of inputs) {
    const made = await keys.create({ name, ...input });
    if (made.ok) credentials[name] = made.key;
  }
});

const headersOf = (role: Role) => {
  const credential = credentials[role];
  return new Headers(credential === undefined ? {} : { authorization: `Bearer ${credential}` });
};

/** A server whose routes need what their path says, as the page's API is built. */
function server(options: Partial<AuthenticatorOptions>) {
  const authenticator = createAuthenticator({ keys, adminToken, isLoopback: true, now, ...options });
  const limiter = createRateLimiter({ requests: 1000 });
  const sessions = createSessions({
    adminToken: options.adminToken === undefined ? adminToken : options.adminToken,
    now,
  });
  const own = { host: "127.0.0.1", port: () => 4400, publicHosts: [] };
  const app = new Hono<{ Variables: ApiVariables }>();
  app.use("/api/*", apiGuard({ own, authenticator, sessions, limiter, newId: () => "request-1" }));
  for (const need of ["public", "read", "admin"] as const)
    app.all(`/api/${need}`, apiNeeds(need, authenticator), oneOfFew(limiter), (c) => c.json({ ok: true }));
  app.get("/api/raw", () => new Response("x", { headers: { "cache-control": "max-age=1" } }));
  const call = async (need: Need | "raw", headers: Headers, method = "GET") => {
    headers.set("host", "127.0.0.1:4400");
    return app.request(`/api/${need}`, { method, headers });
  };
  const admission = {
    admit: () => Promise.reject(new Error()),
    settle: async () => {},
    release: async () => {},
    stats: () => ({ admitted: 0, refused: {}, unpricedAllowed: 0, notSettled: 0 }),
  };
  return { call, sessions, door: createDoor({ authenticator, admission, keys }) };
}

type Row = [role: Role, proxy: number, read: number, admin: number];

/** Statuses of routes by role; public routes answer 200 to all. */
const strict: Row[] = [
  ["nobody", 401, 401, 401],
  ["a wrong key", 401, 401, 401],
  ["a wrong key of ours", 401, 401, 401],
  ["a key that is disabled", 401, 401, 401],
  ["a key that is expired", 401, 401, 401],
  ["a key to call", 200, 403, 403],
  ["a key to read", 403, 200, 403],
  ["a key to administer", 403, 200, 200],
  ["the admin token", 200, 200, 200],
];

/** Loopback with keys and without a token: calls need a key, the page is open to who sits there. */
const local: Row[] = [
  ["nobody", 401, 200, 200],
  ["a wrong key", 401, 200, 200],
  ["a wrong key of ours", 401, 200, 200],
  ["a key that is disabled", 401, 200, 200],
  ["a key to call", 200, 403, 403],
  ["a key to read", 403, 200, 403],
  ["the admin token", 401, 200, 200],
];

/** Loopback where any key works. */
const open: Row[] = [
  ["nobody", 200, 200, 200],
  ["a wrong key", 200, 200, 200],
  ["a wrong key of ours", 401, 200, 200],
  ["a key that is disabled", 401, 200, 200],
  ["a key to call", 200, 403, 403],
  ["a key to read", 403, 200, 403],
];

describe.each<[string, Partial<AuthenticatorOptions>, Row[]]>([
  ["off loopback", { isLoopback: false }, strict],
  ["on loopback with an admin token", {}, strict],
  ["on loopback without an admin token", { adminToken: null }, local],
  ["on loopback where any key works", { adminToken: null, needsKey: () => false }, open],
])("%s", (_, options, rows) => {
  it.each(rows)("%s gets proxy %i, read %i, admin %i", async (role, proxy, read, admin) => {
    const { call, door } = server(options);
    const entry = door.authenticate(headersOf(role));
    const statuses = [entry.ok ? 200 : entry.refusal.status];
    for (const need of ["read", "admin", "public"] as const)
      statuses.push((await call(need, headersOf(role))).status);
    expect(statuses).toEqual([proxy, read, admin, 200]);
  });
});

it("a server off loopback without any key lets nobody call", () => {
  const authenticator = createAuthenticator({ keys: memoryKeyStore(), adminToken, isLoopback: false });
  expect(authenticator.open()).toEqual({ proxy: false, page: false });
});

it("a server on loopback without any key lets everybody call, until there is one", async () => {
  const fresh = memoryKeyStore();
  const authenticator = createAuthenticator({ keys: fresh, adminToken: null, isLoopback: true });
  expect(authenticator.open().proxy).toBe(true);
  await fresh.create({ name: "a" });
  expect(authenticator.open().proxy).toBe(false);
});

describe("a refusal", () => {
  it("is the same to a key that never was, one that is disabled and one that is expired", () => {
    const { door } = server({ isLoopback: false });
    const answers = [
      "nobody",
      "a wrong key",
      "a wrong key of ours",
      "a key that is disabled",
      "a key that is expired",
    ] as const;
    const [first, ...others] = answers.map((role) => JSON.stringify(door.authenticate(headersOf(role))));
    for (const other of others) expect(other).toBe(first);
    expect(first).toContain('"code":"invalid_api_key"');
  });

  it("of the page's API has its shape, the id of the request, and is kept by nobody", async () => {
    const response = await server({}).call("admin", headersOf("a key to call"));
    expect(await response.json()).toEqual({
      error: {
        code: "scope_missing",
        message: expect.stringMatching(/^Waybill: .*admin/),
        requestId: "request-1",
      },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-request-id": "request-1",
    });
  });
});

it("an answer that a route made itself gets the headers of the API, and keeps its own", async () => {
  const { headers } = await server({}).call("raw", new Headers());
  expect([
    headers.get("cache-control"),
    headers.get("x-content-type-options"),
    headers.get("x-request-id"),
  ]).toEqual(["max-age=1", "nosniff", "request-1"]);
});

describe.each<[string, Record<string, string>, string]>([
  ["a page elsewhere", { origin: "https://evil.test" }, "bad_origin"],
  ["a name that points here", { host: "evil.test:4400" }, "bad_host"],
])("a request of %s", (_, more, code) => {
  it("is refused whoever sends it", async () => {
    const app = new Hono<{ Variables: ApiVariables }>();
    const own = { host: "127.0.0.1", port: () => 4400, publicHosts: [] };
    const authenticator = createAuthenticator({ keys, adminToken, isLoopback: true, now });
    const guards = {
      own,
      authenticator,
      sessions: createSessions({ adminToken }),
      limiter: createRateLimiter(),
    };
    app.use("/api/*", apiGuard(guards));
    app.get("/api/x", (c) => c.text("x"));
    const headers = { host: "127.0.0.1:4400", authorization: `Bearer ${adminToken}`, ...more };
    const response = await app.request("/api/x", { headers });
    expect([response.status, await response.json()]).toMatchObject([403, { error: { code } }]);
  });
});

it("a client that asks too often is told when to come again", async () => {
  const app = new Hono<{ Variables: ApiVariables }>();
  const own = { host: "127.0.0.1", port: () => 4400, publicHosts: [] };
  const authenticator = createAuthenticator({ keys, adminToken: null, isLoopback: true, now });
  const limiter = createRateLimiter({ requests: 1 }, () => 0);
  app.use(
    "/api/*",
    apiGuard({ own, authenticator, sessions: createSessions({ adminToken: null }), limiter }),
  );
  app.get("/api/x", (c) => c.text("x"));
  const ask = () => app.request("/api/x", { headers: { host: "127.0.0.1:4400" } });
  expect((await ask()).status).toBe(200);
  const second = await ask();
  expect([second.status, second.headers.get("retry-after")]).toEqual([429, "10"]);
});

describe("a write", () => {
  it("with a session needs the session's word", async () => {
    const { call, sessions } = server({});
    const begun = sessions.begin(adminToken);
    const cookie = begun?.cookie.split(";")[0] ?? "";
    const write = async (csrf?: string) =>
      (
        await call(
          "admin",
          new Headers({ cookie, ...(csrf === undefined ? {} : { "x-waybill-csrf": csrf }) }),
          "POST",
        )
      ).status;
    expect(await write()).toBe(403);
    expect(await write("wrong")).toBe(403);
    expect(await write(begun?.session.csrf)).toBe(200);
    expect((await call("admin", new Headers({ cookie }))).status).toBe(200);
  });

  it("with a token in a header needs no more", async () => {
    expect((await server({}).call("admin", headersOf("the admin token"), "DELETE")).status).toBe(200);
  });

  it("without any sign-in, where that is allowed, needs a header that no foreign page can send", async () => {
    const { call } = server({ adminToken: null });
    expect((await call("admin", new Headers(), "POST")).status).toBe(403);
    expect((await call("admin", new Headers({ "x-waybill-csrf": "1" }), "POST")).status).toBe(200);
  });
});

describe("the gateway's door", () => {
  it("names a key by its account, which says nothing about it, and finds it again", () => {
    const { door } = server({});
    const entry = door.authenticate(headersOf("a key to call"));
    if (!entry.ok) throw new Error("refused");
    expect(entry.caller).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      alias: "a key to call",
      lastFour: credentials["a key to call"]?.slice(-4),
      isOwnKey: true,
    });
    expect(keys.get(door.keyIdOf(entry.caller.hash ?? "") ?? "")?.name).toBe("a key to call");
  });

  it.each<[string, Record<string, string>, boolean]>([
    ["a key of somebody else", { authorization: "Bearer sk-1" }, false],
    ["the admin token", { authorization: `Bearer ${adminToken}` }, true],
    ["no key", {}, false],
  ])("knows that %s may go on to the API, or not", (_, headers, isOwnKey) => {
    const { door } = server({ needsKey: () => false });
    expect(door.authenticate(new Headers(headers))).toMatchObject({ ok: true, caller: { isOwnKey } });
  });

  it("is shut to who sends one of ours beside another's, which would go on to the API", () => {
    const headers = new Headers({ authorization: "Bearer sk-1", "x-api-key": "wb-1" });
    const { door } = server({ needsKey: () => false });
    expect(door.authenticate(headers)).toMatchObject({ ok: false, refusal: { status: 401 } });
  });

  it.each([["Basic abc"], ["Bearer"], ["Bearer a b"], ["Bearer a,b"], ["bearer\u00a0x"], [""]])(
    "takes %j for nothing",
    (authorization) => {
      expect(server({}).door.authenticate(new Headers({ authorization }))).toMatchObject({
        ok: false,
        refusal: { status: 401 },
      });
    },
  );
});
