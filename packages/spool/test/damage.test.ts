import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { start } from "./children.js";
import type { Damage, Outcome } from "./programs/open-damaged.js";
import { dead, done, record, segmentsIn, take, temporaryFolder, testSpool } from "./spool-folder.js";

const KEPT = 400;
const DEAD = 5;

/** A closed spool with records of all sizes, and the ids of those that wait. */
async function template(): Promise<{ dir: string; waiting: Set<string>; data: string; size: number }> {
  const { spool, dir } = await testSpool({ now: Date.now });
  const sizes = [60, 400, 1500, 2100, 9000];
  const all = Array.from({ length: KEPT }, (_, index) =>
    record(`r${index}`, index % 3 ? "a" : ["a", "b"], sizes[index % 5]),
  );
  for (let from = 0; from < KEPT; from += 40) spool.append(all.slice(from, from + 40));
  const first = take(spool, 60);
  spool.settle("a", "me", dead(first.slice(0, DEAD)));
  spool.settle("a", "me", done(first.slice(DEAD, 50)));
  spool.release("me");
  await spool.close();
  const [segment = ""] = segmentsIn(dir);
  const data = join(segment, "data.mdb");
  return {
    dir,
    waiting: new Set(all.slice(50).map(({ id }) => id)),
    data,
    size: statSync(join(dir, data)).size,
  };
}

async function outcomes(dir: string, damages: Damage[]): Promise<Outcome[]> {
  // Two children share the work: there are that many cores.
  const halves = [damages.slice(0, damages.length / 2), damages.slice(damages.length / 2)];
  const results = await Promise.all(
    halves.map(async (half) => {
      const child = start("open-damaged", [dir, temporaryFolder(), half]);
      expect(await child.ended, `damage ${JSON.stringify(half[Number(child.lines.at(-1))])}`).toBe(0);
      return child.lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Outcome);
    }),
  );
  return results.flat();
}

function timesOf({ problems }: Outcome): number {
  return Object.values(problems).reduce((sum, { times }) => sum + times, 0);
}

function expectSound(list: Outcome[], waiting: ReadonlySet<string>): void {
  for (const { ids, kept } of list) {
    expect(kept).toBe(true);
    // Those that were settled may come again; others never were.
    expect(ids.filter((id) => !/^r\d+$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  }
  // What is missing was told.
  const silent = list.filter((outcome) => {
    const found = new Set(outcome.ids);
    return timesOf(outcome) === 0 && [...waiting].some((id) => !found.has(id));
  });
  expect(silent).toEqual([]);
}

function numbers(count: number, below: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.floor(((index * 0.6180339887 + 0.137) % 1) * below),
  );
}

const rounds = Number(process.env["WAYBILL_DAMAGE_RUNS"] ?? 40);

describe("a damaged file", () => {
  it("never ends the process when it was cut, wherever", async () => {
    const { dir, waiting, data, size } = await template();
    const at = [0, 1, 4095, 4096, 8191, 8192, 12_288, size - 4096, size - 1, ...numbers(rounds / 2, size)];
    const list = await outcomes(
      dir,
      at.map((offset) => ({ file: data, kind: "cut", at: offset })),
    );
    expectSound(list, waiting);
    // A cut never goes unseen: what is behind it was in use.
    expect(list.filter((outcome) => timesOf(outcome) === 0 && outcome.ids.length < waiting.size)).toEqual([]);
  });

  it("never ends the process when bits are wrong, wherever", async () => {
    const { dir, waiting, data, size } = await template();
    const headers = Array.from({ length: 40 }, (_, index) => index * 4);
    const damages = [...headers, ...headers.map((offset) => offset + 4096), ...numbers(rounds * 2, size)].map(
      (at, index): Damage => ({ file: data, kind: "flip", at, bit: index % 8 }),
    );
    const list = await outcomes(dir, damages);
    expectSound(list, waiting);
    // One bit costs one record at most, or what one page held.
    const most = Math.max(...list.map(({ ids }) => waiting.size - new Set(ids).size));
    expect(most).toBeLessThan(60);
  });

  it("never ends the process when bits of its two beginnings are wrong", async () => {
    const { dir, waiting, data } = await template();
    // 168 bytes of each say where everything is.
    const damages = numbers(rounds * 2, 2 * 168 * 8).map((bit): Damage => {
      const at = Math.floor(bit / 8) % 168;
      return { file: data, kind: "flip", at: at + 4096 * Math.floor(bit / 8 / 168), bit: bit % 8 };
    });
    expectSound(await outcomes(dir, damages), waiting);
  });

  it("never ends the process when headers and nodes of pages are wrong", async () => {
    const { dir, waiting, data, size } = await template();
    const pages = Math.floor(size / 4096);
    const damages = numbers(rounds, pages).map((page, index): Damage => ({
      file: data,
      kind: "flip",
      at: page * 4096 + (index % 44),
      bit: (index * 5) % 8,
    }));
    expectSound(await outcomes(dir, damages), waiting);
  });

  it("never ends the process when there is noise in it, or behind it", async () => {
    const { dir, waiting, data, size } = await template();
    const noise = numbers(rounds / 3, size).map((at, seed): Damage => ({
      file: data,
      kind: "noise",
      at,
      bytes: 1 + ((seed * 977) % 20_000),
      seed,
    }));
    const all: Damage = { file: data, kind: "noise", at: 0, bytes: size, seed: 1 };
    const list = await outcomes(dir, [...noise, all, { file: data, kind: "append", bytes: 5000 }]);
    expectSound(list, waiting);
  });

  it("never ends the process when any of the other files is cut or full of noise, which costs no record", async () => {
    const { dir, waiting, data } = await template();
    const control = readdirSync(dir).find((name) => name.startsWith("control")) ?? "";
    const files = [
      join(data, "..", "snapshot"),
      join(data, "..", "lock.mdb"),
      join(control, "data.mdb"),
      join(control, "lock.mdb"),
      "reserve",
    ];
    const damages = files.flatMap((file): Damage[] => {
      const { size } = statSync(join(dir, file));
      const cuts = [0, 1, size / 2, size - 1].map((at): Damage => ({
        file,
        kind: "cut",
        at: Math.floor(at),
      }));
      return [
        ...cuts,
        { file, kind: "noise", at: 0, bytes: size, seed: 7 },
        { file, kind: "append", bytes: 99 },
      ];
    });
    const list = await outcomes(dir, damages);
    expectSound(list, waiting);
    expect(list.filter(({ ids }) => ids.length !== waiting.size)).toEqual([]);
  });
});
