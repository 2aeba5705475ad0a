import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../apps/demo/dist/main.js", import.meta.url));

/** The demo's server as a program of its own, in a folder of its own. */
export type Program = {
  address: string;
  child: ChildProcess;
  /** What it wrote so far. */
  output: () => string;
  errors: () => string;
  /** Ends it, and resolves with its exit code when it is gone. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
};

/** A folder that goes away, and the programs that run in it. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), "waybill-gateway-"));
  readonly #running = new Set<ChildProcess>();

  /** Starts a server and waits for its banner. */
  async start(args: readonly string[], env: Record<string, string> = {}): Promise<Program> {
    const started = this.run(args, env);
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (started.output().includes("Ctrl-C stops")) resolve();
      };
      started.child.stdout?.on("data", look);
      started.child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${started.errors()}`)));
      look();
    });
    const [, address = ""] = /Page +(http\S+)\//.exec(started.output()) ?? [];
    return { ...started, address };
  }

  /** Runs it, without waiting for anything. */
  run(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Omit<Program, "address"> & { ended: Promise<number | null> } {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.directory,
      env: { PATH: process.env["PATH"] ?? "", ...env },
    });
    this.#running.add(child);
    let [output, errors] = ["", ""];
    child.stdout.on("data", (piece: Buffer) => (output += piece.toString()));
    child.stderr.on("data", (piece: Buffer) => (errors += piece.toString()));
    const ended = new Promise<number | null>((resolve) => {
      child.once("exit", (code) => {
        this.#running.delete(child);
        resolve(code);
      });
    });
    return {
      child,
      output: () => output,
      errors: () => errors,
      ended,
      end: (signal) => {
        child.kill(signal);
        return ended;
      },
    };
  }

  async clear(): Promise<void> {
    await Promise.all(
      [...this.#running].map(
        (child) =>
          new Promise((resolve) => {
            child.once("exit", resolve);
            child.kill("SIGKILL");
          }),
      ),
    );
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
