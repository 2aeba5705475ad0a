import { readFileSync } from "node:fs";

import { WaybillError } from "@waybill/core";

import { readFiles, readSeeds } from "./once/inputs.js";
import { run } from "./once/run.js";
import { toTable } from "./once/table.js";
import { printable } from "./printable.js";
import { readCommandLine, type Command } from "./settings/command-line.js";
import { configRows, configTable } from "./settings/print.js";
import { problemLine, type SettingsProblem } from "./settings/problem.js";
import { readSettings } from "./settings/read-settings.js";
import { usage } from "./settings/usage.js";
import { startDirectory } from "./start-directory.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no error.
  if (error.code !== "EPIPE") process.stderr.write(`standard output: ${error.message}\n`);
  process.exit(error.code === "EPIPE" ? undefined : 1);
});
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const line = readCommandLine(args);
  if (!line.ok) return misuse(line.problems);
  const { command } = line.line;
  if (command.name === "help") {
    process.stdout.write(usage());
    return 0;
  }
  return command.name === "once" ? report(command) : serve(command, args);
}

async function report({ json, files }: Extract<Command, { name: "once" }>): Promise<number> {
  const found = await run(files.length > 0 ? readFiles(files) : readSeeds());
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : toTable(found));
  for (const { file, path, message } of found.errors) {
    process.stderr.write(`${printable(`${file || '""'}: ${path ? `${path}: ` : ""}${message}`)}\n`);
  }
  return found.errors.length > 0 ? 1 : 0;
}

async function serve({ name }: Command, args: string[]): Promise<number> {
  const readFile = (path: string): string => readFileSync(path, "utf8");
  const read = readSettings({ args, env: process.env, cwd: startDirectory(), readFile });
  if (!read.ok) return misuse(read.problems);
  if (name === "print-config") {
    process.stdout.write(configTable(configRows(read.settings, read.sources)));
    return 0;
  }
  try {
    // What only the server needs is not loaded for a report.
    const { serveUntilStopped } = await import("./start/serve.js");
    return await serveUntilStopped(read.settings, read.warnings);
  } catch (error) {
    if (!WaybillError.isInstance(error)) throw error;
    process.stderr.write(`${printable(error.message)}\n`);
    // What was opened before survives any end, and would keep the process: ledger, spool, stubs.
    return process.exit(1);
  }
}

function misuse(problems: readonly SettingsProblem[]): number {
  for (const problem of problems) process.stderr.write(`${problemLine(problem)}\n`);
  process.stderr.write("see npm run demo -- --help\n");
  return 2;
}
