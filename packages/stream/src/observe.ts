import type { StreamResult } from "@waybill/core";

import type { AccumulatorOptions } from "./accumulator-options.js";
import { Accumulator } from "./accumulator.js";
import { watchBody } from "./watch-body.js";

/** A body that can be read as before, and what was on it. */
export type Observed<Body extends ReadableStream<Uint8Array> | null = ReadableStream<Uint8Array>> = {
  /** The same bytes, in the same pieces, no sooner than they are asked for; null when there is no body. */
  body: Body;
  /**
   * Resolves once: at the end, when the reader hangs up, or when the body breaks off. Never rejects. It waits as long as
   * nobody reads the body.
   */
  result: Promise<StreamResult>;
};

/**
 * Looks at a body while somebody else reads it. The bytes pass through untouched and back-pressure is kept; what the
 * accounting meets never reaches the reader. The body given in is locked: read the one that is returned.
 */
export function observe<Body extends ReadableStream<Uint8Array> | null>(
  body: Body,
  options: AccumulatorOptions = {},
): Observed<Body> {
  const accumulator = new Accumulator(options);
  if (body === null) return { body, result: Promise.resolve(accumulator.finish()) };
  if (!("getReader" in body)) throw new TypeError("observe takes a body: give response.body");
  let settle: (result: StreamResult) => void;
  const result = new Promise<StreamResult>((resolve) => {
    settle = resolve;
  });
  const observed = watchBody(body, {
    write: (piece) => accumulator.write(piece),
    end: (reason, cause) => settle(accumulator.finish(reason, cause)),
  });
  return { body: observed as Body, result };
}
