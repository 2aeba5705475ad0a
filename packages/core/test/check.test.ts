import { describe, expect, it } from "vitest";

import { checkStandardLoggingPayloadEmit } from "../src/emit.js";
import {
  checkChatCompletionChunk,
  checkLangfuseBatch,
  checkStandardLoggingPayload,
  checkText,
  checkUsage,
  detect,
  InvalidDocumentError,
  isUsage,
  lint,
  parseUsage,
  type Check,
} from "../src/index.js";
import { check, schemaNames } from "../src/registry.js";

const batch = (event: object) => ({ batch: [{ id: "e", timestamp: "2026-01-02T03:04:05Z", ...event }] });

type Case = { title: string; result: Check<unknown>; path: string; code: string; message: RegExp };

const refused: Case[] = [
  {
    title: "a wrong type says what was expected and found",
    result: checkUsage({ prompt_tokens: {} }),
    path: "/prompt_tokens",
    code: "wrong-type",
    message: /^expected number, string or null, found an object$/,
  },
  {
    title: "a member deep inside is named by its pointer",
    result: checkChatCompletionChunk({ choices: [{ delta: { tool_calls: [{ function: { name: 5 } }] } }] }),
    path: "/choices/0/delta/tool_calls/0/function/name",
    code: "wrong-type",
    message: /found the number 5/,
  },
  {
    title: "a missing member is named by its own pointer",
    result: checkLangfuseBatch(batch({ type: "trace-create" })),
    path: "/batch/0/body",
    code: "missing",
    message: /is missing/,
  },
  {
    title: "a value outside an enum lists what is allowed",
    result: checkLangfuseBatch(batch({ type: "span-create", body: { level: "error" } })),
    path: "/batch/0/body/level",
    code: "wrong-value",
    message: /"DEBUG", "DEFAULT", "WARNING", "ERROR", null, found the string "error"/,
  },
  {
    title: "an unknown event type is one issue, not one for each known type",
    result: checkLangfuseBatch(batch({ type: "trace-created", body: {} })),
    path: "/batch/0/type",
    code: "unknown-kind",
    message: /found the string "trace-created"/,
  },
  {
    title: "a time without a zone is shown one with it",
    result: checkLangfuseBatch({
      batch: [{ id: "e", timestamp: "2026-01-02", type: "sdk-log", body: { log: 1 } }],
    }),
    path: "/batch/0/timestamp",
    code: "wrong-format",
    message: /ISO 8601 time with a zone, such as/,
  },
  {
    title: "a payload without any id is one issue",
    result: checkStandardLoggingPayload({ status: "success" }),
    path: "/id",
    code: "missing",
    message: /id or litellm_call_id/,
  },
  {
    title: "a name with a slash is escaped in the pointer",
    result: checkStandardLoggingPayloadEmit({ "a/b~c": 1 }),
    path: "/a~1b~0c",
    code: "unknown-member",
    message: /not a member/,
  },
];

describe("a check", () => {
  it.each(refused)("$title", ({ result, path, code, message }) => {
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const issue = result.issues.find((each) => each.path === path);
    expect(issue, JSON.stringify(result.issues.slice(0, 5))).toMatchObject({ code });
    expect(issue?.message).toMatch(message);
  });

  it("returns the very value it was given", () => {
    const usage = { prompt_tokens: 1 };
    expect(checkUsage(usage)).toEqual({ ok: true, value: usage });
    const result = checkUsage(usage);
    expect(result.ok && result.value).toBe(usage);
  });

  it("lists at most a hundred issues and counts the rest", () => {
    const result = checkChatCompletionChunk({ choices: Array.from({ length: 250 }, () => 1) });
    expect(result.ok ? [] : result.issues).toHaveLength(101);
    expect(result.ok ? undefined : result.issues.at(-1)).toMatchObject({
      code: "more-issues",
      message: expect.stringMatching(/^150 or more/),
    });
  });

  it("stays linear when every item is wrong", () => {
    const calls = Array.from({ length: 100_000 }, () => ({ function: 5, index: "x" }));
    const result = checkChatCompletionChunk({ choices: [{ delta: { tool_calls: calls } }] });
    expect(result.ok ? [] : result.issues).toHaveLength(101);
  });

  it("of a name that is none is misuse", () => {
    expect(() => check("nope" as never, {})).toThrow(/"nope" is none of chat-completion-chunk/);
    expect(() => checkText("{}", "__proto__" as never)).toThrow(/is none of/);
    expect(lint("constructor" as never, {})).toEqual([]);
  });

  it("is a Standard Schema", () => {
    const standard = checkUsage["~standard"];
    expect(standard).toMatchObject({ version: 1, vendor: "waybill" });
    expect(standard.validate({ prompt_tokens: 1 })).toEqual({ value: { prompt_tokens: 1 } });
    expect(standard.validate({ prompt_tokens: [] })).toMatchObject({ issues: [{ path: ["prompt_tokens"] }] });
  });

  it("has a guard and a parse that throws with the issues", () => {
    expect(isUsage({ prompt_tokens: 1 })).toBe(true);
    expect(isUsage([])).toBe(false);
    expect(parseUsage({})).toEqual({});
    expect(() => parseUsage({ cost: true })).toThrow(InvalidDocumentError);
    expect(() => parseUsage({ cost: true })).toThrow(/\/cost: expected number, string, object or null/);
  });
});

describe("a check of something that is no JSON", () => {
  const throwing = Object.defineProperty({}, "choices", {
    get: () => {
      throw new Error("no");
    },
    enumerable: true,
  });
  const cyclic: Record<string, unknown> = { choices: [], prompt_tokens: 1 };
  cyclic.self = cyclic;
  let deep: unknown = 1;
  for (let level = 0; level < 10_000; level++) deep = { batch: deep, metadata: [deep] };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  const odd: [string, unknown][] = [
    ["a getter that throws", throwing],
    ["a cycle", cyclic],
    ["ten thousand levels", deep],
    ["a revoked proxy", revoked.proxy],
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a bigint", 1n],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["NaN", Number.NaN],
  ];

  const unprintable = Object.create(null) as object;
  const hostile: [string, unknown][] = [
    [
      "a getter that throws what cannot be printed",
      {
        get choices() {
          throw unprintable;
        },
      },
    ],
    [
      "an array that claims four billion items",
      {
        choices: Object.assign([], { length: 2 ** 32 - 1 }),
        batch: Object.assign([], { length: 2 ** 32 - 1 }),
      },
    ],
    [
      "an array of endless items",
      { choices: new Proxy([], { get: (_, name) => (name === "length" ? Infinity : {}) }) },
    ],
  ];

  it.each([...odd, ...hostile])("answers for %s", (_, value) => {
    for (const name of schemaNames) {
      expect(typeof check(name, value).ok).toBe("boolean");
      expect(Array.isArray(lint(name, value))).toBe(true);
    }
    expect([undefined, ...schemaNames]).toContain(detect(value));
  });
});
