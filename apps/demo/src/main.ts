import { parseArgs } from "node:util";

import { readFiles, readSeeds } from "./inputs.js";
import { run } from "./run.js";
import { toTable } from "./table.js";

const usage = `Usage: npm run demo -- [--once] [--json] [FILE...]

Replays recorded LLM streams through Waybill and audits documents that state costs.
Without FILE it runs the five bundled documents.

  --once   run once and exit (what it does anyway, for now)
  --json   print one JSON document instead of tables
  --help   print this
`;

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if ("misuse" in options) {
    process.stderr.write(`${options.misuse}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const report = await run(options.files.length > 0 ? readFiles(options.files) : readSeeds());
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : toTable(report));
  for (const { file, path, message } of report.errors) {
    process.stderr.write(`${file}: ${path ? `${path}: ` : ""}${message}\n`);
  }
  return report.errors.length > 0 ? 1 : 0;
}

function readOptions(args: string[]): { json: boolean; help: boolean; files: string[] } | { misuse: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        once: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    return { json: values.json ?? false, help: values.help ?? false, files: positionals };
  } catch (error) {
    return { misuse: error instanceof Error ? error.message : String(error) };
  }
}
