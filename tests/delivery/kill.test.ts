import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { otlpExporter } from "@waybill/exporter-otlp";
import { createPipeline } from "@waybill/pipeline";
import { openSpool } from "@waybill/spool";
import { random, startOtlpCollectorStub, type OtlpCollectorStub } from "@waybill/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { uuidOf } from "./calls.js";
import { start, type Child } from "./children.js";

/* A process that is killed loses nothing that it said was safe. */

let dir: string;
let stub: OtlpCollectorStub;
const children: Child[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "waybill-kill-"));
  stub = await startOtlpCollectorStub();
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill("SIGKILL");
    await child.ended;
  }
  await stub.close();
  rmSync(dir, { recursive: true, force: true });
});

function run(program: string, ...args: string[]): Child {
  const child = start(program, [dir, stub.endpoint, ...args]);
  children.push(child);
  return child;
}

/** Delivers what dead processes left behind, in a time when their leases have run out. */
async function deliverTheRest(): Promise<void> {
  const spool = await openSpool(dir, { now: () => Date.now() + 120_000 });
  const pipeline = createPipeline({
    exporters: [otlpExporter({ endpoint: stub.endpoint, content: "attributes" })],
    spool,
  });
  await pipeline.flush();
  expect(await pipeline.close()).toMatchObject({ spooled: 0, dropped: 0, dead: 0 });
  expect(spool.stats("otlp")).toMatchObject({ records: 0, dead: 0 });
  await spool.close();
}

/** The traces that arrived, as often as they did. */
function arrivals(): string[] {
  return stub.spans.map(({ attributes }) => String(attributes["waybill.trace_id"]));
}

/** What was said to be safe has arrived, and nothing that nobody has sent. */
function expectAll(safe: readonly number[], limit: number): void {
  const arrived = new Set(arrivals());
  expect(safe.filter((number) => !arrived.has(uuidOf(number)))).toEqual([]);
  const isKnown = (id: string): boolean => {
    const number = Number.parseInt(id.slice(24), 16) - 1;
    return number < limit && id === uuidOf(number);
  };
  expect([...arrived].filter((id) => !isKnown(id))).toEqual([]);
}

const rounds = Number(process.env["WAYBILL_CRASH_RUNS"] ?? 25);

describe("kill -9", () => {
  it(`at ${rounds} random moments loses no record that was said to be safe`, async () => {
    const chance = random(20_261_120);
    const safe: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const from = round * 100_000;
      const child = run("accept-for-ever", String(from));
      await child.printed(chance.integer(1, 400));
      child.process.kill("SIGKILL");
      await child.ended;
      expect(child.lines.length).toBeGreaterThan(0);
      safe.push(...child.lines.map(Number));
    }
    await deliverTheRest();
    expect(new Set(safe).size).toBe(safe.length);
    expectAll(safe, rounds * 100_000);
  }, 240_000);

  it.each(["after-accept", "before-export", "after-export"])("at the point %s, too", async (point) => {
    const child = run("accept-for-ever", "0", point);
    await child.ended;
    expect(child.process.signalCode).toBe("SIGKILL");
    expect(child.lines.length).toBeGreaterThan(10);
    await deliverTheRest();
    expectAll(child.lines.map(Number), 100_000);
    const twice = arrivals().length - new Set(arrivals()).size;
    // Only what was sent and not yet noted comes twice: a batch or two.
    expect(twice).toBeLessThanOrEqual(point === "after-export" ? 48 : 32);
  });
});

describe("two processes on one spool", () => {
  it("deliver every record of both, each once", async () => {
    const both = [run("deliver-share", "0", "400"), run("deliver-share", "1000", "400")];
    await Promise.all(both.map(({ ended }) => ended));
    const stats = both.map(
      ({ lines }) => JSON.parse(lines.at(-1) ?? "{}") as { sent: number; dropped: number },
    );
    await deliverTheRest();
    expect(arrivals()).toHaveLength(800);
    expect(new Set(arrivals()).size).toBe(800);
    expect(stats.map(({ dropped }) => dropped)).toEqual([0, 0]);
  });
});
