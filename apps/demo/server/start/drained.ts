import type { Server } from "node:http";

import type { InFlight } from "./in-flight.js";

/** Takes no more connections and waits for what is under way; what is left at the end of the time is cut off. */
export async function drained(server: Server, inFlight: InFlight, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainMs);
  });
  await Promise.race([inFlight.none(), deadline]);
  clearTimeout(timer);
  server.closeAllConnections();
  await Promise.all([closed, inFlight.none()]);
}
