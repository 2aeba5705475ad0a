import { figure, verdictOf } from "./cost/verdict.js";
import { contenders, floor, wholeFloor } from "./export/contenders.js";
import type { Receiver } from "./export/receiver.js";
import { send, WARM_UP, type Delivered } from "./export/send.js";
import { median, table } from "./measure.js";

/*
 * What it costs to deliver an event, and how many are lost when the other side fails, beside the peers. `-- export steady`
 * and so on run one table; all of them take some minutes.
 */

const all = [floor, wholeFloor, ...contenders];

const STEADY = 20_000;
const ROUNDS = 3;

async function steady(): Promise<string> {
  const cpu = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  const lost = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name } of all) {
      const sent = await send(name, "steady", STEADY);
      cpu.get(name)?.push((sent?.cpuMicroseconds ?? Number.NaN) / STEADY);
      lost.set(name, Math.max(lost.get(name) ?? 0, STEADY + WARM_UP - (sent?.distinct ?? 0)));
    }
  }
  const base = cpu.get(floor.name) ?? [];
  const rows = all.map(({ name, budgeted }) => {
    const own = cpu.get(name) ?? [];
    const ratio = median(own.map((time, round) => time / (base[round] ?? Number.NaN)));
    return [
      name,
      figure(median(own)),
      `${figure(ratio)}x`,
      budgeted === true ? verdictOf(ratio, 1.5, "x") : "",
      String(lost.get(name)),
    ];
  });
  return table(["contender", "CPU us per event", "of the floor", "budget", "lost"], rows);
}

const BURST = 1_000_000;

async function burst(): Promise<string> {
  const rows: string[][] = [];
  for (const { name, budgeted } of all) {
    const sent = await send(name, "burst", BURST);
    if (!sent) {
      rows.push([name, "crashed", "", "", "", ""]);
      continue;
    }
    const megabytes = sent.anonymousBytes / 1024 ** 2;
    const judged = budgeted === true && !name.includes("in memory");
    rows.push([
      name,
      lostOf(sent, BURST),
      `${figure(megabytes)} MB${judged ? `, ${verdictOf(megabytes, 200, "MB")}` : ""}`,
      `${figure(sent.enqueueP99)} us${judged ? `, ${verdictOf(sent.enqueueP99, 20, "us")}` : ""}`,
      `${figure(sent.enqueueMax / 1000)} ms`,
      sent.report,
    ]);
  }
  return table(["contender", "lost of a million", "anonymous memory", "enqueue p99", "max", "says"], rows);
}

const SECONDS = 20;
const OUTAGE = SECONDS * 1000;

/** Twenty seconds of a thousand events each; from the fifth on, for ten, the other side fails. All contenders at a time. */
function outage(mode: "500" | "stall"): () => Promise<string> {
  const fail = async (receiver: Receiver): Promise<void> => {
    await seconds(6);
    await receiver.fault(mode);
    await seconds(10);
    await receiver.fault("ok");
  };
  return async () => {
    const sendings = await Promise.all(
      contenders.map(async ({ name }) => ({ name, sent: await send(name, "paced", OUTAGE, fail) })),
    );
    const rows = sendings.map(({ name, sent }) =>
      sent
        ? [name, lostOf(sent, OUTAGE), String(sent.events - sent.distinct), sent.report]
        : [name, "crashed", "", ""],
    );
    return table(["contender", `lost of ${OUTAGE.toLocaleString("en")}`, "twice", "says"], rows);
  };
}

function lostOf({ distinct }: Delivered, count: number): string {
  const lost = count + WARM_UP - distinct;
  return lost === 0 ? "0" : `${lost.toLocaleString("en")} (${((100 * lost) / count).toFixed(1)} %)`;
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}

const sections: Record<string, { title: string; measure: () => Promise<string> }> = {
  steady: {
    title: `${STEADY.toLocaleString("en")} events, CPU time of one, the median of ${ROUNDS} rounds`,
    measure: steady,
  },
  500: { title: "The other side answers 500 for ten seconds of twenty", measure: outage("500") },
  stall: { title: "The other side does not answer for ten seconds of twenty", measure: outage("stall") },
  burst: { title: "A million events in one go", measure: burst },
};

/** Prints the tables. */
export async function run(): Promise<void> {
  const wanted = process.argv.slice(3);
  for (const [name, { title, measure }] of Object.entries(sections)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stdout.write(`${title}\n\n${await measure()}\n\n`);
  }
}
