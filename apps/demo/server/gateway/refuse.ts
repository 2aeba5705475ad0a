import type { IncomingMessage, ServerResponse } from "node:http";

import type { Refusal } from "../access/errors.js";
import { ownHeaders } from "./answer-headers.js";
import type { GatewayContext } from "./call-context.js";

/** The most that is read of a body that nobody wants, and how long. */
const MOST_FORGOTTEN = 256 * 1024 * 1024;
const MOST_WAIT_MS = 5000;

/** Sends an answer of our own. */
export function sendRefusal(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, body, headers }: Refusal,
  { callId, traceId }: Pick<GatewayContext, "callId" | "traceId">,
): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const text = Buffer.from(JSON.stringify(body));
  // What is left of a huge body is not worth a connection.
  const isUnread = status === 413 && !incoming.complete;
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "content-length": String(text.length),
    "x-request-id": callId,
    ...ownHeaders(callId, traceId),
    ...headers,
    ...(isUnread ? { connection: "close" } : {}),
  });
  if (!isUnread) {
    outgoing.end(text);
    return;
  }
  outgoing.write(text);
  // A connection that is closed on what is still coming takes the answer along: it is sent, and closed later.
  void forgotten(incoming).then(() => outgoing.end());
}

/** Reads what is left of a request and forgets it. */
function forgotten(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const count = (piece: Buffer): void => {
      bytes += piece.length;
      if (bytes > MOST_FORGOTTEN) over();
    };
    const over = (): void => {
      clearTimeout(timer);
      incoming.off("data", count);
      resolve();
    };
    const timer = setTimeout(over, MOST_WAIT_MS);
    incoming.on("data", count).once("end", over).once("close", over).resume();
  });
}
