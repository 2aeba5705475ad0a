import { anonymousBytes } from "./anonymous-memory.js";
import { contenders, floor, wholeFloor } from "./contenders.js";

/*
 * One contender in one scenario: `sending-process.ts NAME URL SCENARIO COUNT`. Prints what it cost as JSON.
 */

/** What a run cost. Enqueue times are those of single pushes. */
export type Sending = {
  cpuMicroseconds: number;
  wallMs: number;
  /** Peak of anonymous memory over that before the first event. */
  anonymousBytes: number;
  enqueueP99: number;
  enqueueMax: number;
  report: string;
};

const [name, url = "", scenario, countText] = process.argv.slice(2);
const count = Number(countText);
const contender = [floor, wholeFloor, ...contenders].find((each) => each.name === name) ?? floor;
const sender = await contender.make(url);

// Code is compiled and connections are open before anything is measured.
for (let number = 0; number < 2000; number++) {
  sender.push(-1 - number);
  if (number % 100 === 99) await turn();
}
await pause(scenario === "steady" ? 1500 : 200);

global.gc?.();
const before = anonymousBytes();
let peak = before;
const look = (): void => {
  peak = Math.max(peak, anonymousBytes());
};
const sampling = setInterval(look, 20);
const times = new Float64Array(count);
const cpu = process.cpuUsage();
const start = performance.now();

if (scenario === "burst") {
  for (let number = 0; number < count; number++) {
    pushTimed(number);
    if (number % 10_000 === 0) look();
  }
} else if (scenario === "steady") {
  for (let number = 0; number < count; number++) {
    sender.push(number);
    if (number % 200 === 199) await turn();
  }
} else {
  // A thousand a second, in steps of ten milliseconds; what an interval is late it makes up for.
  await new Promise<void>((resolve) => {
    let number = 0;
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor(performance.now() - start));
      while (number < due) pushTimed(number++);
      if (number < count) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
}
await sender.close();
look();
clearInterval(sampling);
const { user, system } = process.cpuUsage(cpu);
const sorted = times.toSorted();
const result: Sending = {
  cpuMicroseconds: user + system,
  wallMs: performance.now() - start,
  anonymousBytes: peak - before,
  enqueueP99: (sorted[Math.floor(count * 0.99)] ?? Number.NaN) * 1000,
  enqueueMax: (sorted.at(-1) ?? Number.NaN) * 1000,
  report: sender.report?.() ?? "",
};
process.stdout.write(`\n${JSON.stringify(result)}`);
process.exit(0);

function pushTimed(number: number): void {
  const at = performance.now();
  sender.push(number);
  times[number] = performance.now() - at;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
