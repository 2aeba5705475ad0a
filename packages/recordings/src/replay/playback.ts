import type { Answer } from "./answer.js";

/** When the events of a stream are sent. Without, each is sent as soon as it is asked for. */
export type ReplayTiming = {
  /** How many times faster than recorded; 1 by default. */
  speed?: number | undefined;
  /** Milliseconds to the first event, where none are recorded; 300 by default. */
  first?: number | undefined;
  /** Milliseconds from event to event, where none are recorded; 20 by default. */
  between?: number | undefined;
  /** Waits; a timer by default. It may end early when the signal aborts. */
  wait?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
};

/** That a stream ends before its end. */
export type ReplayCut = {
  /** How many events are sent. */
  after: number;
  /** Whether the connection breaks, which is the default, or the body simply ends. */
  how?: "break" | "end" | undefined;
};

/** How answers are sent. */
export type PlaybackOptions = { timing?: ReplayTiming | undefined; cut?: ReplayCut | undefined };

const encoder = new TextEncoder();

/** Sends an answer: a stream event by event, each as one read, none before it is asked for. */
export async function play(
  answer: Exclude<Answer, { kind: "none" }>,
  headers: Record<string, string>,
  signal: AbortSignal | undefined,
  options: PlaybackOptions,
): Promise<Response> {
  const { contentType } = answer;
  const all = { ...headers, "content-type": contentType };
  const status = answer.status >= 200 && answer.status <= 599 ? answer.status : 500;
  if (answer.kind === "stream") {
    return new Response(streamBody(answer, signal, options), { status, headers: all });
  }
  await pacer(options.timing, undefined)?.(0, signal);
  signal?.throwIfAborted();
  const hasBody = ![204, 205, 304].includes(status);
  return new Response(hasBody ? answer.text : null, { status, headers: all });
}

function streamBody(
  { events, end, breaks, times }: Extract<Answer, { kind: "stream" }>,
  signal: AbortSignal | undefined,
  { timing, cut }: PlaybackOptions,
): ReadableStream<Uint8Array> {
  const iterator = events[Symbol.iterator]();
  const pace = pacer(timing, times);
  let sent = 0;
  let stopListening: (() => void) | undefined;

  /** From the first read on: a body that nobody reads leaves nothing at a signal that many calls share. */
  function listen(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (!signal || stopListening) return;
    signal.throwIfAborted();
    const abort = (): void => controller.error(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    stopListening = () => signal.removeEventListener("abort", abort);
  }

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    listen(controller);
    if (cut && sent >= cut.after) {
      finish(controller, cut.how === "end" ? undefined : "the connection was cut, as was asked for");
      return;
    }
    const { done, value } = iterator.next();
    if (!done) {
      await pace?.(sent, signal);
      signal?.throwIfAborted();
      sent++;
      controller.enqueue(encoder.encode(value));
      return;
    }
    if (end !== "") controller.enqueue(encoder.encode(end));
    finish(controller, breaks);
  }

  function finish(
    controller: ReadableStreamDefaultController<Uint8Array>,
    failure: string | undefined,
  ): void {
    stopListening?.();
    if (failure === undefined) controller.close();
    else controller.error(new TypeError(failure));
  }

  return new ReadableStream<Uint8Array>(
    {
      pull,
      cancel() {
        stopListening?.();
        iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Timers of longer waits end at once. */
const LONGEST_WAIT = 2_147_483_647;

/** Waits before the n-th event, from 0, as long as it took when it was recorded. */
function pacer(
  timing: ReplayTiming | undefined,
  times: readonly number[] | undefined,
): ((event: number, signal: AbortSignal | undefined) => Promise<void>) | undefined {
  if (!timing) return undefined;
  const { speed = 1, first = 300, between = 20, wait = waitFor } = timing;
  const gapBefore = (event: number): number => {
    const at = times?.[event];
    if (at === undefined) return event === 0 ? first : between;
    return at - (times?.[event - 1] ?? 0);
  };
  // Faster than any, or no speed at all, is no waiting; and no timer waits longer than this.
  const scale = speed > 0 ? 1 / speed : 0;
  return (event, signal) => wait(Math.min(Math.max(0, gapBefore(event) * scale), LONGEST_WAIT), signal);
}

/** A timer that ends at once when the signal aborts. */
function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end, { once: true });
  });
}
