import { describe, expect, it } from "vitest";

import { createSessions, hasCsrf } from "../../server/access/session.js";

const adminToken = "admin-token-of-32-characters-abc";

function world() {
  const clock = { at: 0 };
  const sessions = createSessions({ adminToken, lifetimeMs: 1000, now: () => clock.at });
  const begin = () => {
    const begun = sessions.begin(adminToken);
    if (!begun) throw new Error("no session");
    return { ...begun, cookie: begun.cookie.split(";")[0] ?? "", set: begun.cookie };
  };
  return { clock, sessions, begin };
}

describe("a session", () => {
  it("is a cookie that scripts and other sites do not get, and ends with its time", () => {
    const { clock, sessions, begin } = world();
    const { cookie, set, session } = begin();
    expect(set).toMatch(/^waybill_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=1$/);
    expect(set).not.toContain(session.csrf);
    expect(sessions.find(`other=1; ${cookie}`)).toBe(session);
    clock.at = 1000;
    expect([sessions.find(cookie), sessions.size]).toEqual([undefined, 0]);
  });

  it("is for https alone where the page is", () => {
    const secure = createSessions({ adminToken, isSecure: true, cookieName: "waybill_4400" });
    expect(secure.begin(adminToken)?.cookie).toMatch(/^waybill_4400=.*; Secure; /);
  });

  it.each([[""], ["x"], [`${adminToken} `], [adminToken.slice(1)], [adminToken.toUpperCase()]])(
    "is not given for %j",
    (token) => {
      expect(world().sessions.begin(token)).toBeUndefined();
    },
  );

  it("is not given at all where there is no token", () => {
    const sessions = createSessions({ adminToken: null });
    for (const token of ["", "null", "undefined"]) expect(sessions.begin(token)).toBeUndefined();
  });

  it("is over when it is ended", () => {
    const { sessions, begin } = world();
    const { cookie } = begin();
    expect(sessions.end(cookie)).toMatch(/^waybill_session=; .*Max-Age=0$/);
    expect(sessions.find(cookie)).toBeUndefined();
  });

  it.each<[string, string]>([
    ["none", ""],
    ["another name", "x_waybill_session=a"],
    ["a wrong id", `waybill_session=${"A".repeat(43)}`],
    ["a quoted id", 'waybill_session="x"'],
    ["an endless header", `waybill_session=${"A".repeat(1e6)}`],
    ["a thousand of them", "waybill_session=x; ".repeat(1000)],
  ])("is not found in %s", (_, cookies) => {
    const { sessions, begin } = world();
    begin();
    expect(sessions.find(cookies)).toBeUndefined();
  });

  it("is found behind another's cookie of the same name", () => {
    const { sessions, begin } = world();
    const { cookie, session } = begin();
    expect(sessions.find(`waybill_session=${"A".repeat(43)}; ${cookie}`)).toBe(session);
  });

  it("has a word of its own for writes", () => {
    const { begin } = world();
    const [one, two] = [begin().session, begin().session];
    expect([
      hasCsrf(one, one.csrf),
      hasCsrf(one, two.csrf),
      hasCsrf(one, undefined),
      hasCsrf(one, ""),
    ]).toEqual([true, false, false, false]);
  });

  it("is one of a hundred at most, and the oldest goes", () => {
    const { sessions, begin } = world();
    const first = begin();
    for (let count = 0; count < 100; count++) begin();
    expect([sessions.size, sessions.find(first.cookie)]).toEqual([100, undefined]);
  });
});
