import type { IncomingMessage } from "node:http";

import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";

/** What is being answered, so that a shutdown can wait for it. */
export class InFlight {
  readonly #requests = new Set<{ incoming: IncomingMessage | undefined }>();
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#requests.size;
  }

  readonly middleware: MiddlewareHandler<{ Bindings: Partial<HttpBindings> }> = async ({ env }, next) => {
    const request = { incoming: env?.incoming };
    this.#requests.add(request);
    try {
      await next();
    } finally {
      this.#requests.delete(request);
      if (this.count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  };

  /** Cuts off requests whose bodies are not all here: nothing of them was begun. */
  cutArriving(): void {
    for (const { incoming } of this.#requests) if (incoming?.complete === false) incoming.destroy();
  }

  /** Resolves when nothing is. */
  none(): Promise<void> {
    return new Promise((resolve) => {
      if (this.count === 0) resolve();
      else this.#waiting.push(resolve);
    });
  }
}
