import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openSpool } from "../src/index.js";
import { start } from "./children.js";
import {
  codeFrom,
  dead,
  done,
  drain,
  idsOf,
  me,
  record,
  records,
  segmentsIn,
  take,
  takeAll,
  temporaryFolder,
  testSpool,
  retry,
} from "./spool-folder.js";

const mounted: string[] = [];

/** A small disk; undefined when this machine lets nobody mount one. */
function smallDisk(megabytes: number): string | undefined {
  const dir = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=777`, "tmpfs", dir], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  mounted.push(dir);
  return dir;
}

/** Fills a disk up to its last byte. */
function fill(dir: string): string {
  const path = join(dir, "filler");
  const file = openSync(path, "a");
  const block = Buffer.alloc(64 * 1024);
  try {
    for (;;) writeSync(file, block);
  } catch {
    try {
      for (;;) writeSync(file, block, 0, 1024);
    } catch {
      return path;
    }
  } finally {
    closeSync(file);
  }
}

const probe = smallDisk(1);
const canMount = probe !== undefined;
const unlessMounting = canMount ? "" : " (skipped: no mount)";

function unmountAll(): void {
  for (const dir of mounted.splice(0)) execFileSync("umount", ["--lazy", dir]);
}
unmountAll();

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

beforeEach(() => {
  process.on("unhandledRejection", onUnhandled);
});

afterEach(async () => {
  await new Promise((resolve) => void setImmediate(resolve));
  process.off("unhandledRejection", onUnhandled);
  unmountAll();
  if (unhandled.length > 0) throw new Error("a rejection was not handled", { cause: unhandled.splice(0)[0] });
});

describe.skipIf(!canMount)(`a disk that is full${unlessMounting}`, () => {
  it("refuses records, keeps those that it has, and takes more once there is room", async () => {
    const dir = smallDisk(8) ?? "";
    const { spool } = await testSpool({}, { dir: join(dir, "spool") });
    let kept = 0;
    let code: unknown = "nothing thrown";
    while (code === "nothing thrown") {
      code = codeFrom(() => spool.append(records(64, "a", 2000)));
      if (code === "nothing thrown") kept += 64;
    }
    expect(code).toBe("disk-full");
    expect(kept).toBeGreaterThan(600);
    expect(spool.stats("a").records).toBe(kept);
    expect(() => spool.append(records(64, "a", 2000))).toThrow(
      /cannot keep records in .*spool: the disk is full: make room/,
    );

    // Delivering makes room.
    const some = take(spool, 200);
    expect(spool.settle("a", "me", done(some))).toBe(200);
    expect(spool.append(records(10, "a", 2000))).toHaveLength(10);
    expect(drain(spool)).toHaveLength(kept - 200 + 10);
    expect(spool.usage().bytes).toBe(0);
    expect(segmentsIn(join(dir, "spool"))).toEqual([]);
    await spool.sync();
  });

  it("still lets records be delivered when others filled it to the last byte", async () => {
    const dir = smallDisk(8) ?? "";
    const { spool } = await testSpool({}, { dir: join(dir, "spool") });
    spool.append(records(500, "a", 2000));
    await spool.sync();
    const filler = fill(dir);
    expect(codeFrom(() => spool.append(records(64, "a", 2000)))).toBe("disk-full");
    for (let round = 0; round < 20; round++) {
      const taken = take(spool, 10);
      expect(taken).toHaveLength(10);
      spool.settle("a", "me", done(taken.slice(0, 6)));
      spool.settle("a", "me", retry(taken.slice(6, 8), 0));
      spool.settle("a", "me", dead(taken.slice(8)));
      spool.renew(me);
    }
    await spool.sync();
    rmSync(filler);
    expect(spool.append(records(64, "a", 2000))).toHaveLength(64);
    expect(spool.stats("a")).toMatchObject({ dead: 40 });
    expect(drain(spool)).toHaveLength(500 - 120 - 40 + 64);
  });

  it("can be opened, read and emptied when it is full", async () => {
    const dir = smallDisk(8) ?? "";
    const first = await testSpool({}, { dir: join(dir, "spool") });
    first.spool.append(records(300, "a", 2000));
    await first.spool.close();
    fill(dir);
    const { spool } = await testSpool({}, { dir: join(dir, "spool") });
    expect(drain(spool)).toHaveLength(300);
  });

  it("is told as such when a spool is to be opened there for the first time", async () => {
    const dir = smallDisk(1) ?? "";
    fill(dir);
    mkdirSync(join(dir, "spool"), { recursive: true });
    // In a process of its own: LMDB by itself would end it with a bus error.
    const child = start("open-and-append", [join(dir, "spool")]);
    expect(await child.ended).toBe(0);
    expect(child.lines).toEqual(["disk-full"]);
  });

  it("does not end the process when a new file is to be begun", async () => {
    const dir = smallDisk(8) ?? "";
    const { spool } = await testSpool({ segmentBytes: 1_000_000 }, { dir: join(dir, "spool") });
    let code: unknown = "nothing thrown";
    let count = 0;
    while (code === "nothing thrown") {
      code = codeFrom(() => spool.append(records(16, "a", 5000)));
      if (code === "nothing thrown") count += 16;
    }
    expect(code).toBe("disk-full");
    expect(drain(spool)).toHaveLength(count);
    expect(spool.append(records(16, "a", 5000))).toHaveLength(16);
  });
});

describe("a folder", () => {
  it("is made for its owner alone, with all files in it", async () => {
    const dir = join(temporaryFolder(), "deep", "down");
    const { spool } = await testSpool({}, { dir });
    spool.append(records(3));
    await spool.sync();
    const [segment = ""] = segmentsIn(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, segment)).mode & 0o777).toBe(0o700);
    for (const name of ["data.mdb", "lock.mdb", "snapshot"])
      expect([name, statSync(join(dir, segment, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  it("may be given as a URL", async () => {
    const dir = temporaryFolder();
    const spool = await openSpool(new URL(`file://${dir}/x%20y/`));
    expect(spool.dir).toBe(join(dir, "x y"));
    await spool.close();
  });

  it("that was removed is told by every call, until there is a new spool in its place", async () => {
    const { spool, dir } = await testSpool();
    spool.append(records(3));
    rmSync(dir, { recursive: true });
    expect(() => spool.append(records(1))).toThrow(
      /was removed while the spool was open: open the spool again/,
    );
    for (const call of [
      () => takeAll(spool),
      () => spool.stats("a"),
      () => spool.usage(),
      () => spool.renew(me),
      () => spool.settle("a", "me", []),
    ])
      expect(codeFrom(call)).toBe("spool-io");
    await expect(spool.sync()).rejects.toMatchObject({ code: "spool-io" });
    const next = await testSpool({}, { dir });
    next.spool.append([record("new")]);
    expect(idsOf(takeAll(spool))).toEqual(["new"]);
    await spool.sync();
  });

  it("may lose a file while it is open, which is told", async () => {
    const { spool, dir, problems } = await testSpool({ segmentBytes: 65_536 });
    spool.append(records(20, "a", 10_000));
    const [segment = ""] = segmentsIn(dir);
    rmSync(join(dir, segment), { recursive: true });
    expect(spool.append([record("new")])).toHaveLength(1);
    expect(idsOf(takeAll(spool))).toEqual(["new"]);
    expect(problems).toMatchObject([{ kind: "missing-file", records: null }]);
  });

  it.skipIf(!canMount)(`on a read-only disk is told as such${unlessMounting}`, async () => {
    const dir = smallDisk(8) ?? "";
    const { spool } = await testSpool({}, { dir: join(dir, "spool") });
    await spool.close();
    execFileSync("mount", ["-o", "remount,ro", dir]);
    await expect(openSpool(join(dir, "spool"))).rejects.toMatchObject({
      code: "spool-io",
      message: expect.stringMatching(
        /cannot open a spool in .*spool: the disk is read-only: choose a folder on another/,
      ) as unknown,
    });
  });

  it.each([
    [
      "of somebody else",
      (dir: string) => chmodSync(dir, 0o700),
      /the process may not: give its user the folder/,
    ],
    [
      "that nobody may write to",
      (dir: string) => chmodSync(dir, 0o555),
      /the process may not: give its user the folder/,
    ],
  ])("%s is told as such", async (_, prepare, message) => {
    const dir = temporaryFolder();
    prepare(dir);
    // Root may do anything, so somebody else tries.
    const options = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    if (process.getuid?.() !== 0) chmodSync(dir, 0o000);
    const child = start("open-and-append", [join(dir, "spool"), "message"], options);
    expect(await child.ended).toBe(0);
    chmodSync(dir, 0o777);
    expect(child.lines[0]).toBe("spool-io");
    expect(child.lines[1]).toMatch(message);
  });

  it("whose path leads through a file is told as such", async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, "file"), "");
    await expect(openSpool(join(dir, "file", "spool"))).rejects.toMatchObject({
      code: "spool-io",
      message: expect.stringContaining("a part of the path is a file") as unknown,
    });
    await expect(openSpool(join(dir, "file"))).rejects.toMatchObject({ code: "spool-io" });
  });
});
