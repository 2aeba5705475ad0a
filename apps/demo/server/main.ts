import { parseArgs } from "node:util";

import { readFiles, readSeeds } from "./once/inputs.js";
import { run } from "./once/run.js";
import { toTable } from "./once/table.js";
import { printable } from "./printable.js";

const usage = `Usage: npm run demo -- [--once] [--json] [FILE...]

Replays recorded LLM streams through Waybill, from bytes to a Langfuse stub on loopback, and audits
documents that state costs. Without FILE it runs the five bundled documents of fixtures/seeds.

FILE is JSON: a recording of llama-stack, a standard logging payload, a Langfuse batch, a chat
completion, chunk or request, or a usage object.

  --once   run once and exit; without it the demo exits too
  --json   print one JSON document instead of tables
  --help   print this

Exit code: 0 all files were processed (whatever their costs), 1 a file could not be used or is
invalid, 2 unknown option.
`;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no error.
  if (error.code !== "EPIPE") process.stderr.write(`standard output: ${error.message}\n`);
  process.exit(error.code === "EPIPE" ? undefined : 1);
});
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if ("misuse" in options) {
    process.stderr.write(`${options.misuse}; see npm run demo -- --help\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const report = await run(options.files.length > 0 ? readFiles(options.files) : readSeeds());
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : toTable(report));
  for (const { file, path, message } of report.errors) {
    process.stderr.write(`${printable(`${file || '""'}: ${path ? `${path}: ` : ""}${message}`)}\n`);
  }
  return report.errors.length > 0 ? 1 : 0;
}

function readOptions(args: string[]): { json: boolean; help: boolean; files: string[] } | { misuse: string } {
  const known = {
    once: { type: "boolean" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: known });
    return { json: values.json ?? false, help: values.help ?? false, files: positionals };
  } catch (error) {
    // Node's message goes on with advice that does not hold behind npm.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(". ");
    return { misuse: sentence ?? "wrong options" };
  }
}
