import type { SpoolRecord } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { openSpool, SpoolError, type SpoolLimits } from "../src/index.js";
import {
  codeFrom,
  dead,
  done,
  drain,
  idsOf,
  isClean,
  me,
  other,
  record,
  records,
  retry,
  take,
  takeAll,
  temporaryFolder,
  testSpool,
} from "./spool-folder.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("append", () => {
  it("returns keys that sort by age, and keeps every text as it is", async () => {
    const { spool, clock } = await testSpool();
    const texts = ["{}", "", "ü💣".repeat(3000), "half \ud800 a pair", "\u0000", "x".repeat(3_000_000)];
    const keys = spool.append(texts.map((text, index) => ({ id: `id ${index} \udc00`, text, sinks: ["a"] })));
    expect(keys).toEqual(keys.toSorted());
    expect(new Set(keys).size).toBe(texts.length);
    expect(takeAll(spool)).toEqual(
      texts.map((text, index) => ({
        key: keys[index],
        id: `id ${index} \udc00`,
        text,
        storedAt: clock.time,
        attempts: 0,
      })),
    );
  });

  it("keeps a record once for several exporters, until the last of them has settled it", async () => {
    const { spool } = await testSpool();
    spool.append([record("r", ["a", "b", "c", "a"], 5000)]);
    const { bytes } = spool.usage();
    expect(bytes).toBeLessThan(6000);
    expect(spool.sinks()).toEqual(["a", "b", "c"]);
    spool.settle("b", "me", done(takeAll(spool, "b")));
    spool.settle("a", "me", dead(takeAll(spool, "a")));
    expect(spool.usage().bytes).toBe(bytes);
    expect(spool.sinks()).toEqual(["a", "c"]);
    spool.settle("c", "me", done(takeAll(spool, "c")));
    expect(spool.usage().bytes).toBe(0);
    expect(spool.stats("a")).toMatchObject({ records: 0, dead: 1 });
  });

  it("forgets a record at once that nobody wants", async () => {
    const { spool } = await testSpool();
    expect(spool.append([record("r", [])])).toHaveLength(1);
    expect(spool.append([])).toEqual([]);
    expect(spool.usage().bytes).toBe(0);
    expect(spool.sinks()).toEqual([]);
  });

  it("leases the records with a claim", async () => {
    const { spool, clock } = await testSpool();
    const keys = spool.append(records(3, ["a", "b"]), me);
    expect(takeAll(spool, "a", other)).toEqual([]);
    expect(spool.settle("a", "me", done(keys.map((key) => ({ key }))))).toBe(3);
    clock.time += 30_000;
    expect(takeAll(spool, "a", other)).toEqual([]);
    expect(takeAll(spool, "b", other)).toHaveLength(3);
  });

  it("leases them only for the exporters that the claim names", async () => {
    const { spool } = await testSpool();
    const keys = spool.append(records(2, ["a", "b"]), { ...me, sinks: ["b", "c"] });
    expect(takeAll(spool, "b", other)).toEqual([]);
    expect(idsOf(takeAll(spool, "a", other))).toEqual(["r0", "r1"]);
    expect(spool.settle("b", "me", done(keys.map((key) => ({ key }))))).toBe(2);
    expect(codeFrom(() => spool.append(records(1), { ...me, sinks: "b" as never }))).toBe("bad-option");
  });

  it("keeps all of them or none when they are too many", async () => {
    const { spool } = await testSpool({ maxBytes: 10_000 });
    spool.append(records(2, "a", 2000));
    const before = spool.usage();
    expect(before.limitBytes).toBe(10_000);
    expect(codeFrom(() => spool.append(records(4, "a", 2000)))).toBe("spool-full");
    expect(() => spool.append(records(4, "a", 2000))).toThrow(
      /bytes would wait, and maxBytes is 10000: let exporters catch up/,
    );
    expect(spool.usage()).toEqual(before);
    expect(spool.append(records(2, "a", 2000))).toHaveLength(2);
    drain(spool);
    expect(spool.append(records(4, "a", 2000))).toHaveLength(4);
  });

  it("counts bytes in all files", async () => {
    const { spool } = await testSpool({ maxBytes: 1_000_000, segmentBytes: 65_536 });
    let kept = 0;
    while (codeFrom(() => spool.append([record("r", "a", 10_000)])) === "nothing thrown") kept++;
    expect(kept).toBe(Math.floor(1_000_000 / (spool.usage().bytes / kept)));
    expect(spool.usage().bytes).toBeLessThanOrEqual(1_000_000);
    spool.settle("a", "me", done(take(spool, 5)));
    const five = Array.from({ length: 5 }, () => record("r", "a", 10_000));
    expect(spool.append(five)).toHaveLength(5);
    expect(codeFrom(() => spool.append(five.slice(0, 1)))).toBe("spool-full");
  });

  const bad: [string, unknown, string][] = [
    ["a text that is none", { id: "r", text: 5, sinks: ["a"] }, "bad-record"],
    ["an id that is none", { text: "", sinks: ["a"] }, "bad-record"],
    ["exporters that are no list", { id: "r", text: "", sinks: "a" }, "bad-record"],
    ["an exporter without a name", { id: "r", text: "", sinks: ["a", ""] }, "bad-record"],
    ["half a character in a name", { id: "r", text: "", sinks: ["\ud800"] }, "bad-record"],
    ["a name that is too long", { id: "r", text: "", sinks: ["x".repeat(257)] }, "bad-record"],
    [
      "too many exporters",
      { id: "r", text: "", sinks: Array.from({ length: 201 }, (_, index) => `s${index}`) },
      "bad-record",
    ],
    ["too many bytes", { id: "r", text: "é".repeat(600), sinks: ["a"] }, "record-too-large"],
  ];
  it.each(bad)("refuses %s, and keeps none of the others", async (_, value, code) => {
    const { spool } = await testSpool({ maxRecordBytes: 1000 });
    expect(codeFrom(() => spool.append([record("fine"), value as SpoolRecord]))).toBe(code);
    expect(spool.sinks()).toEqual([]);
    expect(spool.append([record("r", "a", 900)])).toHaveLength(1);
  });
});

