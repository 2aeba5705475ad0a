import { isAbort } from "./pieces.js";

/** What looks on while a body is read. None of it may throw. */
export type BodyWatcher = {
  /** A piece of the body; the bytes are lent, not given. */
  write: (piece: Uint8Array) => void;
  /** Once: the end came (`eof`), the reader hung up (`abort`), or the body broke off (`upstream`), and with what. */
  end: (reason: "eof" | "abort" | "upstream", cause?: unknown) => void;
};

/**
 * The same bytes, in the same pieces, no sooner than they are asked for, while a watcher sees them, too. The body given in
 * is locked: read the one that is returned. While nobody reads it, the watcher waits. Who wants to be able to end the body
 * without it gives a reader of the body instead.
 */
export function watchBody(
  body: ReadableStream<Uint8Array> | ReadableStreamDefaultReader<Uint8Array>,
  watcher: BodyWatcher,
): ReadableStream<Uint8Array> {
  const reader = "getReader" in body ? body.getReader() : body;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) {
            controller.close();
            watcher.end("eof");
            return;
          }
          // First the reader, then the books.
          controller.enqueue(value);
          watcher.write(value);
        } catch (error) {
          controller.error(error);
          watcher.end(isAbort(error) ? "abort" : "upstream", error);
        }
      },
      cancel(reason) {
        watcher.end("abort");
        return reader.cancel(reason);
      },
    },
    // Nothing is read ahead: a piece is taken from the body when the reader asks for it.
    { highWaterMark: 0 },
  );
}
