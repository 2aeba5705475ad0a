import type { IncomingMessage, ServerResponse } from "node:http";

import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { observeFetch } from "@waybill/fetch";
import { Hono } from "hono";

import { jsonObjectOf, readBody } from "../access/body.js";
import { internalError, shuttingDown, type Refusal } from "../access/errors.js";
import { callContext } from "./call-context.js";
import { forward } from "./forward.js";
import { OpenCalls } from "./open-calls.js";
import type { Admission, Caller, GatewayParts } from "./parts.js";
import { refusalRecord, type RefusedCall } from "./refusal-record.js";
import { sendRefusal } from "./refuse.js";
import { targetOf, type Target } from "./target.js";
import { waybillRoute } from "./waybill-route.js";

/** A call from its arrival until it is sent or refused: what is known of it so far. */
type Arrival = Target & {
  callId: string;
  headers: Headers;
  caller: Caller;
  body: Buffer | undefined;
  /** The body as it was read; empty as long as it was not. */
  request: Record<string, unknown>;
  admission: Admission;
};

/** A call without a budget: nothing is held, and nothing is left over. */
const unlimited: Admission = { remaining: null, settle: async () => {}, release: async () => {} };

/** The most of an answer that its record keeps: as much as the pipeline takes of one record. Bytes. */
const MOST_KEPT = 8 * 1024 * 1024;

const nobody: Caller = { hash: null, alias: null, lastFour: null, isOwnKey: false };

/**
 * The gateway: `/v1` of an OpenAI-compatible API, and of Anthropic's, as its callers know it, with every call on record. What
 * is no call of a model passes through.
 */
export function createGateway(parts: GatewayParts): Hono<{ Bindings: HttpBindings }> {
  const { upstream, door, limits, now = Date.now, newId = () => crypto.randomUUID() } = parts;
  const calls = new OpenCalls(parts);
  const observe = observeFetch(upstream.fetch, {
    engine: parts.engine,
    redact: parts.redactor ?? false,
    idFrom: "call",
    now,
    newId,
    ...(upstream.provider === undefined ? {} : { provider: upstream.provider }),
    ...(parts.includeUsage ? { includeUsage: true } : {}),
    maxAnswerBytes: limits.maxAnswerBytes ?? MOST_KEPT,
    onEvent: parts.onEvent,
    onStart: (call) => parts.live.start(call, calls.sent(call.id) ?? nobody),
    onPayload: (payload) => calls.recorded(payload),
  });

  /** Who calls, with what, and whether they may: fills in the arrival, and returns why the call is refused. */
  async function letIn(arrival: Arrival, incoming: IncomingMessage): Promise<Refusal | undefined> {
    const { api, headers } = arrival;
    const entry = door.authenticate(headers);
    if (!entry.ok) return entry.refusal;
    arrival.caller = entry.caller;
    if (parts.isDraining()) return shuttingDown();
    if (arrival.refusal) return arrival.refusal;
    const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
    const body = hasBody ? await readBody(incoming, limits.maxBodyBytes) : undefined;
    if (body && !body.ok) return body.refusal;
    arrival.body = body && body.bytes.length > 0 ? body.bytes : undefined;
    // Reading costs nothing; whatever else has no account may.
    if (!api) return hasBody ? door.admitUncounted(arrival.caller) : undefined;
    const read = jsonObjectOf(body?.bytes ?? Buffer.alloc(0));
    if (!read.ok) return read.refusal;
    arrival.request = read.value;
    const { request, caller } = arrival;
    const text = () => body?.bytes.toString() ?? "";
    const admitted = await door.admit(caller, { api, model: modelOf(request), request, text });
    if (!admitted.ok) return admitted.refusal;
    arrival.admission = admitted.admission;
    return undefined;
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [arrivedAt, startTime] = [performance.now(), now()];
    const target = targetOf(incoming);
    const arrival: Arrival = {
      ...target,
      callId: newId(),
      headers: headersOf(incoming),
      caller: nobody,
      body: undefined,
      request: {},
      admission: unlimited,
    };
    const { api, callId } = arrival;
    // A socket that is gone has none.
    const address = incoming.socket.remoteAddress;
    const failed = (error: unknown): Refusal => {
      calls.tell("the gateway", error);
      return internalError(callId);
    };

    const refused = await letIn(arrival, incoming).catch(failed);
    const { path, body, caller, request, admission } = arrival;
    const context = callContext(arrival.headers, caller, { callId, tags: parts.tags, address });
    const call = calls.open(callId, caller, admission);
    try {
      const sent = { incoming, outgoing, api, path, body, caller, context, admission, arrivedAt };
      const model = modelOf(request) || undefined;
      const payload = () => call.payload;
      const refusal =
        refused ?? (await forward({ ...sent, model, payload }, observe, upstream, limits).catch(failed));
      if (!refusal) return;
      sendRefusal(incoming, outgoing, refusal, context);
      // A call that was sent has its record already.
      if (api && !call.isSent) recordRefused({ api, request, refusal, context, startTime, endTime: now() });
    } finally {
      calls.close(callId);
    }
  }

  function recordRefused(refused: Omit<RefusedCall, "provider" | "apiBase">): void {
    const { provider = refused.api === "messages" ? "anthropic" : "openai", base: apiBase } = upstream;
    calls.guard("the record", () => {
      const record = refusalRecord({ ...refused, provider, apiBase });
      return parts.record(parts.redactor ? parts.redactor.payload(record) : record);
    });
  }

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/v1/waybills/:id", waybillRoute(parts));
  app.all("/v1/*", async ({ env: { incoming, outgoing } }) => {
    await answer(incoming, outgoing);
    return alreadySent();
  });
  app.onError((error) => {
    const id = newId();
    calls.tell("the gateway", error);
    const { status, body } = internalError(id);
    return Response.json(body, { status, headers: { "x-request-id": id } });
  });
  return app;
}

/**
 * Tells the server that the answer is written. For HEAD hono makes a response of its own out of this one, and the server's
 * class of responses forgets the mark on the way, unless the body of the first was asked for.
 */
function alreadySent(): Response {
  const sent = new Response(null, RESPONSE_ALREADY_SENT);
  void sent.body;
  return sent;
}

function modelOf(request: Record<string, unknown>): string {
  return typeof request["model"] === "string" ? request["model"] : "";
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return headers;
}
