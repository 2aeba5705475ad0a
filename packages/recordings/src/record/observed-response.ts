import { wordsOf } from "@waybill/core";

/** What was seen of an answer when it was over. */
export type Seen = {
  status: number;
  /** In lower case, without parameters; "" when there is none. */
  contentType: string;
  text: string;
  /** Which part of the text had come at which time, in milliseconds since the request. */
  marks: readonly { length: number; time: number }[];
  /** Why the answer broke off on its way to us; undefined when it did not. */
  broke?: string | undefined;
  /** Whether the caller closed it before its end. */
  isCut: boolean;
  /** Whether it is more than is kept. */
  isTooLong: boolean;
};

/** How an answer is looked at. */
export type ObserveOptions = {
  signal: AbortSignal | undefined;
  /** Milliseconds since the request. */
  clock: () => number;
  /** Longest text that is kept. */
  maxLength: number;
  /** Hears once, in the same turn in which the caller sees the end. */
  onEnd: (seen: Seen) => void;
};

/** The same answer for the caller: the same pieces, each no later and no sooner than without us. */
export function observedResponse(response: Response, options: ObserveOptions): Response {
  const contentType = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const seen: Seen = {
    status: response.status,
    contentType,
    text: "",
    marks: [],
    isCut: false,
    isTooLong: false,
  };
  if (!response.body) {
    options.onEnd(seen);
    return response;
  }
  const { status, statusText, headers } = response;
  const observed = new Response(observedBody(response.body, seen, options), { status, statusText, headers });
  // What a constructed response does not have.
  for (const name of ["url", "redirected", "type"] as const) {
    Object.defineProperty(observed, name, { value: response[name], configurable: true });
  }
  return observed;
}

function observedBody(
  body: ReadableStream<Uint8Array>,
  seen: Seen,
  { signal, clock, maxLength, onEnd }: ObserveOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const marks: { length: number; time: number }[] = [];
  let text = "";

  function keep(piece: Uint8Array): void {
    if (seen.isTooLong) return;
    text += decoder.decode(piece, { stream: true });
    marks.push({ length: text.length, time: clock() });
    if (text.length <= maxLength) return;
    seen.isTooLong = true;
    text = "";
  }

  function end(more: Partial<Seen>): void {
    onEnd({ ...seen, text: text + decoder.decode(), marks, ...more });
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let read: Awaited<ReturnType<typeof reader.read>>;
        try {
          read = await reader.read();
        } catch (error) {
          controller.error(error);
          end(signal?.aborted ? { isCut: true } : { broke: wordsOf(error) });
          return;
        }
        if (read.done) {
          controller.close();
          end({});
          return;
        }
        // First the reader, then the books.
        controller.enqueue(read.value);
        keep(read.value);
      },
      cancel(reason) {
        // Many stop reading at the word that ends a stream.
        end({ isCut: !/(?:^|\n)data: ?\[DONE\]/.test(text) });
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
