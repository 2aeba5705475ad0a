import type { StandardLoggingPayloadEmit } from "@waybill/core";

import { instrumentFetch, type FetchEvent, type InstrumentOptions } from "../src/index.js";

/** A fetch that answers as it is told, and keeps what it was asked. */
export function upstream(answer: (request: Request) => Response | Promise<Response>) {
  const requests: Request[] = [];
  const base: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request.clone());
    return answer(request);
  };
  return { base, requests };
}

/** The same, instrumented; records and events are kept. */
export function observed(
  answer: (request: Request) => Response | Promise<Response>,
  options: Partial<InstrumentOptions> = {},
) {
  const payloads: StandardLoggingPayloadEmit[] = [];
  const events: FetchEvent[] = [];
  const { base, requests } = upstream(answer);
  const instrumented = instrumentFetch(base, {
    onPayload: (payload) => void payloads.push(payload),
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return { fetch: instrumented, payloads, events, requests };
}

/** A body in these pieces. */
export function bodyOf(
  pieces: readonly (string | Uint8Array)[],
  end: "close" | Error = "close",
): ReadableStream<Uint8Array> {
  const queue = pieces.map((piece) => (typeof piece === "string" ? new TextEncoder().encode(piece) : piece));
  return new ReadableStream(
    {
      pull(controller) {
        const piece = queue.shift();
        if (piece) controller.enqueue(piece);
        else if (end === "close") controller.close();
        else controller.error(end);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Events of a stream, one text each. */
export function sse(events: readonly object[], end = "data: [DONE]\n\n"): string[] {
  return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), end];
}

export function streamed(pieces: readonly (string | Uint8Array)[], end: "close" | Error = "close"): Response {
  return new Response(bodyOf(pieces, end), {
    headers: { "content-type": "text/event-stream", "x-request-id": "req_1" },
  });
}

export function json(value: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(value), {
    ...init,
    headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
  });
}

export const chatUrl = "https://api.openai.com/v1/chat/completions";

export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  };
}

export const question = { model: "gpt-4o", messages: [{ role: "user", content: "Which planet has rings?" }] };

const head = {
  id: "chatcmpl-0123456789abcdef",
  object: "chat.completion.chunk",
  created: 1_766_000_000,
  model: "gpt-4o-2024-08-06",
};

/** A chat stream with usage: "Saturn". */
export const saturn = sse([
  { ...head, choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: { content: "Sat" }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: { content: "urn" }, finish_reason: null }] },
  { ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  { ...head, choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } },
]);

export const completion = {
  id: "chatcmpl-0123456789abcdef",
  object: "chat.completion",
  created: 1_766_000_000,
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Saturn" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};
