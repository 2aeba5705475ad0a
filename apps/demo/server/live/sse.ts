import type { LiveEventData, LiveEventName } from "../api/schemas.js";

/** Written before the first event: how long a client waits before it connects again, in milliseconds. */
export const RETRY_MS = 2000;
export const preamble = `retry: ${RETRY_MS}\n\n`;

/** What keeps a connection from being taken for dead. */
export const comment = ":\n\n";

/** One event. JSON has no line breaks, so that the data is one line. `id` is the seq that a client may go on from. */
export function eventText<Name extends LiveEventName>(
  name: Name,
  data: LiveEventData<Name>,
  id?: number,
): string {
  return `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}
