import type { Clock } from "./clock.js";
import type { Pace } from "./pace.js";

/** How the body of a recorded answer is sent. */
export type Sending = {
  clock: Clock;
  pace: Pace;
  signal: AbortSignal | undefined;
  /** Changes an event, or a whole body; "" leaves it out. */
  change: (text: string) => string;
  /** Breaks the connection behind so many events, and a whole body in its middle. */
  cutAfter: number | undefined;
};

const encoder = new TextEncoder();

/** A whole answer takes as long as a stream of so many characters an event, frame and all, up to a bound. */
const CHARACTERS_PER_EVENT = 50;
const MOST_EVENTS = 200;

/** Sends an event stream that comes one event a read, each event when it is due. */
export function pacedStream(body: ReadableStream<Uint8Array>, sending: Sending): ReadableStream<Uint8Array> {
  const { clock, pace, change, cutAfter } = sending;
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // A reader that stops must not leave a timer running.
  const closed = new AbortController();
  const signal = sending.signal ? AbortSignal.any([sending.signal, closed.signal]) : closed.signal;
  let sent = 0;

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (sent === cutAfter) {
      await reader.cancel();
      throw brokenConnection();
    }
    const { done, value } = await reader.read();
    if (done) {
      controller.close();
      return;
    }
    const text = change(decoder.decode(value, { stream: true }));
    if (text === "") return pull(controller);
    await clock.wait(pace.gapBefore(sent), signal);
    sending.signal?.throwIfAborted();
    sent++;
    if (!closed.signal.aborted) controller.enqueue(encoder.encode(text));
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          await pull(controller);
        } catch (error) {
          closed.abort();
          throw error;
        }
      },
      async cancel(reason) {
        closed.abort();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** A whole body when a model would have written it. */
export async function pacedWhole(
  text: string,
  sending: Sending,
): Promise<string | ReadableStream<Uint8Array>> {
  const { clock, pace, signal, change, cutAfter } = sending;
  const events = Math.min(MOST_EVENTS, Math.ceil(text.length / CHARACTERS_PER_EVENT));
  let milliseconds = 0;
  for (let event = 0; event < events; event++) milliseconds += pace.gapBefore(event);
  await clock.wait(milliseconds, signal);
  signal?.throwIfAborted();
  const changed = change(text);
  return cutAfter === undefined ? changed : brokenBody(changed.slice(0, changed.length / 2));
}

function brokenBody(text: string): ReadableStream<Uint8Array> {
  let isSent = false;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isSent) throw brokenConnection();
        isSent = true;
        controller.enqueue(encoder.encode(text));
      },
    },
    { highWaterMark: 0 },
  );
}

/** What `fetch` says of a connection that broke while the body came. */
function brokenConnection(): TypeError {
  return new TypeError("terminated", { cause: new Error("other side closed") });
}