describe("onProblem", () => {
  it("may call the spool, and may throw", async () => {
    const heard: number[] = [];
    const { spool } = await testSpool({
      maxDeadBytes: 0,
      onProblem: () => {
        heard.push(spool.stats("a").records);
        spool.append([record("more", "b")]);
        throw new Error("nobody cares");
      },
    });
    spool.append(records(3));
    spool.settle("a", "me", dead(take(spool, 2)));
    expect(heard).toEqual([1]);
    expect(spool.stats("b").records).toBe(1);
  });
});

describe("what the caller hands over", () => {
  it("is read once, before anybody waits for it", async () => {
    const { spool } = await testSpool();
    let reads = 0;
    const tricky = {
      id: "r",
      get text() {
        reads++;
        // In the middle of a call, this would be another call.
        spool.usage();
        return `{"read":${reads}}`;
      },
      sinks: ["a"],
    };
    spool.append([tricky]);
    expect(takeAll(spool)[0]?.text).toBe('{"read":1}');
    const throwing = {
      id: "r",
      sinks: ["a"],
      get text(): string {
        throw new RangeError("no text");
      },
    };
    expect(() => spool.append([record("x"), throwing])).toThrow(RangeError);
    expect(spool.stats("a").records).toBe(1);
  });
});

describe("claim", () => {
  it("gives the oldest first, and each to one owner", async () => {
    const { spool } = await testSpool();
    spool.append(records(10));
    expect(idsOf(take(spool, 4))).toEqual(["r0", "r1", "r2", "r3"]);
    expect(idsOf(take(spool, 4, "a", other))).toEqual(["r4", "r5", "r6", "r7"]);
    expect(idsOf(takeAll(spool))).toEqual(["r8", "r9"]);
    expect(takeAll(spool)).toEqual([]);
    expect(takeAll(spool, "nobody")).toEqual([]);
  });

  it("keeps to the bytes, but gives one at least", async () => {
    const { spool } = await testSpool();
    spool.append([
      record("r0", "a", 1000),
      record("r1", "a", 1000),
      record("r2", "a", 5000),
      record("r3", "a", 10),
    ]);
    const some = (maxBytes: number, maxRecords = 10) =>
      idsOf(spool.claim("a", { ...me, maxRecords, maxBytes }));
    expect(some(2500)).toEqual(["r0", "r1"]);
    expect(some(1)).toEqual(["r2"]);
    expect(some(0, 0)).toEqual(["r3"]);
    expect(some(0)).toEqual([]);
  });

  it("gives what an owner had whose lease ran out, in its old place", async () => {
    const { spool, clock } = await testSpool();
    spool.append(records(6));
    const first = take(spool, 3);
    clock.time += 29_999;
    expect(idsOf(take(spool, 1, "a", other))).toEqual(["r3"]);
    clock.time += 1;
    expect(idsOf(take(spool, 4, "a", other))).toEqual(["r0", "r1", "r2", "r4"]);
    expect(spool.settle("a", "me", done(first))).toBe(0);
  });

  it("lets an owner settle what it took too long ago, when nobody else took it meanwhile", async () => {
    const { spool, clock } = await testSpool();
    spool.append(records(3));
    const first = takeAll(spool);
    clock.time += DAY;
    expect(spool.settle("a", "me", done(first.slice(0, 1)))).toBe(1);
    // A claim begins anew: the rest is free, also for the same name.
    expect(idsOf(take(spool, 1))).toEqual(["r1"]);
    expect(spool.settle("a", "me", done(first.slice(1)))).toBe(2);
    expect(spool.stats("a").records).toBe(0);
  });

  it.each([
    ["forward", DAY],
    ["back", -DAY],
  ])("stays right when the clock jumps %s by a day", async (_, jump) => {
    const { spool, clock } = await testSpool();
    spool.append(records(2));
    const [held, again] = takeAll(spool);
    spool.settle("a", "me", retry(again ? [again] : [], clock.time + HOUR));
    clock.time += jump;
    // A pipeline renews every few seconds, so it does soon after the jump.
    spool.renew(me);
    expect(idsOf(takeAll(spool, "a", other))).toEqual(jump > 0 ? ["r1"] : []);
    expect(spool.settle("a", "me", done(held ? [held] : []))).toBe(1);
    // Leases and due times are no longer for the jump.
    spool.append([record("r2")], me);
    clock.time += HOUR;
    expect(idsOf(takeAll(spool, "a", { owner: "third", leaseMs: 1 }))).toEqual(["r1", "r2"]);
  });

  it("is refused to owners without a name and leases without a length", async () => {
    const { spool } = await testSpool();
    for (const claim of [
      { owner: "", leaseMs: 1 },
      { owner: 5, leaseMs: 1 },
      { owner: "me", leaseMs: Number.NaN },
    ])
      expect(codeFrom(() => spool.renew(claim as never))).toBe("bad-option");
    expect(codeFrom(() => spool.settle("a", "", []))).toBe("bad-option");
    expect(codeFrom(() => spool.release(""))).toBe("bad-option");
  });
});

