import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { start } from "./children.js";
import {
  brokenIn,
  diskUse,
  drain,
  idsOf,
  me,
  other,
  records,
  segmentsIn,
  takeAll,
  temporaryFolder,
  testSpool,
} from "./spool-folder.js";

describe("several processes on one spool", () => {
  it("deliver each record exactly once between them, while nobody's lease runs out", async () => {
    const dir = temporaryFolder();
    const log = join(dir, "delivered.log");
    writeFileSync(log, "");
    const names = ["p1", "p2", "p3"];
    const count = 1500;
    const children = names.map((name) => start("share", [dir, log, name, count, count * names.length]));
    expect(await Promise.all(children.map(async ({ ended }) => ended))).toEqual([0, 0, 0]);
    const delivered = readFileSync(log, "utf8").trim().split("\n");
    const expected = names.flatMap((name) => Array.from({ length: count }, (_, index) => `${name}-${index}`));
    expect(delivered.toSorted()).toEqual(expected.toSorted());
    const { spool, problems } = await testSpool({}, { dir });
    expect(spool.usage().bytes).toBe(0);
    expect(problems).toEqual([]);
    expect(brokenIn(dir)).toEqual([]);
  });

  it("see at once what the others did, also when files come and go", async () => {
    const one = await testSpool({ segmentBytes: 65_536 });
    const two = await testSpool({ segmentBytes: 65_536 }, { dir: one.dir, clock: one.clock });
    one.spool.append(records(40, "a", 10_000));
    expect(segmentsIn(one.dir)).toHaveLength(1);
    two.spool.append(records(40, "a", 10_000));
    expect(segmentsIn(one.dir)).toHaveLength(2);
    expect(one.spool.stats("a").records).toBe(80);
    expect(drain(one.spool)).toHaveLength(80);
    expect(segmentsIn(one.dir)).toEqual([]);
    expect(two.spool.stats("a").records).toBe(0);
    two.spool.append(records(2));
    expect(idsOf(takeAll(one.spool, "a", me))).toEqual(["r0", "r1"]);
    expect(takeAll(two.spool, "a", other)).toEqual([]);
    expect(one.problems.concat(two.problems)).toEqual([]);
  });

  it("go on when one is killed inside of a transaction", async () => {
    const { spool, dir } = await testSpool({ now: Date.now });
    spool.append(records(3));
    const child = start("die-inside", [dir]);
    expect(await child.ended).toBe("SIGKILL");
    spool.append(records(2, "b"));
    expect(spool.stats("b").records).toBe(2);
    expect(spool.stats("a").records).toBe(3);
    expect(diskUse(dir)).toBeGreaterThan(0);
  });

  it.each([
    ["ends by itself", "return", 1],
    ["calls process.exit", "exit", 1],
    ["has a thread that uses it too", "thread", 601],
  ])("keep what one appended that %s without closing the spool", async (_, how, count) => {
    const dir = temporaryFolder();
    const child = start("leave-open", [dir, how]);
    expect(await child.ended).toBe(0);
    const { spool, problems } = await testSpool({}, { dir });
    expect(spool.stats("a").records).toBe(count);
    expect(problems).toEqual([]);
  });
});
