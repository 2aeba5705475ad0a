import { fork, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { proxies } from "./proxies.js";

/** A proxy that runs in a process of its own. */
export type Running = {
  pid: number;
  url: string;
  /** Headers that it wants of a request. */
  headers: Record<string, string>;
  /** Calls that it says it has on record; null for one that keeps none. */
  recorded: () => Promise<number | null>;
  stop: () => Promise<void>;
};

export type Contender = { name: string; start: (upstream: string) => Promise<Running> };

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const root = pathOf("../..");

/** A process of our own that sends its port. */
export async function forked(
  file: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(pathOf(file), args, { execArgv: ["--import", "tsx"], cwd: root });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(message as number));
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { child, port };
}

const own = (name: string): Contender => ({
  name,
  async start(upstream) {
    const { child, port } = await forked("proxy-process.ts", [name, upstream]);
    return {
      pid: child.pid ?? 0,
      url: `http://127.0.0.1:${port}`,
      headers: {},
      recorded: async () => null,
      stop: async () => ended(child, "SIGTERM"),
    };
  },
});

/** The gateway as `npm run demo -- --upstream ...` starts it, with its ledger and its spool on the disk. */
export const waybill: Contender = {
  name: "Waybill gateway",
  async start(upstream) {
    const directory = mkdtempSync(join(tmpdir(), "waybill-bench-"));
    const port = await freePort();
    const args = [
      `--port=${port}`,
      `--upstream=${upstream}/v1`,
      `--ledger=${join(directory, "ledger.duckdb")}`,
      `--spool=${join(directory, "spool")}`,
      `--keys=${join(directory, "keys.json")}`,
    ];
    const child = spawn(process.execPath, [join(root, "apps/demo/dist/main.js"), ...args], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { PATH: process.env["PATH"] },
    });
    const url = `http://127.0.0.1:${port}`;
    await answers(`${url}/readyz`);
    return {
      pid: child.pid ?? 0,
      url,
      headers: {},
      recorded: async () => {
        const totals = (await (await fetch(`${url}/api/totals?range=24h`)).json()) as { calls: number };
        return totals.calls;
      },
      stop: async () => {
        await ended(child, "SIGTERM");
        rmSync(directory, { recursive: true, force: true });
      },
    };
  },
};

/** The Portkey gateway of npm, as its command starts it. */
const portkey: Contender = {
  name: "Portkey gateway",
  async start(upstream) {
    const port = await freePort();
    const program = join(root, "node_modules/@portkey-ai/gateway/build/start-server.js");
    const child = spawn(process.execPath, [program, `--port=${port}`, "--headless"], {
      stdio: "ignore",
      // Else it refuses hosts on loopback.
      env: { PATH: process.env["PATH"], TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
    });
    const url = `http://127.0.0.1:${port}`;
    await answers(url);
    return {
      pid: child.pid ?? 0,
      url,
      headers: { "x-portkey-provider": "openai", "x-portkey-custom-host": `${upstream}/v1` },
      recorded: async () => null,
      stop: async () => ended(child, "SIGKILL"),
    };
  },
};

/** What every proxy is compared with. */
export const base = own("hono + fetch");

export const contenders: readonly Contender[] = [
  ...Object.keys(proxies)
    .filter((name) => name !== base.name)
    .map(own),
  waybill,
  portkey,
];

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}
