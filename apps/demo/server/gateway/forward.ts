import type { IncomingMessage, ServerResponse } from "node:http";

import type { StandardLoggingPayloadEmit } from "@waybill/core";
import type { ObservedFetch } from "@waybill/fetch";
import type { BodyWatcher } from "@waybill/stream";

import type { Refusal } from "../access/errors.js";
import { headersUpstream } from "../access/headers.js";
import { answerHeaders, costHeaders } from "./answer-headers.js";
import type { GatewayContext } from "./call-context.js";
import { CostComment } from "./cost-comment.js";
import { Deadline } from "./deadline.js";
import { brokenAnswer, noAnswer } from "./failures.js";
import { handBack } from "./hand-back.js";
import type { Admission, Caller, GatewayLimits, Upstream } from "./parts.js";

/** A call that was let in, on its way to the API and back. */
export type Forwarded = {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
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

/** The most of a plain answer that is held until its end is known, so that its headers can say what it cost. */
const MOST_HELD = 16 * 1024 * 1024;

/** Sends a call on and its answer back. Returns why there is none, when nothing was sent back yet. */
export async function forward(
  call: Forwarded,
  observe: ObservedFetch,
  upstream: Upstream,
  limits: GatewayLimits,
): Promise<Refusal | undefined> {
  const { incoming, outgoing, path, body, caller, context, arrivedAt } = call;
  const deadline = new Deadline(limits.headersMs);
  const onClose = (): void => deadline.abort(new DOMException("the caller went away", "AbortError"));
  outgoing.once("close", onClose);
  const place = new URL(upstream.base).host;
  const sentAt = performance.now();
  try {
    const { response, watcher } = await observe(
      `${upstream.base}${path}`,
      {
        method: incoming.method ?? "GET",
        headers: headersUpstream(incoming.headers, { upstream: upstream.key, callers: !caller.isOwnKey }),
        signal: deadline.signal,
        redirect: "error",
        ...(body ? { body } : {}),
      },
      context,
    );
    const spent = { gatewayMs: sentAt - arrivedAt, upstreamMs: performance.now() - sentAt };
    deadline.answered(limits.idleMs);
    outgoing.off("close", onClose);
    const headers = answerHeaders(response.headers, context, call.model, spent, call.admission);
    await sendBack(call, response, watcher, headers, deadline, place);
    return undefined;
  } catch (error) {
    // The caller is not there to be told.
    if (outgoing.destroyed && !outgoing.headersSent) return undefined;
    return noAnswer(error, place);
  } finally {
    outgoing.off("close", onClose);
    deadline.end();
  }
}

async function sendBack(
  call: Forwarded,
  response: Response,
  watcher: BodyWatcher | undefined,
  headers: Record<string, string>,
  deadline: Deadline,
  place: string,
): Promise<void> {
  const { outgoing } = call;
  const { body, status } = response;
  if (!body) {
    outgoing.writeHead(status, headers).end();
    return;
  }
  const isStream = response.headers.get("content-type")?.includes("event-stream") === true;
  const sink = isStream ? streamSink(call, status, headers) : wholeSink(call, status, headers);
  const how = await handBack(body, outgoing, {
    watcher,
    write: sink.write,
    onPiece: () => deadline.piece(),
    leave: (reason) => deadline.abort(reason),
  });
  if (how.how === "whole") sink.end();
  else if (how.how === "cut") sink.cut(brokenAnswer(how.error, place));
}

/** Where the pieces of an answer go. `write` says whether there is room for more. */
type Sink = { write: (piece: Uint8Array) => boolean; end: () => void; cut: (why: Refusal) => void };

/** Pieces go out as they come. */
function streamSink(
  { outgoing, incoming, payload }: Forwarded,
  status: number,
  headers: Record<string, string>,
): Sink {
  const comment = incoming.headers["x-waybill-include"] === "cost" ? new CostComment() : undefined;
  outgoing.writeHead(status, headers);
  // The headers are an answer already: who waits for them does not wait for the first piece.
  outgoing.flushHeaders();
  return {
    write: comment
      ? (piece) => {
          const passed = comment.pass(piece);
          return passed.length === 0 || outgoing.write(passed);
        }
      : (piece) => outgoing.write(piece),
    end: () => outgoing.end(comment?.end(payload())),
    // No `[DONE]`: what there is of the answer is not all of it.
    cut: ({ body }) => outgoing.end(`data: ${JSON.stringify(body)}\n\n`),
  };
}

/** The answer waits for its end, so that its headers can say what it cost; a huge one does not. */
function wholeSink(call: Forwarded, status: number, headers: Record<string, string>): Sink {
  const { outgoing } = call;
  let held: Uint8Array[] | undefined = [];
  let bytes = 0;
  const release = (): void => {
    outgoing.writeHead(status, headers);
    for (const piece of held ?? []) outgoing.write(piece);
    held = undefined;
  };
  return {
    write: (piece) => {
      if (!held) return outgoing.write(piece);
      held.push(piece);
      bytes += piece.length;
      if (bytes > MOST_HELD) release();
      return true;
    },
    end: () => {
      if (!held) return outgoing.end();
      const whole = Buffer.concat(held);
      const all = { ...headers, ...costHeaders(call.payload()), "content-length": String(whole.length) };
      return outgoing.writeHead(status, all).end(whole);
    },
    cut: ({ status: refused, body, headers: more }) => {
      if (!held) return outgoing.destroy();
      const text = JSON.stringify(body);
      return outgoing
        .writeHead(refused, { ...headers, ...more, "content-type": "application/json" })
        .end(text);
    },
  };
}
