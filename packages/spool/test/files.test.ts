import {
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  brokenIn,
  dead,
  diskUse,
  done,
  drain,
  idsOf,
  me,
  other,
  record,
  records,
  segmentsIn,
  take,
  takeAll,
  testSpool,
} from "./spool-folder.js";

const MIB = 1 << 20;

/** Changes bytes of a file that another part of this process may have open. */
function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Where a text is in the file of a segment. */
function find(path: string, text: string): number {
  const at = readFileSync(path).indexOf(text);
  expect(at).toBeGreaterThan(0);
  return at;
}

describe("the files of a spool", () => {
  it("go when they are empty: a burst leaves a few MiB at most", async () => {
    const { spool, dir } = await testSpool({ segmentBytes: 4 * MIB });
    for (let count = 0; count < 20; count++) spool.append(records(256, "a", 4000));
    expect(diskUse(dir)).toBeGreaterThan(20 * MIB);
    expect(segmentsIn(dir).length).toBeGreaterThan(4);
    expect(drain(spool)).toHaveLength(20 * 256);
    expect(segmentsIn(dir)).toEqual([]);
    expect(diskUse(dir)).toBeLessThan(2 * MIB);
    await spool.sync();
    expect(spool.append(records(1))).toHaveLength(1);
    expect(spool.problems().io.times).toBe(0);
  });

  it("go from the oldest on, while records still come", async () => {
    const { spool, dir } = await testSpool({ segmentBytes: MIB });
    for (let count = 0; count < 40; count++) {
      spool.append(records(64, "a", 4000));
      spool.settle("a", "me", done(take(spool, 60)));
      await spool.sync();
    }
    expect(segmentsIn(dir).length).toBeLessThan(4);
    expect(diskUse(dir)).toBeLessThan(6 * MIB);
    expect(spool.stats("a").records).toBe(40 * 4);
  });

  it("do not grow when every record is delivered soon", async () => {
    const { spool, dir } = await testSpool();
    for (let count = 0; count < 300; count++) {
      spool.append(records(16, "a", 3000));
      for (const each of takeAll(spool)) spool.settle("a", "me", done([each]));
      if (count % 20 === 0) await spool.sync();
    }
    expect(diskUse(dir)).toBeLessThan(9 * MIB);
  });

  it("do not stay for the sake of a few dead letters", async () => {
    const { spool, dir } = await testSpool({ segmentBytes: MIB });
    for (let count = 0; count < 6; count++) {
      spool.append(records(200, "a", 4000));
      const taken = takeAll(spool);
      spool.settle("a", "me", dead(taken.slice(0, 2)));
      spool.settle("a", "me", done(taken.slice(2)));
    }
    expect(spool.deadLetters("a")).toHaveLength(12);
    expect(diskUse(dir)).toBeLessThan(5 * MIB);
    const keys = spool.deadLetters("a").map(({ key }) => key);
    expect(keys).toEqual(keys.toSorted());
    // Those that were moved come before all that is newer, and can be settled.
    spool.append([record("new")]);
    expect(spool.revive("a", keys.slice(3))).toBe(9);
    const taken = takeAll(spool);
    expect(taken.map(({ key }) => key).slice(0, 9)).toEqual(keys.slice(3));
    expect(taken.at(-1)?.id).toBe("new");
    expect(spool.settle("a", "me", done(taken))).toBe(10);
    expect(spool.purge("a")).toBe(3);
    expect(spool.usage().bytes).toBe(0);
  });

  it("give back dead letters that were moved, also beside a record that is settled already", async () => {
    const { spool } = await testSpool({ segmentBytes: MIB });
    spool.append(records(200, "a", 4000));
    const taken = takeAll(spool);
    spool.settle("a", "me", [...dead(taken.slice(0, 1)), ...done(taken.slice(1))]);
    for (let count = 0; count < 6; count++) {
      spool.append(records(200, "a", 4000));
      spool.settle("a", "me", done(takeAll(spool)));
    }
    expect(spool.revive("a")).toBe(1);
    const [revived] = takeAll(spool);
    expect(revived?.key).toBe(taken[0]?.key);
    expect(spool.settle("a", "me", done([...taken.slice(1, 2), ...(revived ? [revived] : [])]))).toBe(1);
    expect(spool.usage().bytes).toBe(0);
  });

  it("may be more than were there when another process looked last", async () => {
    const one = await testSpool({ segmentBytes: 65_536 });
    const two = await testSpool({ segmentBytes: 65_536 }, one);
    for (let count = 0; count < 12; count++) one.spool.append(records(4, "a", 20_000));
    const held = take(two.spool, 20);
    expect(drain(one.spool)).toHaveLength(28);
    expect(two.spool.settle("a", "me", [])).toBe(0);
    two.spool.release("me");
    expect(idsOf(takeAll(one.spool, "a", other))).toEqual(idsOf(held));
  });

  it("that are none of ours stay", async () => {
    const { spool, dir } = await testSpool();
    writeFileSync(join(dir, "notes.txt"), "mine");
    await spool.close();
    const next = await testSpool({}, { dir });
    await next.spool.close();
    expect(readFileSync(join(dir, "notes.txt"), "utf8")).toBe("mine");
  });

  it("are taken in again when the list of them is lost", async () => {
    const { spool, dir } = await testSpool({ segmentBytes: 65_536 });
    for (let count = 0; count < 5; count++) spool.append(records(4, "a", 20_000));
    await spool.close();
    for (const name of readdirSync(dir))
      if (name.startsWith("control")) rmSync(join(dir, name), { recursive: true });
    const next = await testSpool({ segmentBytes: 65_536 }, { dir });
    const [last] = next.spool.append([record("last")]);
    const taken = takeAll(next.spool);
    expect(taken).toHaveLength(21);
    expect(taken.at(-1)?.key).toBe(last);
  });
});

