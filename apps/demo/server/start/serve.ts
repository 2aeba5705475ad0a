import { setFlagsFromString } from "node:v8";

import { printable } from "../printable.js";
import type { Settings } from "../settings/settings.js";
import { banner } from "./banner.js";
import { openBrowser } from "./open-browser.js";
import { Progress } from "./progress.js";
import { startServer, type RunningServer } from "./server.js";
import { summary } from "./summary.js";

const version = "0.1.0";

/** Serves until somebody stops it. Returns the exit code: 1 when records were lost, or the end went wrong. */
export async function serveUntilStopped(settings: Settings, warnings: readonly string[]): Promise<number> {
  const { stdout, stderr } = process;
  // The heap is cleared up before it has grown by half: who waits most of the time has the time for it.
  setFlagsFromString("--heap-growing-percent=40");
  // Ledger, spool and keys hold what people said: they are their owner's alone.
  process.umask(0o077);
  const progress = new Progress((text) => stderr.write(text));
  const late: string[] = [];
  let isUp = false;
  const warn = (text: string): void => {
    if (isUp) stderr.write(`${text}\n`);
    else late.push(text);
  };
  const server = await startServer(settings, { version, progress, warn });
  isUp = true;
  stdout.write(
    banner(factsOf(settings, server, progress.total, [...warnings, ...late]), { boxes: stdout.isTTY }),
  );
  if (settings.open) openBrowser(server.address);
  return stopped(server, settings);
}

/** Waits for a signal, then for the end. A second signal does not wait for calls under way. */
function stopped(server: RunningServer, { shutdown }: Settings): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (): void => {
      if (isStopping) {
        server.cut();
        return;
      }
      isStopping = true;
      void server.stop(shutdown).then((report) => {
        for (const words of report.failed) process.stderr.write(`${printable(words)}\n`);
        const { line, code } = summary(report);
        process.stdout.write(`${line}\n`);
        process.off("SIGINT", stop);
        process.off("SIGTERM", stop);
        resolve(code);
      });
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}

function factsOf(settings: Settings, server: RunningServer, readyIn: string, warnings: readonly string[]) {
  const { upstream, ledger, keySeenAndNotUsed } = settings;
  const isReal = upstream.kind === "real";
  return {
    version,
    readyIn,
    address: reachable(server.address),
    upstream: isReal ? upstream.url : `${server.recordings} bundled recordings`,
    note: isReal
      ? upstream.apiKey === null
        ? "callers bring their own keys"
        : "with the key of OPENAI_API_KEY"
      : "nothing is billed, no network is used",
    ledger: relative(ledger),
    calls: server.calls,
    delivery: server.books.sinkLabels.length > 0 ? server.books.sinkLabels : ["the ledger alone"],
    isReal,
    keyNote: isReal ? "" : "any key works here",
    keySeenAndNotUsed,
    warnings,
  };
}

/** An address of all interfaces is one to listen on, and none to go to. */
function reachable(address: string): string {
  return address.replace(/^http:\/\/(?:0\.0\.0\.0|\[::\])(?=:)/, "http://localhost");
}

/** A path as somebody would type it. */
function relative(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
