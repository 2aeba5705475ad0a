import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { startReceiver, type Receiver } from "./receiver.js";
import type { Sending } from "./sending-process.js";

/** What a contender cost, and what of its events came. */
export type Delivered = Sending & { distinct: number; events: number };

/** Events of the warm-up, which are sent but not measured. */
export const WARM_UP = 2000;

/** Runs a contender in a process of its own against a receiver of its own; undefined when it crashes. */
export async function send(
  name: string,
  scenario: string,
  count: number,
  meanwhile: (receiver: Receiver) => Promise<void> = async () => undefined,
): Promise<Delivered | undefined> {
  const receiver = await startReceiver();
  try {
    const path = fileURLToPath(new URL("sending-process.ts", import.meta.url));
    const args = [...process.execArgv, "--expose-gc", path, name, receiver.url, scenario, String(count)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    let written = "";
    child.stdout.on("data", (piece: Buffer) => (written += piece.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await Promise.all([ended, meanwhile(receiver)]);
    const text = written.slice(written.lastIndexOf("\n") + 1);
    if (!text.startsWith("{")) return undefined;
    return { ...(JSON.parse(text) as Sending), ...(await receiver.counts()) };
  } finally {
    receiver.close();
  }
}
