import type { ServerResponse } from "node:http";

import type { BodyWatcher } from "@waybill/stream";

import { CallerStalled, type Deadline } from "./deadline.js";

/** What became of an answer on its way to the caller. */
export type HandedBack =
  | { how: "whole" }
  /** The caller went away, or read nothing for so long that it was cut off. */
  | { how: "left" }
  /** The API broke off, or was too slow. */
  | { how: "cut"; error: unknown };

/** How an answer is handed back. */
export type HandBackOptions = {
  watcher: BodyWatcher | undefined;
  /** Takes a piece, and says whether there is room for more. */
  write: (piece: Uint8Array) => boolean;
  /** Begun anew at every piece, and aborted when the caller has left. */
  deadline: Deadline;
};

/**
 * Writes a body to a caller piece by piece, as fast as the caller takes it, and lets the watcher see it. This is the whole
 * way of a streamed answer: no stream is made around it, which would cost more than all of the accounting.
 */
export async function handBack(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  { watcher, write, deadline }: HandBackOptions,
): Promise<HandedBack> {
  const reader = body.getReader();
  let hasLeft = false;
  const onClose = (): void => {
    if (outgoing.writableFinished) return;
    hasLeft = true;
    deadline.abort(new DOMException("the caller went away", "AbortError"));
  };
  outgoing.on("close", onClose);
  if (outgoing.destroyed) onClose();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      deadline.restart();
      // First the caller, then the books.
      const hasRoom = write(value);
      watcher?.write(value);
      if (hasRoom || hasLeft) continue;
      deadline.pause();
      await roomIn(outgoing, deadline.signal);
      const { reason } = deadline.signal;
      if (reason instanceof CallerStalled) {
        outgoing.destroy();
        return left(watcher, reason);
      }
      deadline.restart();
    }
    if (hasLeft) return left(watcher);
    watcher?.end("eof");
    return { how: "whole" };
  } catch (error) {
    // It may have been the writing that failed: then nobody reads on.
    deadline.abort(error);
    if (hasLeft) return left(watcher);
    watcher?.end("upstream", error);
    return { how: "cut", error };
  } finally {
    outgoing.off("close", onClose);
  }
}

function left(watcher: BodyWatcher | undefined, why?: CallerStalled): HandedBack {
  // A record has no room for why somebody left. That it was us who cut them off it has to say.
  if (why) watcher?.end("upstream", why);
  else watcher?.end("abort");
  return { how: "left" };
}

/** Waits until the caller takes more, is gone, or has been waited for long enough. */
function roomIn(outgoing: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off("drain", go);
      outgoing.off("close", go);
      signal.removeEventListener("abort", go);
      resolve();
    };
    outgoing.on("drain", go);
    outgoing.on("close", go);
    signal.addEventListener("abort", go);
  });
}
