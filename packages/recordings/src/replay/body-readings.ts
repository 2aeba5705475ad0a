import { floatReadings } from "../hash/float-readings.js";
import type { Redactor } from "../record/redaction.js";
import { encodingReadings } from "./embeddings.js";

/** How the bodies of requests are read when a recording is looked up. */
export type ReadingOptions = {
  redactor: Redactor | undefined;
  floatReadings: boolean;
};

/**
 * The bodies that a recording of this one may have, the likeliest first: the body itself, without secrets, with the
 * encoding of embeddings that a library adds on its own, with floats where JavaScript has integers.
 */
export async function readingsOf(body: unknown, options: ReadingOptions): Promise<unknown[]> {
  const redacted = options.redactor ? await options.redactor.value(body) : body;
  const bodies = redacted === body ? [body] : [redacted, body];
  const encoded = [...bodies, ...bodies.flatMap(encodingReadings)];
  return options.floatReadings ? [...encoded, ...encoded.flatMap(floatReadings)] : encoded;
}
