import { setTimeout as wait } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { kill, start, type Child } from "./children.js";
import { brokenIn, diskUse, drain, temporaryFolder, testSpool } from "./spool-folder.js";

const runs = Number(process.env["WAYBILL_CRASH_RUNS"] ?? 25);
const SEGMENT_BYTES = 200_000;

/** What a writer told about before it was killed. */
function toldBy({ lines }: Child, verb: string): string[] {
  return lines.flatMap((line) => (line.startsWith(`${verb} `) ? line.slice(verb.length + 1).split(" ") : []));
}

/** Opens what killed writers left, and looks for everything that must be there. */
async function expectEverything(dir: string, writers: ReadonlyMap<string, Child>): Promise<void> {
  const children = [...writers.values()];
  const settled = new Set(children.flatMap((child) => toldBy(child, "settled")));
  const kept = children.flatMap((child) => toldBy(child, "kept"));
  expect(children.flatMap(({ lines }) => lines.filter((line) => line.startsWith("problem")))).toEqual([]);
  const { spool, problems } = await testSpool({ now: Date.now }, { dir });
  // Nobody waits for their leases to run out.
  for (const name of writers.keys()) spool.release(name);
  const found = drain(spool);
  const letters = spool.deadLetters("a", { limit: 1_000_000 }).map(({ id }) => id);
  const there = new Set([...found, ...letters]);
  expect(kept.filter((id) => !there.has(id) && !settled.has(id))).toEqual([]);
  // Nothing that nobody handed in, nothing twice, nothing that is dead and also waits.
  expect([...there].filter((id) => !writers.has(id.split("-")[0] ?? ""))).toEqual([]);
  expect(there.size).toBe(found.length + letters.length);
  expect(problems).toEqual([]);
  expect(brokenIn(dir)).toEqual([]);
  expect(spool.usage().bytes).toBe(0);
  spool.purge("a");
  expect(diskUse(dir)).toBeLessThan(3e6);
}

describe("a writer that is killed", () => {
  it("loses nothing that was kept, at whatever moment, and the next one goes on", async () => {
    const dir = temporaryFolder();
    const writers = new Map<string, Child>();
    for (let run = 0; run < runs; run += 2) {
      const both = [`w${run}`, `w${run + 1}`].map((name) => {
        const child = start("append-for-ever", [dir, name, SEGMENT_BYTES]);
        writers.set(name, child);
        return child;
      });
      for (const child of both) {
        await child.printed(2);
        // Any moment may be the wrong one.
        await wait(Math.random() * 80);
        await kill(child.process);
        await child.ended;
      }
    }
    await expectEverything(dir, writers);
  });

  it.each([
    "before-append",
    "after-append",
    "after-claim",
    "after-dead",
    "after-settle",
    "in-sync",
    "after-sync",
  ])("loses nothing when that happens %s", async (point) => {
    const dir = temporaryFolder();
    const child = start("append-for-ever", [dir, "w0", SEGMENT_BYTES, point]);
    expect(await child.ended).toBe("SIGKILL");
    expect(toldBy(child, "kept").length).toBeGreaterThan(0);
    await expectEverything(dir, new Map([["w0", child]]));
  });

  it("loses nothing when that happens before any change of names: new files, old files, those that are moved", async () => {
    const points = Array.from({ length: runs }, (_, index) => index + 1);
    for (const some of chunksOf(points, 3)) {
      await Promise.all(
        some.map(async (point) => {
          const dir = temporaryFolder();
          const child = start("append-for-ever", [dir, "w0", 70_000, `call-${point}`]);
          expect(await child.ended).toBe("SIGKILL");
          await expectEverything(dir, new Map([["w0", child]]));
        }),
      );
    }
  });
});

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
