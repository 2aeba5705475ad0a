import { watchBody, type BodyWatcher } from "@waybill/stream";

/** Bodies that were let go without being read to their end; null where a runtime cannot tell. */
const letGo =
  typeof FinalizationRegistry === "function"
    ? new FinalizationRegistry<() => void>((onLetGo) => onLetGo())
    : null;

/**
 * The same response, whose body is seen by a watcher while the caller reads it. It says of itself what the one that came
 * says. `onLetGo` is called when nobody can read the body any more, some time after. `edit` changes what the caller reads.
 */
export function observedResponse(
  response: Response,
  body: ReadableStream<Uint8Array>,
  watcher: BodyWatcher,
  onLetGo: () => void,
  edit: (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array> = (same) => same,
): Response {
  const { status, statusText, headers, url, redirected, type } = response;
  const watched = edit(watchBody(body, watcher));
  letGo?.register(watched, onLetGo);
  const observed = new Response(watched, { status, statusText, headers });
  // These are of no response that a program makes itself.
  return Object.defineProperties(observed, {
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
  });
}
