import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { afterEach } from "vitest";

const running = new Set<ChildProcess>();

// Before the folders are removed: that is registered earlier, and so done later.
afterEach(async () => {
  await Promise.all(Array.from(running, kill));
});

export type Child = {
  process: ChildProcess;
  /** What it printed so far. */
  lines: string[];
  /** Resolves when it printed so many lines, or ended. */
  printed(count: number): Promise<void>;
  /** Resolves when it ended, with its exit code or the signal. */
  ended: Promise<number | string>;
};

/** Starts a program of `test/programs` in a process of its own. */
export function start(program: string, args: readonly unknown[] = [], options: { uid?: number } = {}): Child {
  const path = fileURLToPath(new URL(`./programs/${program}.ts`, import.meta.url));
  const child = spawn(
    process.execPath,
    ["--import", "tsx", path, ...args.map((arg) => JSON.stringify(arg))],
    {
      stdio: ["ignore", "pipe", "inherit"],
      ...options,
    },
  );
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of waiting) each();
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    wake();
  });
  let isOver = false;
  const ended = once(child, "close").then(([code, signal]: unknown[]) => {
    running.delete(child);
    isOver = true;
    wake();
    return (code ?? signal) as number | string;
  });
  const printed = async (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (lines.length < count && !isOver) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { process: child, lines, printed, ended };
}

/** Kills a child at once, as the kernel does when memory runs out. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
