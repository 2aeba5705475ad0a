import type { IncomingMessage, ServerResponse } from "node:http";

import type { StandardLoggingPayloadEmit } from "@waybill/core";
import type { Api, Observation, ObservedFetch } from "@waybill/fetch";

import { callerLeft, type Refusal } from "../access/errors.js";
import { headersUpstream } from "../access/headers.js";
import { answerHeaders } from "./answer-headers.js";
import type { GatewayContext } from "./call-context.js";
import { CostComment } from "./cost-comment.js";
import { Deadline, STALL_MS } from "./deadline.js";
import { brokenAnswer, noAnswer } from "./failures.js";
import { handBack } from "./hand-back.js";
import type { Admission, Caller, GatewayLimits, Upstream } from "./parts.js";
import { editedSink, eventSink, heldSink, rawSink, type Sink } from "./sinks.js";

/** A call that was let in, on its way to the API and back. */
export type Forwarded = {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** Undefined for what is no call of a model. */
  api: Api | undefined;
  /** Path and query behind `/v1`. */
  path: string;
  /** Bytes of the body; undefined for a request without one. */
  body: Buffer | undefined;
  caller: Caller;
  context: GatewayContext;
  admission: Admission;
  model: string | undefined;
  /** When it came in, on the monotonic clock. */
  arrivedAt: number;
  /** The record of the call, once it is made. */
  payload: () => StandardLoggingPayloadEmit | undefined;
};

/** Sends a call on and its answer back. Returns why there is none, when nothing was sent back yet. */
export async function forward(
  call: Forwarded,
  observe: ObservedFetch,
  upstream: Upstream,
  limits: GatewayLimits,
): Promise<Refusal | undefined> {
  const { outgoing, context, arrivedAt } = call;
  // Who left while it was being let in.
  if (outgoing.destroyed) return callerLeft();
  const { stallMs = STALL_MS } = limits;
  const deadline = new Deadline(limits.headersMs, stallMs);
  const onClose = (): void => deadline.abort(new DOMException("the caller went away", "AbortError"));
  outgoing.once("close", onClose);
  const place = new URL(upstream.base).host;
  const sentAt = performance.now();
  try {
    const observation = await send(call, observe, upstream, deadline.signal).catch((error: unknown) =>
      noAnswer(error, place),
    );
    if (!("response" in observation)) return observation;
    const spent = { gatewayMs: sentAt - arrivedAt, upstreamMs: performance.now() - sentAt };
    deadline.answered(limits.idleMs);
    const { headers } = observation.response;
    const back = answerHeaders(headers, context, call.model, spent, call.admission);
    await sendBack(call, observation, back, deadline, place);
    // The answer may be written and not be taken. The system counts what is: a slow reader is none that stalls.
    outgoing.setTimeout(stallMs, () => outgoing.destroy());
    return undefined;
  } finally {
    outgoing.off("close", onClose);
    deadline.end();
  }
}

function send(
  { incoming, path, body, caller, context }: Forwarded,
  observe: ObservedFetch,
  { base, key, passHeaders = {} }: Upstream,
  signal: AbortSignal,
): Promise<Observation> {
  const headers = headersUpstream(incoming.headers, { upstream: key, callers: !caller.isOwnKey });
  for (const [name, as] of Object.entries(passHeaders)) {
    const value = incoming.headers[name];
    if (typeof value === "string") headers.set(as, value);
  }
  const init = {
    method: incoming.method ?? "GET",
    headers,
    signal,
    redirect: "error" as const,
    ...(body ? { body } : {}),
  };
  return observe(`${base}${path}`, init, context);
}

async function sendBack(
  call: Forwarded,
  { response, watcher, edit }: Observation,
  headers: Record<string, string>,
  deadline: Deadline,
  place: string,
): Promise<void> {
  const { body, status } = response;
  if (!body) {
    call.outgoing.writeHead(status, headers).end();
    return;
  }
  try {
    const plain = sinkOf(call, status, headers);
    const sink = edit ? editedSink(plain, edit) : plain;
    const options = { watcher, write: sink.write, deadline };
    const handed = await handBack(body, call.outgoing, options);
    if (handed.how === "whole") sink.end();
    else if (handed.how === "cut") sink.cut(brokenAnswer(handed.error, place));
  } catch (error) {
    // The books are closed whatever happens; of a call that is over this is news to nobody.
    deadline.abort(error);
    watcher?.end("upstream", error);
    throw error;
  }
}

function sinkOf(call: Forwarded, status: number, headers: Record<string, string>): Sink {
  const { api, outgoing, incoming, payload } = call;
  const type = headers["content-type"] ?? "";
  if (type.includes("event-stream")) {
    const comment = incoming.headers["x-waybill-include"] === "cost" ? new CostComment() : undefined;
    return eventSink(outgoing, { status, headers }, api, comment, payload);
  }
  if (api || type.includes("json")) return heldSink(outgoing, { status, headers }, payload);
  return rawSink(outgoing, { status, headers });
}
