import { once } from "node:events";
import type { ServerResponse } from "node:http";

import { Milestones } from "../loopback/milestones.js";

/** How an answer is written: its chunks, and what comes between them. */
export type Pacing = {
  chunks: readonly (string | Uint8Array)[];
  /** Numbers of chunks behind which it waits. */
  holds: readonly number[];
  /** Breaks the connection behind so many chunks, or in the middle of the next. */
  cut?: { after: number; inside: boolean } | undefined;
  /** Leaves the connection open behind the last chunk. */
  staysOpen?: boolean | undefined;
};

/** Answers that wait for a word of the test. */
export class Holds {
  readonly #reached = new Milestones();
  #held: (() => void)[] = [];

  /** Resolves when so many waits have begun, from the first one on. */
  held(count: number): Promise<void> {
    return this.#reached.reached(count);
  }

  /** Lets everything go on that waits now. */
  release(): void {
    const due = this.#held;
    this.#held = [];
    for (const go of due) go();
  }

  wait(): Promise<void> {
    const waiting = new Promise<void>((resolve) => this.#held.push(resolve));
    this.#reached.pass();
    return waiting;
  }
}

/** Writes chunks, each as soon as the one before is on its way, and stops when the client is gone. */
export async function writePaced(
  response: ServerResponse,
  { chunks, holds, cut, staysOpen }: Pacing,
  held: Holds,
  breakOff: () => void,
): Promise<void> {
  response.flushHeaders();
  for (let sent = 0; sent <= chunks.length; sent++) {
    if (response.destroyed) return;
    if (holds.includes(sent)) {
      await Promise.race([held.wait(), once(response, "close")]);
      if (response.destroyed) return;
    }
    const chunk = chunks[sent];
    if (cut?.after === sent) {
      // What was written is on its way before the connection breaks: a reset would take it along.
      if (cut.inside && chunk !== undefined) await flushed(response, chunk.slice(0, chunk.length / 2));
      else await flushed(response, "");
      breakOff();
      return;
    }
    if (chunk !== undefined && !response.write(chunk)) {
      await Promise.race([once(response, "drain"), once(response, "close")]);
    }
  }
  if (!staysOpen) response.end();
}

function flushed(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.write(piece, () => resolve());
  });
}
