/** One thing to measure: a name and what to run. What returns a promise is waited for. */
export type Contender = { name: string; run: () => unknown };

/** CPU time of each contender as a ratio to the first, the floor: the median over rounds. */
export type Result = { name: string; nanoseconds: number; ratio: number };

const ROUNDS = 15;
const ROUND_MS = 60;

/**
 * Runs contenders in turns, so that what else the machine does meets them alike. CPU time, not wall time; the ratio to the
 * floor is taken inside each round, and the median round is reported.
 */
export async function compare(
  contenders: readonly [Contender, ...Contender[]],
  { rounds = ROUNDS, roundMs = ROUND_MS } = {},
): Promise<Result[]> {
  const counts: number[] = [];
  for (const { run } of contenders) counts.push(await countFor(run, roundMs));
  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, { run }] of contenders.entries())
      times[index]?.push(await cpuNanoseconds(run, counts[index] as number));
  return contenders.map(({ name }, index) => {
    const own = times[index] as number[];
    return {
      name,
      nanoseconds: median(own),
      ratio: median(own.map((time, round) => time / (times[0]?.[round] as number))),
    };
  });
}

/** How often to run it so that a round takes long enough to be measured; also warms it up. */
async function countFor(run: () => unknown, roundMs: number): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const total = (await cpuNanoseconds(run, count)) * count;
    if (total > roundMs * 1e6) return count;
  }
}

async function cpuNanoseconds(run: () => unknown, count: number): Promise<number> {
  const start = process.cpuUsage();
  for (let each = 0; each < count; each++) {
    const value = run();
    // Only what is a promise is waited for: a turn of the loop would cost more than the small things that are measured.
    keep(value instanceof Promise ? await value : value);
  }
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / count;
}

/** Keeps results alive, so that nothing is optimised away. */
export let kept: unknown;
function keep(value: unknown): void {
  kept = value;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Rows as a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
