import { watchBody, type BodyWatcher } from "@waybill/stream";

import { edited, type BodyEdit } from "./include-usage.js";

/** Bodies that were let go without being read to their end; null where a runtime cannot tell. */
const letGo =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry<() => void>((onLetGo) => onLetGo())
    : null;

/** What looks on, and hears that nobody can read the body any more, or that it cannot be looked at. */
type Onlooker = BodyWatcher & { letGo?: () => void; cannotRead?: () => void };

/**
 * The same response, whose body is seen by a watcher while the caller reads it. It says of itself what the one that came
 * says. `edit` changes what the caller reads.
 */
export function observedResponse(response: Response, watcher: Onlooker, edit?: BodyEdit): Response {
  const { body } = response;
  if (!body) return response;
  let reader: ReadableStreamDefaultReader<Uint8Array>;
  let headers: Headers;
  try {
    headers = new Headers(response.headers);
    reader = body.getReader();
  } catch {
    // Somebody else reads it already, or it is of an odd kind.
    watcher.cannotRead?.();
    return response;
  }
  const seen = watchBody(reader, {
    write: (piece) => watcher.write(piece),
    end: (reason, cause) => watcher.end(reason, cause),
  });
  const watched = edit ? edited(seen, edit) : seen;
  letGo?.register(watched, () => {
    watcher.letGo?.();
    // A runtime closes the connection of a body that nobody reads. It does not see that of this one: there is a reader.
    reader.cancel().catch(() => {});
  });
  return like(response, shellOf(response, headers, watched));
}

/** Servers send statuses and reasons that no program can make a response of. What it says of itself is set afterwards. */
function shellOf(
  { status, statusText }: Response,
  headers: Headers,
  body: ReadableStream<Uint8Array>,
): Response {
  try {
    return new Response(body, { status, statusText, headers });
  } catch {
    return new Response(body, { headers });
  }
}

/** Says of itself what another does, and so do its clones. */
function like(response: Response, made: Response): Response {
  const { status, statusText, ok, url, redirected, type } = response;
  const said = Object.entries({ status, statusText, ok, url, redirected, type });
  const clone = (): Response => like(response, Response.prototype.clone.call(made));
  return Object.defineProperties(
    made,
    Object.fromEntries(
      [...said, ["clone", clone] as const].map(([name, value]) => [name, { value, configurable: true }]),
    ),
  );
}