describe("renew and release", () => {
  it("extend all leases of an owner, and end them", async () => {
    const { spool, clock } = await testSpool();
    spool.append(records(4, ["a", "b"]));
    take(spool, 2);
    take(spool, 2, "b");
    clock.time += 20_000;
    spool.renew({ owner: "me", leaseMs: 60_000 });
    // A shorter one takes nothing away.
    spool.renew({ owner: "me", leaseMs: 1 });
    clock.time += 59_999;
    expect(takeAll(spool, "a", other)).toHaveLength(2);
    spool.release("me");
    expect(idsOf(takeAll(spool, "a", other))).toEqual(["r0", "r1"]);
    expect(idsOf(takeAll(spool, "b", other))).toEqual(["r0", "r1", "r2", "r3"]);
    expect(spool.settle("a", "me", done([{ key: "00000000000000" }]))).toBe(0);
  });

  it("know many owners, and free what those had who are forgotten", async () => {
    const { spool } = await testSpool();
    spool.append(records(200));
    for (let index = 0; index < 100; index++)
      take(spool, 1, "a", { owner: `o${index}`, leaseMs: 1000 + index });
    expect(takeAll(spool)).toHaveLength(137);
  });
});

describe("settle", () => {
  it("counts what was still waiting, and ignores all other keys", async () => {
    const { spool } = await testSpool();
    spool.append(records(3));
    const taken = take(spool, 2);
    const [first] = taken;
    const keys = ["", "zz", "ffffffffffffff", "00000000000001", "../../etc", "__proto__"].map((key) => ({
      key,
    }));
    expect(spool.settle("a", "me", done([...keys, ...(first ? [first, first] : [])]))).toBe(1);
    expect(spool.settle("a", "other", done(taken))).toBe(0);
    expect(spool.settle("b", "me", done(taken))).toBe(0);
    expect(spool.settle("a", "me", done(taken))).toBe(1);
    expect(spool.stats("a").records).toBe(1);
  });

  it.each([
    ["a status that is none", { status: "lost" }],
    ["no status", {}],
    ["no time for later", { status: "retry" }],
  ])("is refused with %s, and settles nothing", async (_, settlement) => {
    const { spool } = await testSpool();
    spool.append(records(2));
    const taken = takeAll(spool);
    const bad = [...done(taken.slice(0, 1)), { key: taken[1]?.key, ...settlement }];
    expect(codeFrom(() => spool.settle("a", "me", bad as never))).toBe("bad-option");
    expect(spool.settle("a", "me", done(taken))).toBe(2);
  });

  it("gives a record back for later, and counts how often", async () => {
    const { spool, clock } = await testSpool();
    spool.append(records(3));
    const start = clock.time;
    spool.settle("a", "me", retry(takeAll(spool), start + 5000));
    expect(spool.stats("a")).toMatchObject({ records: 3, oldestAt: start });
    clock.time = start + 4999;
    expect(takeAll(spool, "a", other)).toEqual([]);
    clock.time = start + 5000;
    expect(takeAll(spool, "a", other).map(({ id, attempts }) => [id, attempts])).toEqual([
      ["r0", 1],
      ["r1", 1],
      ["r2", 1],
    ]);
  });

  it("takes any time for later, also one that is none", async () => {
    const { spool } = await testSpool();
    spool.append(records(4));
    const taken = takeAll(spool);
    const times = [Number.NaN, -Infinity, Infinity, 1e300];
    taken.forEach((each, index) => expect(spool.settle("a", "me", retry([each], times[index] ?? 0))).toBe(1));
    expect(idsOf(takeAll(spool))).toEqual(["r0", "r1"]);
  });

  it("takes quickly what is due, also when very much is not", { timeout: 60_000 }, async () => {
    const { spool, clock } = await testSpool();
    const many = Array.from({ length: 100_000 }, (_, index) => record(`r${index}`));
    for (let from = 0; from < many.length; from += 5000) spool.append(many.slice(from, from + 5000));
    for (let left = many.length; left > 0; left -= 5000)
      spool.settle("a", "me", retry(take(spool, 5000), clock.time + left));
    spool.append([record("new")]);
    const before = performance.now();
    expect(idsOf(take(spool, 100))).toEqual(["new"]);
    clock.time += 5000;
    expect(take(spool, 100)).toHaveLength(100);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe("dead letters", () => {
  it("say why, in bounds, and wait for a person", async () => {
    const { spool, clock } = await testSpool();
    const keys = spool.append(records(2));
    const stored = clock.time;
    clock.time += 5;
    const [first, second] = takeAll(spool);
    spool.settle("a", "me", dead(first ? [first] : [], "c\ud800".repeat(500), "r\ud800".repeat(5000)));
    spool.settle("a", "me", dead(second ? [second] : [], null as never, {} as never));
    const letters = spool.deadLetters("a");
    expect(letters).toMatchObject([
      { key: keys[0], id: "r0", sink: "a", storedAt: stored, diedAt: stored + 5, attempts: 0 },
      { key: keys[1], id: "r1", code: "null", reason: "[object Object]" },
    ]);
    expect(letters[0]?.code).toBe("c\ufffd".repeat(64));
    expect(letters[0]?.reason).toBe("r\ufffd".repeat(1024));
    expect(letters[0]?.text).toBe(record("r0").text);
    expect(spool.stats("a")).toMatchObject({ records: 0, oldestAt: null, dead: 2 });
    expect(spool.stats("a").deadBytes).toBeGreaterThan(1000);
    expect(takeAll(spool)).toEqual([]);
  });

  it("come in pages", async () => {
    const { spool } = await testSpool();
    spool.append(records(25));
    spool.settle("a", "me", dead(takeAll(spool)));
    const ids: string[] = [];
    for (let after: string | undefined; ;) {
      const page = spool.deadLetters("a", { after, limit: 10 });
      if (page.length === 0) break;
      ids.push(...idsOf(page));
      after = page.at(-1)?.key;
    }
    expect(ids).toEqual(idsOf(records(25)));
    expect(spool.deadLetters("b")).toEqual([]);
    expect(codeFrom(() => spool.deadLetters("a", { after: "x" }))).toBe("bad-option");
  });

  it("wait again when they are revived, with others that still want the record", async () => {
    const { spool } = await testSpool();
    spool.append(records(4, ["a", "b"]));
    spool.settle("a", "me", dead(takeAll(spool, "a")));
    const before = spool.usage();
    const keys = spool.deadLetters("a").map(({ key }) => key);
    expect(spool.revive("a", [...keys.slice(1, 3), "ffffffffffffff", "x"])).toBe(2);
    expect(spool.usage()).toEqual(before);
    expect(idsOf(takeAll(spool, "a"))).toEqual(["r1", "r2"]);
    expect(drain(spool, "b")).toHaveLength(4);
    expect(spool.revive("a")).toBe(2);
    expect(spool.revive("a")).toBe(0);
    spool.release("me");
    expect(drain(spool)).toEqual(["r0", "r1", "r2", "r3"]);
    expect(spool.usage().bytes).toBe(0);
    expect(spool.sinks()).toEqual([]);
  });

  it("wait again all together or not at all", async () => {
    const { spool } = await testSpool({ maxBytes: 20_000 });
    spool.append(records(8, "a", 2000));
    spool.settle("a", "me", dead(takeAll(spool)));
    spool.append(records(5, "a", 2000));
    expect(codeFrom(() => spool.revive("a"))).toBe("spool-full");
    expect(spool.stats("a")).toMatchObject({ records: 5, dead: 8 });
    expect(
      spool.revive(
        "a",
        spool.deadLetters("a", { limit: 3 }).map(({ key }) => key),
      ),
    ).toBe(3);
  });

  it("go when they are purged", async () => {
    const { spool } = await testSpool();
    spool.append(records(4));
    spool.settle("a", "me", dead(takeAll(spool)));
    const keys = spool.deadLetters("a").map(({ key }) => key);
    expect(spool.purge("a", keys.slice(0, 1))).toBe(1);
    expect(spool.purge("a")).toBe(3);
    expect(spool.stats("a")).toEqual({ records: 0, oldestAt: null, dead: 0, deadBytes: 0 });
  });

  it("lose the oldest of all exporters when they are too many, and that is told", async () => {
    const { spool, problems } = await testSpool({ maxDeadBytes: 10_000, segmentBytes: 65_536 });
    for (let round = 0; round < 30; round++) {
      spool.append([record(`a${round}`, "a", 2000), record(`b${round}`, "b", 2000)]);
      spool.settle("a", "me", dead(takeAll(spool, "a")));
      spool.settle("b", "me", dead(takeAll(spool, "b")));
    }
    expect(idsOf(spool.deadLetters("a"))).toEqual(["a28", "a29"]);
    expect(idsOf(spool.deadLetters("b"))).toEqual(["b28", "b29"]);
    expect(spool.problems()["dead-letter-dropped"]).toEqual({ times: 56, records: 56 });
    expect(problems[0]).toMatchObject({ kind: "dead-letter-dropped", records: 1 });
  });
});

describe("sync and close", () => {
  it("keep everything for whoever opens the spool next", async () => {
    const { spool, dir, clock } = await testSpool();
    spool.append(records(5));
    spool.settle("a", "me", retry(take(spool, 1), clock.time + 10));
    spool.settle("a", "me", dead(take(spool, 1)));
    await Promise.all([spool.sync(), spool.sync()]);
    const held = take(spool, 1);
    await spool.close();
    await spool.close();
    const next = await testSpool({}, { dir, clock });
    expect(next.spool.stats("a")).toMatchObject({ records: 4, dead: 1 });
    expect(idsOf(takeAll(next.spool, "a", other))).toEqual(["r3", "r4"]);
    expect(next.spool.settle("a", "me", done(held))).toBe(1);
    clock.time += 10;
    expect(takeAll(next.spool, "a", other)).toMatchObject([{ id: "r0", attempts: 1 }]);
  });

  it("make every later call fail, and say so", async () => {
    const { spool } = await testSpool();
    await spool.close();
    const calls = [
      () => spool.append(records(1)),
      () => takeAll(spool),
      () => spool.renew(me),
      () => spool.settle("a", "me", []),
      () => spool.release("me"),
      () => spool.usage(),
      () => spool.stats("a"),
      () => spool.sinks(),
      () => spool.deadLetters("a"),
      () => spool.revive("a"),
      () => spool.purge("a"),
    ];
    expect(calls.map(codeFrom)).toEqual(calls.map(() => "spool-closed"));
    await expect(spool.sync()).rejects.toMatchObject({ code: "spool-closed" });
  });

  it("do what they do without being asked, a moment after a write", async () => {
    const { spool, dir } = await testSpool({ flushAfterMs: 1 });
    spool.append(records(3));
    // The moment is one of the operating system's; nothing here can be waited for but the outcome.
    await expect.poll(() => isClean(dir), { interval: 2 }).toBe(true);
  });
});

describe("openSpool", () => {
  it("is quick", async () => {
    const dir = temporaryFolder();
    const first = await openSpool(dir);
    await first.close();
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = performance.now();
      const spool = await openSpool(`${dir}/${round}`);
      times.push(performance.now() - before);
      await spool.close();
    }
    expect(Math.min(...times)).toBeLessThan(50);
  });

  const bad: [string, SpoolLimits][] = [
    ["no bytes", { maxBytes: 0 }],
    ["bytes that are no number", { maxBytes: "1 GB" as never }],
    ["not a number", { maxBytes: Number.NaN }],
    ["records that LMDB could not hand out", { maxRecordBytes: 2 ** 24 }],
    ["files that are too small", { segmentBytes: 1000 }],
    ["files that are too large", { segmentBytes: 2 ** 40 }],
    ["a clock that is none", { now: 5 as never }],
    ["a listener that is none", { onProblem: {} as never }],
  ];
  it.each(bad)("refuses %s", async (_, limits) => {
    await expect(openSpool(temporaryFolder(), limits)).rejects.toMatchObject({ code: "bad-option" });
  });

  it("refuses a folder that is none, with an error that can be told", async () => {
    const error: unknown = await openSpool("").catch((thrown: unknown) => thrown);
    expect(SpoolError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ name: "SpoolError", code: "bad-option" });
    await expect(openSpool(5 as never)).rejects.toMatchObject({ code: "bad-option" });
  });
});
