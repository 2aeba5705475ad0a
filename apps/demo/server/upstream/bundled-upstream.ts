import type { Recording } from "@waybill/core";
import { createReplayFetch, memoryStore } from "@waybill/recordings";

import { systemClock, type Clock } from "./clock.js";
import { faultOf, Turnstile, type DemoFault } from "./demo-fault.js";
import { freshener, withoutUsage } from "./fresh-answer.js";
import { instantPace, naturalPace } from "./pace.js";
import { pacedStream, pacedWhole, type Sending } from "./paced-answer.js";
import { problem, unknownEndpoint, unknownModel, unknownPrompt, type RecordedPrompt } from "./problems.js";
import { essenceOf, membersOf } from "./request-essence.js";

/** What the bundled upstream is made of. */
export type BundledUpstreamOptions = {
  recordings: readonly Recording[];
  /** `natural`, the default, sends as a busy service does; `instant` does not wait at all. */
  pace?: "natural" | "instant" | undefined;
  /** From 0 up to, but not, 1; `Math.random` by default. */
  random?: (() => number) | undefined;
  clock?: Clock | undefined;
};

/** Events behind which a stream is cut that is to be cut. */
const CUT_AFTER = 6;

const REQUESTS_PER_MINUTE = 10_000;

/**
 * A `fetch` that answers as an API would, from recordings, without a key and without the network. It answers whoever asks
 * what was recorded, and anybody else with an error that says what was. Every answer has an id and a time of its own.
 */
export function createBundledUpstream(options: BundledUpstreamOptions): typeof fetch {
  const { recordings, random = Math.random, clock = systemClock } = options;
  const replay = createReplayFetch(memoryStore(recordings), { match: "request" });
  const prompts = recordings.map(promptOf);
  const models = [...new Set(prompts.map(({ model }) => model))].toSorted();
  const byEssence = new Map(prompts.map((prompt) => [essenceOf(prompt.endpoint, prompt.body), prompt]));
  const turnstile = new Turnstile();
  let calls = 0;

  return async (input, init) => {
    const request = new Request(input, init);
    const { signal } = request;
    signal.throwIfAborted();
    const path = new URL(request.url).pathname;
    const endpoint = endpointOf(path);
    if (request.method === "GET") return modelsAnswer(path, models);
    const text = await request.text();
    const body = parsed(text);
    const pace = options.pace === "instant" ? instantPace : naturalPace(random);
    const callId = idOf(random, calls++);
    const headers = serviceHeaders(callId, pace.headers, calls);
    await clock.wait(pace.headers, signal);
    signal.throwIfAborted();
    const fault = faultOf(request.headers);
    const refused = faultAnswer(fault, turnstile, headers);
    if (refused) return refused;
    const { model } = membersOf(body);
    if (!prompts.some((prompt) => prompt.endpoint === endpoint)) return unknownEndpoint(request.method, path);
    if (body !== undefined && !models.some((name) => name === model)) return unknownModel(model, models);
    const prompt = byEssence.get(essenceOf(endpoint, body));
    const found = await replay(request.url, {
      method: "POST",
      body: prompt ? askedLike(prompt, body) : text,
      signal,
    });
    if (found.status === 404) return unknownPrompt(endpoint, String(model), body, prompts);
    const sending: Sending = {
      clock,
      pace,
      signal,
      change: changeOf(endpoint, body, freshener(callId, clock.now())),
      cutAfter: fault?.kind === "cut" ? CUT_AFTER : undefined,
    };
    return sent(found, sending, headers);
  };
}

async function sent(found: Response, sending: Sending, headers: Record<string, string>): Promise<Response> {
  const all = new Headers(found.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  const isStream = all.get("content-type")?.startsWith("text/event-stream") ?? false;
  const body =
    isStream && found.body ? pacedStream(found.body, sending) : await pacedWhole(await found.text(), sending);
  return new Response(body, { status: found.status, headers: all });
}

function promptOf({ request }: Recording): RecordedPrompt {
  const body = request.payload ?? request.body ?? {};
  const { model } = membersOf(body);
  return {
    endpoint: endpointOf(request.url ?? ""),
    model: typeof model === "string" ? model : (request.model ?? ""),
    body,
  };
}

/** `chat/completions`, or the last part of a path. */
function endpointOf(path: string): string {
  return /(?:^|\/)(chat\/completions|[^/]*)\/?$/.exec(path)?.[1] ?? "";
}

/** The body that was recorded, so that it is found; only how vectors are written is the caller's choice. */
function askedLike({ body }: RecordedPrompt, asked: unknown): string {
  const { encoding_format: format } = membersOf(asked);
  return JSON.stringify(format === undefined ? body : { ...membersOf(body), encoding_format: format });
}

function changeOf(
  endpoint: string,
  body: unknown,
  refresh: (text: string) => string,
): (text: string) => string {
  const { stream, stream_options: streamOptions } = membersOf(body);
  const hidesUsage =
    endpoint === "chat/completions" && stream === true && membersOf(streamOptions)["include_usage"] !== true;
  return hidesUsage ? (text) => refresh(withoutUsage(text)) : refresh;
}

function faultAnswer(
  fault: DemoFault | undefined,
  turnstile: Turnstile,
  headers: Record<string, string>,
): Response | undefined {
  if (fault?.kind === "500") {
    const message = "The server had an error while processing your request. Sorry about that!";
    return problem(500, { message, type: "server_error", code: null }, headers);
  }
  if (fault?.kind !== "429" || !turnstile.sendsAway(fault.callId)) return undefined;
  const message = `Rate limit reached for requests: Limit ${REQUESTS_PER_MINUTE} / min. Please try again in 1s.`;
  return problem(
    429,
    { message, type: "requests", code: "rate_limit_exceeded" },
    {
      ...headers,
      "retry-after": "1",
      "x-ratelimit-remaining-requests": "0",
      "x-ratelimit-reset-requests": "1s",
    },
  );
}

function modelsAnswer(path: string, models: readonly string[]): Response {
  const list = models.map((id) => ({ id, object: "model", created: 0, owned_by: "recordings" }));
  const name = /\/models\/(.+)$/.exec(decoded(path))?.[1];
  if (name === undefined) {
    return /\/models\/?$/.test(path)
      ? Response.json({ object: "list", data: list })
      : unknownEndpoint("GET", path);
  }
  const model = list.find(({ id }) => id === name);
  return model ? Response.json(model) : unknownModel(name, models);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function serviceHeaders(callId: string, processingMs: number, calls: number): Record<string, string> {
  return {
    "x-request-id": `req_${callId}`,
    "openai-processing-ms": String(Math.round(processingMs)),
    "x-ratelimit-limit-requests": String(REQUESTS_PER_MINUTE),
    "x-ratelimit-remaining-requests": String(REQUESTS_PER_MINUTE - 1 - (calls % 100)),
  };
}

/** An id that no other call of this process has, and hardly one of another. */
function idOf(random: () => number, call: number): string {
  const chance = Array.from({ length: 2 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(36)
      .padStart(7, "0"),
  );
  return `${chance.join("")}${call.toString(36).padStart(6, "0")}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
