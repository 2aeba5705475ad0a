import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program of `programs` in a process of its own. */
export type Child = {
  process: ChildProcess;
  /** What it printed so far. */
  lines: string[];
  /** Resolves when it has printed so many lines. */
  printed(count: number): Promise<void>;
  /** Resolves when it has ended and everything it printed is in `lines`. */
  ended: Promise<void>;
};

export function start(program: string, args: readonly string[]): Child {
  const path = fileURLToPath(new URL(`programs/${program}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", path, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  let enough: { count: number; resolve: () => void } | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    if (enough && lines.length >= enough.count) enough.resolve();
  });
  const ended = once(child, "close").then(() => undefined);
  return {
    process: child,
    lines,
    ended,
    printed: async (count) =>
      Promise.race([
        ended,
        new Promise<void>((resolve) => {
          enough = { count, resolve };
          if (lines.length >= count) resolve();
        }),
      ]),
  };
}