describe("damage", () => {
  it("of one record's text makes a dead letter of it, with what is left", async () => {
    const { spool, dir, problems } = await testSpool();
    spool.append([record("r0", ["a", "b"], 6000), record("r1", ["a", "b"], 6000)]);
    await spool.close();
    const path = join(dir, segmentsIn(dir)[0] ?? "", "data.mdb");
    overwrite(path, find(path, '{"id":"r0"') + 3000, Buffer.from("damaged"));
    const next = await testSpool({}, { dir });
    expect(drain(next.spool, "a")).toEqual(["r1"]);
    expect(next.spool.stats("a")).toMatchObject({ records: 0, dead: 1 });
    expect(next.spool.deadLetters("a")).toMatchObject([{ id: "r0", code: "damaged" }]);
    expect(next.spool.deadLetters("a")[0]?.text).toMatch(/^\{"id":"r0".*x(damaged)x.*\}$/);
    expect(drain(next.spool, "b")).toEqual(["r1"]);
    expect(next.problems.map(({ kind, records: count }) => [kind, count])).toEqual([
      ["damaged-record", 1],
      ["damaged-record", 1],
    ]);
    expect(problems).toEqual([]);
    expect(next.spool.usage().bytes).toBe(0);
  });

  it("of a page costs what it held, and the file is kept aside", async () => {
    const { spool, dir } = await testSpool();
    spool.append(records(300, "a", 500));
    await spool.close();
    const [segment = ""] = segmentsIn(dir);
    const path = join(dir, segment, "data.mdb");
    const at = find(path, '{"id":"r100"');
    overwrite(path, at - (at % 4096) + 18, Buffer.from([0xff, 0xff]));
    const next = await testSpool({}, { dir });
    const found = drain(next.spool);
    expect(found.length).toBeGreaterThan(285);
    expect(found.length).toBeLessThan(300);
    expect(brokenIn(dir)).toHaveLength(1);
    const [name = ""] = brokenIn(dir);
    expect(next.problems).toMatchObject([
      { kind: "damaged-file", records: 300 - found.length, path: join(dir, name) },
    ]);
    expect(next.problems[0]?.message).toContain(`${found.length} records and 0 dead letters could be kept`);
    expect(statSync(join(dir, name, "data.mdb")).size).toBeGreaterThan(0);
    // The next time everything is in order.
    await next.spool.close();
    expect((await testSpool({}, { dir })).problems).toEqual([]);
  });

  it("of one file leaves the others alone, also their leases", async () => {
    const { spool, dir, clock } = await testSpool({ segmentBytes: 65_536 });
    for (let count = 0; count < 4; count++) spool.append([record(`r${count}`, "a", 90_000)]);
    const held = takeAll(spool);
    await spool.close();
    writeFileSync(join(dir, segmentsIn(dir)[1] ?? "", "data.mdb"), "garbage");
    const next = await testSpool({ segmentBytes: 65_536 }, { dir, clock });
    expect(next.spool.settle("a", "me", done(held))).toBe(3);
    expect(next.spool.stats("a").records).toBe(0);
    expect(next.problems).toMatchObject([{ kind: "damaged-file", records: null }]);
  });

  it("that is found while two processes have the file open ends neither of them", async () => {
    const one = await testSpool();
    one.spool.append(records(300, "a", 500));
    const held = take(one.spool, 10);
    const path = join(one.dir, segmentsIn(one.dir)[0] ?? "", "data.mdb");
    const at = find(path, '{"id":"r200"');
    overwrite(path, at - (at % 4096) + 18, Buffer.from([0xff, 0xff]));
    const two = await testSpool({}, one);
    expect(two.problems).toMatchObject([{ kind: "damaged-file" }]);
    // Their leases are gone with the file; what can be read waits again.
    expect(one.spool.settle("a", "me", done(held))).toBe(0);
    expect(drain(one.spool).length).toBeGreaterThan(285);
    expect(one.spool.append([record("new")])).toHaveLength(1);
    expect(idsOf(takeAll(two.spool))).toEqual(["new"]);
  });

  it("of what processes share ends leases, and nothing else", async () => {
    const { spool, dir, clock } = await testSpool();
    spool.append(records(3), me);
    await spool.close();
    const control = readdirSync(dir).find((name) => name.startsWith("control")) ?? "";
    overwrite(join(dir, control, "data.mdb"), 0, Buffer.alloc(20_000, 7));
    const next = await testSpool({}, { dir, clock });
    expect(idsOf(takeAll(next.spool, "a", other))).toEqual(["r0", "r1", "r2"]);
    expect(next.problems).toMatchObject([{ kind: "damaged-file", records: 0 }]);
    expect(brokenIn(dir)).toEqual([expect.stringMatching(/^broken-control/)]);
  });

  it("of what LMDB cannot read any more is met in the middle, and got over", async () => {
    const { spool, dir, problems } = await testSpool();
    spool.append(records(300, "a", 500));
    const path = join(dir, segmentsIn(dir)[0] ?? "", "data.mdb");
    const at = find(path, '{"id":"r250"');
    // Neither a leaf nor a branch: LMDB says so.
    overwrite(path, at - (at % 4096) + 18, Buffer.from([0x08, 0x00]));
    const found = drain(spool);
    expect(new Set(found).size).toBeGreaterThan(285);
    expect(problems.map(({ kind }) => kind)).toContain("damaged-file");
    expect(spool.usage().bytes).toBe(0);
  });
});
