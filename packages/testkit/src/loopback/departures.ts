import type { ServerResponse } from "node:http";

import { Milestones } from "./milestones.js";

/** Clients that went away before their answer was at its end. A connection that the stub itself breaks is none. */
export class Departures {
  readonly #ours = new WeakSet<ServerResponse>();
  readonly #gone = new Milestones();
  #isClosing = false;

  watch(response: ServerResponse): void {
    response.once("close", () => {
      if (!response.writableFinished && !this.#isClosing && !this.#ours.has(response)) this.#gone.pass();
    });
  }

  /** Breaks a connection. */
  breakOff(response: ServerResponse): void {
    this.#ours.add(response);
    response.socket?.destroy();
  }

  /** Resolves when so many have gone away, from the first one on. */
  reached(count: number): Promise<void> {
    return this.#gone.reached(count);
  }

  /** From now on it is the stub that closes. */
  close(): void {
    this.#isClosing = true;
  }
}
