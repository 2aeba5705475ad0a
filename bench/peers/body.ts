/** A body of these reads. `isOpen`: the connection stays open behind the last one. */
export function bodyOf(reads: Iterable<Uint8Array>, isOpen = false): ReadableStream<Uint8Array> {
  const iterator = reads[Symbol.iterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next();
        if (!done) controller.enqueue(value);
        else if (!isOpen) controller.close();
      },
    },
    // A read is there when it is asked for, and no sooner.
    { highWaterMark: 0 },
  );
}

/** A response with this body. */
export function responseOf(body: ReadableStream<Uint8Array>, contentType = "text/event-stream"): Response {
  return new Response(body, { headers: { "content-type": contentType } });
}
