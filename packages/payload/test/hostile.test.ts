import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildPayload, redact, type Call } from "../src/index.js";
import { Losses } from "../src/losses.js";
import { toPlain } from "../src/plain.js";
import { build, call, result, valid, without } from "./calls.js";

const circle: Record<string, unknown> = { a: 1 };
circle.self = circle;
let deep: unknown = "bottom";
for (let level = 0; level < 5000; level++) deep = [deep];
let bomb: unknown[] = ["x"];
for (let level = 0; level < 40; level++) bomb = [bomb, bomb];
const sparse: unknown[] = [];
sparse[4_000_000_000] = 1;
const thrower = {
  get content() {
    throw new Error("no");
  },
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();

const answering = (response: unknown) => ({ ...without("result"), response: response as object });

describe("a record of what cannot be recorded", () => {
  it.each<[what: string, value: unknown, kept: unknown, said: string]>([
    ["a circle", circle, { a: 1, self: "[circular]" }, "a circle"],
    ["a bigint", { a: 10n }, { a: "10" }, "a bigint, kept as text"],
    ["a getter that throws", thrower, { content: "[unreadable]" }, "a getter that throws"],
    ["a proxy that was revoked", { a: revoked.proxy }, { a: "[unreadable]" }, "what throws when it is read"],
    ["a number that JSON does not have", [Number.NaN, 1], [null, 1], "a number that JSON does not have"],
  ])("says so of %s", (_, value, kept, said) => {
    const payload = build(answering(value));
    expect(payload.response).toEqual(kept);
    expect(payload.waybill.degraded).toBe(`not recorded as it was: ${said}`);
  });

  it.each<[what: string, value: unknown, said: string]>([
    ["what is too deep", deep, "deeper than 64 levels"],
    ["what is large beyond measure", bomb, "after 1000000 values"],
    ["a list of billions", sparse, "items beyond 100000"],
    ["an endless text", "x".repeat(17 * 1024 * 1024), "text beyond 16777216 characters"],
  ])("cuts %s off", (_, value, said) => {
    const payload = build(answering([value]));
    expect(payload.waybill.degraded).toContain(said);
    expect(JSON.stringify(payload).length).toBeLessThan(20e6);
  });

  it.each<[what: string, value: unknown, kept: unknown]>([
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["bytes", new Uint8Array(5), "[bytes:5]"],
    ["a file", new File(["x"], "a.wav"), "a.wav"],
    ["a map", new Map([["a", 1]]), { a: 1 }],
    ["a set", new Set([1, 2]), [1, 2]],
    ["headers", new Headers({ A: "b" }), { a: "b" }],
    ["a boxed text", Object("x"), "x"],
    ["an error", new TypeError("no"), { name: "TypeError", message: "no", stack: expect.any(String) }],
    ["a function", { call: () => 1, a: 1 }, { a: 1 }],
    [
      "a getter",
      {
        get a() {
          return 1;
        },
      },
      { a: 1 },
    ],
  ])("takes %s for what it says", (_, value, kept) => {
    const payload = build(answering([value]));
    expect(payload.response).toEqual([kept]);
    expect(payload.waybill.degraded).toBeUndefined();
  });

  it("keeps a member named __proto__ a member", () => {
    const response = JSON.parse('{"__proto__":{"polluted":1},"n":1}') as object;
    const copied = build(answering({ ...response, big: 1n })).response;
    expect(Object.getOwnPropertyNames(copied)).toContain("__proto__");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each<[what: string, changes: object, said: string]>([
    [
      "a timing with too many ticks",
      { timing: { ...result.timing, ticks: Array(300).fill(1) } },
      "result.timing",
    ],
    ["a timing without gaps", { timing: { ...result.timing, gaps: undefined } }, "result.timing"],
    ["a diagnostic without a code", { diagnostics: [{ message: "m", chunk: 0 }] }, "a diagnostic"],
    ["a status of its own", { status: "fine" }, "result.status"],
    ["a source of its own", { usageSource: "a guess" }, "result.usageSource"],
  ])("says so of %s in a result", (_, changes, said) => {
    const payload = build({ result: { ...result, ...changes } });
    expect(payload.waybill.degraded).toBe(`not recorded as it was: ${said}`);
  });

  it("shares what JSON can hold, and changes nothing", () => {
    const before = structuredClone(call);
    const payload = build();
    expect(payload.response).toBe(call.result?.completion);
    expect(call).toEqual(before);
  });

  const anything = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.anything({
        withBigInt: true,
        withBoxedValues: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withObjectString: true,
        withSet: true,
        withSparseArray: true,
        withTypedArray: true,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown>(
        circle,
        thrower,
        deep,
        { revoked: revoked.proxy },
        Symbol("s"),
        () => 1,
        -0,
        "\ud800",
      ),
    },
  );
  /** The members of a record of ours, each of which may be anything. */
  const some = (members: Record<string, unknown>) =>
    fc.oneof(
      anything,
      fc.record(
        Object.fromEntries(
          Object.entries(members).map(([name, value]) => [
            name,
            fc.oneof({ weight: 2, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: anything }),
          ]),
        ),
        { requiredKeys: [] },
      ),
    );
  const anyCall = some({
    ...call,
    result: undefined,
    ...Object.fromEntries(
      [
        "callType",
        "cache",
        "attempts",
        "guardrails",
        "responseHeaders",
        "baseModel",
        "error",
        "response",
      ].map((name) => [name, undefined]),
    ),
  }).chain((base) =>
    fc
      .record(
        {
          request: some(call.request as Record<string, unknown>),
          result: some(call.result as unknown as Record<string, unknown>),
          cost: some(call.cost as unknown as Record<string, unknown>),
          context: some({ ...call.context, proxyMetadata: {}, key: "k", callId: "c", userAgent: "a/b" }),
          cache: some({ hit: true, key: "k", savedCost: 1 }),
          attempts: fc.array(
            some({ provider: null, model: "m", startTime: 1, endTime: 2, status: "failure" }),
          ),
          guardrails: fc.array(some({ guardrail_name: "g", start_time: 1 })),
        },
        { requiredKeys: [] },
      )
      .map((parts) =>
        typeof base === "object" && base !== null && !Array.isArray(base) ? spread(base, parts) : base,
      ),
  );

  /** Getters are kept as they are. */
  function spread(base: object, parts: object): object {
    try {
      return Object.defineProperties(
        {},
        {
          ...Object.getOwnPropertyDescriptors(base),
          ...Object.getOwnPropertyDescriptors(parts),
        },
      );
    } catch {
      return parts;
    }
  }

  it("is made of any call, is valid, and can be written as JSON", () => {
    fc.assert(
      fc.property(anyCall, fc.constantFrom({}, { compat: "litellm" } as const), (input, options) => {
        const payload = valid(buildPayload(input as Call, { now: () => 5000, ...options }));
        JSON.stringify(payload);
        valid(redact(payload, { messages: "redact" }));
        JSON.stringify(redact(payload, { detectors: { pii: true } }));
      }),
      { numRuns: 400 },
    );
  });

  it("says of every time that is none, and takes the clock only for want of any", () => {
    const none = { startTime: Number.NaN, endTime: "now" as never };
    expect(build(none, { now: () => 7000 })).toMatchObject({ startTime: 7, endTime: 7 });
    expect(build({ startTime: Number.NaN, endTime: 3 })).toMatchObject({ startTime: 3, endTime: 3 });
    expect(build(none).waybill.degraded).toContain("a startTime that is no time");
  });

  it("does not take a clock that was put back for a duration", () => {
    const back = { ...answering({}), startTime: 10, endTime: 5 };
    expect(build(back).response_time).toBeNull();
    expect(build(back, { compat: "litellm" }).response_time).toBe(-5);
  });
});

describe("toPlain", () => {
  it("gives what JSON would read back, and the value itself when it is that already", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const losses = new Losses();
        expect(toPlain(value, losses)).toBe(value);
        expect(losses.toText()).toBeUndefined();
      }),
    );
  });
});
