import type { Server } from "node:http";

import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { WaybillError } from "@waybill/core";
import type { Hono } from "hono";

/** How many ports are tried beyond one that nobody chose. */
const TRIES = 20;

/**
 * Starts to listen. A port that is taken is an error where somebody chose it; where nobody did, the next free one is taken.
 * @throws WaybillError `port-taken`, `not-listening`
 */
export async function listen(
  app: Hono<{ Bindings: HttpBindings }>,
  { host, port, portChosen }: { host: string; port: number; portChosen: boolean },
): Promise<{ server: Server; port: number }> {
  const last = portChosen || port === 0 ? port : Math.min(port + TRIES, 65_535);
  for (let tried = port; ; tried++) {
    const server = createAdaptorServer({
      fetch: (request, env) => app.fetch(request, env),
    }) as Server;
    try {
      await bound(server, host, tried);
      const address = server.address();
      return { server, port: typeof address === "object" && address ? address.port : tried };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE")
        throw new WaybillError(
          "not-listening",
          `${host}:${tried} cannot be listened on: ${message}; choose another --host or --port`,
        );
      if (tried >= last)
        throw new WaybillError(
          "port-taken",
          `the port ${tried} is taken; choose another (--port ${tried + 1}), or stop what has it`,
        );
    }
  }
}

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
