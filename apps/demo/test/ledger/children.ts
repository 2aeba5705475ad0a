import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { afterEach } from "vitest";

const running = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all(Array.from(running, kill));
});

export type Child = {
  process: ChildProcess;
  /** What it printed so far. */
  lines: string[];
  /** Resolves when it printed so many lines, or ended. */
  printed(count: number): Promise<void>;
};

/** Starts a program of `programs` in a process of its own. */
export function start(program: string, args: readonly string[]): Child {
  const path = fileURLToPath(new URL(`./programs/${program}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  running.add(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of waiting) each();
  };
  let isOver = false;
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    wake();
  });
  child.once("close", () => {
    running.delete(child);
    isOver = true;
    wake();
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
  return { process: child, lines, printed };
}

/** Kills a child at once, as the kernel does when memory runs out. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
