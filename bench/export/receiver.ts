import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The other side, which runs in another process: what it costs is not measured. */
export type Receiver = {
  url: string;
  fault(mode: "ok" | "500" | "stall"): Promise<void>;
  /** Events that came, and how many of them were different. */
  counts(): Promise<{ events: number; distinct: number }>;
  close(): void;
};

export async function startReceiver(): Promise<Receiver> {
  const path = fileURLToPath(new URL("receiver-process.ts", import.meta.url));
  const child = fork(path, [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const port = await new Promise<number>((resolve) =>
    child.once("message", (message) => resolve(message as number)),
  );
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    fault: async (mode) => {
      await fetch(`${url}/fault?mode=${mode}`, { method: "POST" });
    },
    counts: async () => (await (await fetch(`${url}/counts`)).json()) as { events: number; distinct: number },
    close: () => child.disconnect(),
  };
}
