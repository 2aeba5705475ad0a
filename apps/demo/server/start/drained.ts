import type { Server } from "node:http";

import type { InFlight } from "./in-flight.js";

/** How long connections are still taken while calls end, so that those who ask hear that it is draining. Milliseconds. */
const LAST_CALL_MS = 1000;

/**
 * Waits for what is under way, and takes no more connections soon; requests that are not all here are cut off at once, and what
 * is left at the end of the time then.
 */
export async function drained(server: Server, inFlight: InFlight, drainMs: number): Promise<void> {
  inFlight.cutArriving();
  const lastCall = Math.min(LAST_CALL_MS, drainMs);
  await noneOrAfter(lastCall, inFlight);
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  await noneOrAfter(drainMs - lastCall, inFlight);
  server.closeAllConnections();
  await Promise.all([closed, inFlight.none()]);
}

async function noneOrAfter(ms: number, inFlight: InFlight): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([inFlight.none(), over]);
  clearTimeout(timer);
}
