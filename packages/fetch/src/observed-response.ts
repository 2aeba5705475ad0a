import { watchBody, type BodyWatcher } from "@waybill/stream";

import { edited, type BodyEdit } from "./include-usage.js";

/** Bodies that were let go without being read to their end; null where a runtime cannot tell. */
const letGo =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry<() => void>((onLetGo) => onLetGo())
    : null;

/** What looks on, and hears that nobody can read the body any more. */
type Onlooker = BodyWatcher & { letGo?: (() => void) | undefined };

/**
 * The same response, whose body is seen by a watcher while the caller reads it. It says of itself what the one that came
 * says. `edit` changes what the caller reads.
 */
export function observedResponse(response: Response, watcher: Onlooker, edit?: BodyEdit): Response {
  const { status, statusText, headers, url, redirected, type, body } = response;
  if (!body) return response;
  const seen = watchBody(body, {
    write: (piece) => watcher.write(piece),
    end: (reason, cause) => watcher.end(reason, cause),
  });
  const watched = edit ? edited(seen, edit) : seen;
  if (watcher.letGo) letGo?.register(watched, () => watcher.letGo?.());
  const observed = new Response(watched, { status, statusText, headers });
  // These are of no response that a program makes itself.
  return Object.defineProperties(observed, {
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
  });
}
