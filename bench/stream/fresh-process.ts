import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Runs a file of this folder in a process of its own, with `gc`, and returns what it wrote, which is JSON. */
export function runFresh<Result>(file: string, args: readonly string[]): Result {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const written = execFileSync(process.execPath, [...process.execArgv, "--expose-gc", path, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(written) as Result;
}
