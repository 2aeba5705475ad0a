/** One thing to measure: a name and what to run. */
export type Contender = { name: string; run: () => unknown };

/** CPU time of each contender as a ratio to the first, the floor: the median over rounds. */
export type Result = { name: string; nanoseconds: number; ratio: number };

const ROUNDS = 15;
const ROUND_MS = 60;

/**
 * Runs contenders in turns, so that what else the machine does meets them alike. CPU time, not wall time; the ratio to the
 * floor is taken inside each round, and the median round is reported.
 */
export function compare(contenders: readonly [Contender, ...Contender[]]): Result[] {
  const counts = contenders.map(({ run }) => countFor(run));
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(contenders.map(({ run }, index) => cpuNanoseconds(run, counts[index] as number)));
  }
  return contenders.map(({ name }, index) => ({
    name,
    nanoseconds: median(rounds.map((times) => times[index] as number)),
    ratio: median(rounds.map((times) => (times[index] as number) / (times[0] as number))),
  }));
}

/** How often to run it so that a round takes long enough to be measured; also warms it up. */
function countFor(run: () => unknown): number {
  for (let count = 1; ; count *= 2) {
    const total = cpuNanoseconds(run, count) * count;
    if (total > ROUND_MS * 1e6) return count;
  }
}

function cpuNanoseconds(run: () => unknown, count: number): number {
  const start = process.cpuUsage();
  for (let each = 0; each < count; each++) keep(run());
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
