import { figure, verdictOf } from "./cost/verdict.js";
import { base, contenders, forked, waybill, type Running } from "./gateway/contenders.js";
import { round } from "./gateway/load.js";
import { anonymousBytesOf, cpuMicroseconds } from "./gateway/process-figures.js";
import { median, table } from "./measure.js";

/*
 * What a gateway adds to a call: CPU for each chunk, time to the first byte, memory, beside other proxies of the same upstream.
 * Every proxy is a process of its own, and so is the upstream.
 */

const PATH = "/v1/chat/completions";
const CHUNKS = 100;
const STREAMS = 200;
const ROUNDS = 8;
/** A server runs for days: what is measured is not its first minute. */
const WARM_UP = 12;

/** Streams that did not come to their `[DONE]`. */
const failed = new Map<string, number>();

type Named = { name: string; running: Running };

/** CPU for each chunk, in rounds that take turns, and its difference to the proxy without accounting in the same round. */
async function cpu(proxies: readonly Named[], sent: Map<string, number>): Promise<string> {
  const times = new Map<string, number[]>(proxies.map(({ name }) => [name, []]));
  for (let number = 0; number < ROUNDS + WARM_UP; number++) {
    for (const { name, running } of proxies) {
      const before = cpuMicroseconds(running.pid);
      await load(name, running, STREAMS, sent);
      // What is written down a moment later is part of the work.
      await pause(300);
      if (number >= WARM_UP)
        times.get(name)?.push((cpuMicroseconds(running.pid) - before) / (STREAMS * CHUNKS));
    }
  }
  const floor = times.get(base.name) ?? [];
  const rows = proxies.map(({ name }) => {
    const own = times.get(name) ?? [];
    const more = median(own.map((time, place) => time - (floor[place] ?? Number.NaN)));
    const verdict = name === waybill.name ? verdictOf(more, 3, "us") : "";
    return [name, figure(median(own)), name === base.name ? "" : figure(more), verdict];
  });
  return table(["proxy", "CPU us per chunk", "over hono + fetch", "budget"], rows);
}

async function firstByte(proxies: readonly Named[], sent: Map<string, number>): Promise<string> {
  const times = new Map<string, number[]>(proxies.map(({ name }) => [name, []]));
  for (let number = 0; number < 10; number++)
    for (const { name, running } of proxies) {
      const { firstByteMs } = await load(name, running, 20, sent);
      times.get(name)?.push(median(firstByteMs));
    }
  const floor = times.get(base.name) ?? [];
  const rows = proxies.map(({ name }) => {
    const own = times.get(name) ?? [];
    const more = median(own.map((time, place) => time - (floor[place] ?? Number.NaN)));
    const verdict = name === waybill.name ? verdictOf(more, 1, "ms") : "";
    return [name, figure(median(own)), name === base.name ? "" : figure(more), verdict];
  });
  return table(["proxy", "ms to the first byte, 20 streams", "over hono + fetch", "budget"], rows);
}

/** Memory of a gateway that has answered a thousand calls, and of the same with ten thousand. */
async function memory(upstream: string): Promise<string> {
  const running = await waybill.start(upstream);
  const sent = new Map<string, number>();
  const settled = async (): Promise<number> => {
    // The lowest of some looks: collections come when they like.
    const looks: number[] = [];
    for (let look = 0; look < 10; look++) {
      await pause(300);
      looks.push(anonymousBytesOf(running.pid));
    }
    return Math.min(...looks) / 1024 ** 2;
  };
  while ((sent.get(waybill.name) ?? 0) < 1000) await load(waybill.name, running, STREAMS, sent);
  const early = await settled();
  while ((sent.get(waybill.name) ?? 0) < 10_000) await load(waybill.name, running, STREAMS, sent);
  const late = await settled();
  const recorded = await eventually(running, sent.get(waybill.name) ?? 0);
  await running.stop();
  const verdict = verdictOf(late - early, 60, "MB");
  return [
    `Memory: ${figure(early)} MB after 1,000 calls, ${figure(late)} MB after 10,000; growth ${figure(late - early)} MB, ${verdict}.`,
    `In the ledger: ${recorded} of ${sent.get(waybill.name)} calls.`,
  ].join("\n");
}

async function load(name: string, { url, headers }: Running, streams: number, sent: Map<string, number>) {
  const taken = await round(url + PATH, streams, headers);
  failed.set(name, (failed.get(name) ?? 0) + taken.failed);
  sent.set(name, (sent.get(name) ?? 0) + streams);
  return taken;
}

/** How many calls are on record, once those that are on their way have arrived. */
async function eventually(running: Running, expected: number): Promise<number | null> {
  let recorded: number | null = null;
  for (let tries = 0; tries < 50; tries++) {
    recorded = await running.recorded();
    if (recorded === null || recorded >= expected) break;
    await pause(200);
  }
  return recorded;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function run(): Promise<void> {
  const { child, port } = await forked("upstream-process.ts", []);
  const upstream = `http://127.0.0.1:${port}`;
  const proxies: Named[] = [];
  for (const { name, start } of [base, ...contenders]) proxies.push({ name, running: await start(upstream) });
  const sent = new Map<string, number>();
  try {
    console.log(`${STREAMS} streams at once, ${CHUNKS} chunks each\n`);
    console.log(`${await cpu(proxies, sent)}\n`);
    console.log(`${await firstByte(proxies, sent)}\n`);
    for (const { name, running } of proxies) {
      const recorded = await eventually(running, sent.get(name) ?? 0);
      if (recorded !== null)
        console.log(`${name}: ${recorded} of ${sent.get(name)} calls are in the ledger.`);
    }
  } finally {
    await Promise.all(proxies.map(({ running }) => running.stop()));
  }
  console.log(await memory(upstream));
  child.kill();
}
