import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  done,
  idsOf,
  me,
  record,
  records,
  segmentsIn,
  take,
  takeAll,
  temporaryFolder,
  testSpool,
} from "./spool-folder.js";

/** The files of all segments as they are now. LMDB's lock files stay alone: to close one ends its locks. */
type Image = Map<string, Buffer>;

const PAGE = 4096;

function imageOf(dir: string): Image {
  const image: Image = new Map();
  for (const segment of segmentsIn(dir)) {
    for (const name of ["data.mdb", "snapshot"]) {
      const path = join(dir, segment, name);
      if (existsSync(path)) image.set(join(segment, name), readFileSync(path));
    }
  }
  return image;
}

/** What a disk may hold after the machine stopped: each page as it was at some moment since the last flush. */
function mixOf(images: readonly Image[], random: () => number): Image {
  const mixed: Image = new Map();
  for (const [path, newest] of images.at(-1) ?? []) {
    const versions = images.flatMap((image) => image.get(path) ?? []);
    if (path.endsWith("snapshot")) {
      mixed.set(path, versions[Math.floor(random() * versions.length)] ?? newest);
      continue;
    }
    const bytes = Buffer.alloc(newest.length);
    for (let offset = 0; offset < newest.length; offset += PAGE) {
      const version = versions[Math.floor(random() * versions.length)] ?? newest;
      // The file was shorter at that moment: nothing of the page is there.
      if (offset < version.length) version.copy(bytes, offset, offset, offset + PAGE);
    }
    mixed.set(path, bytes);
  }
  return mixed;
}

function writeImage(image: Image): string {
  const dir = temporaryFolder();
  for (const [path, bytes] of image) {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), bytes);
  }
  return dir;
}

/** The same numbers in each run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("when the machine stops", () => {
  it.each([1, 2, 3, 4, 5, 6])(
    "what was flushed is there, whichever pages reached the disk since (%i)",
    async (seed) => {
      const random = randomFrom(seed);
      const { spool, dir } = await testSpool();
      const sizes = () => [200, 900, 1900, 3000, 20_000][Math.floor(random() * 5)];
      let next = 0;
      const append = (count: number) =>
        spool.append(Array.from({ length: count }, () => record(`r${next++}`, "a", sizes())));
      append(300);
      const early = take(spool, 120);
      spool.settle("a", "me", done(early.slice(0, 100)));
      await spool.sync();
      append(100);
      await spool.sync();
      const flushed = new Set(Array.from({ length: next }, (_, index) => `r${index}`));
      for (const { id } of early.slice(0, 100)) flushed.delete(id);
      const images = [imageOf(dir)];
      for (let round = 0; round < 30; round++) {
        append(Math.floor(random() * 40));
        const taken = take(spool, Math.floor(random() * 40) + 1);
        if (random() < 0.7) spool.settle("a", "me", done(taken));
        if (random() < 0.3) images.push(imageOf(dir));
      }
      images.push(imageOf(dir));

      for (let times = 0; times < 5; times++) {
        const crashed = writeImage(mixOf(images, random));
        const after = await testSpool({}, { dir: crashed, boot: "next-run" });
        expect(new Set(idsOf(takeAll(after.spool)))).toEqual(flushed);
        expect(after.problems.map(({ kind }) => kind)).toEqual(["unflushed-lost"]);
      }
    },
  );

  it("a spool that was closed holds everything, and nothing is reported", async () => {
    const { spool, dir } = await testSpool();
    spool.append(records(50));
    await spool.close();
    const after = await testSpool({}, { dir, boot: "next-run" });
    expect(idsOf(takeAll(after.spool))).toHaveLength(50);
    expect(after.problems).toEqual([]);
  });

  it("leases end, because whoever had them is gone", async () => {
    const { spool, dir } = await testSpool();
    spool.append(records(3), me);
    await spool.close();
    const after = await testSpool({}, { dir, boot: "next-run" });
    expect(idsOf(takeAll(after.spool))).toEqual(["r0", "r1", "r2"]);
    expect(readdirSync(dir).filter((name) => name.startsWith("control"))).toHaveLength(1);
  });

  it("nothing is set back where the system does not tell one run from the next", async () => {
    const { spool, dir } = await testSpool({}, { boot: "" });
    spool.append(records(3));
    await spool.sync();
    spool.append([record("late")]);
    const copy = temporaryFolder();
    for (const segment of segmentsIn(dir)) {
      mkdirSync(join(copy, segment));
      for (const name of ["data.mdb", "snapshot"])
        copyFileSync(join(dir, segment, name), join(copy, segment, name));
    }
    const after = await testSpool({}, { dir: copy, boot: "" });
    expect(idsOf(takeAll(after.spool))).toEqual(["r0", "r1", "r2", "late"]);
    expect(after.problems).toEqual([]);
  });
});
