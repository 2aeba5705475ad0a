import type { IncomingMessage, ServerResponse } from "node:http";

import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { apiOf, observeFetch } from "@waybill/fetch";
import { Hono } from "hono";

import { jsonObjectOf, readBody } from "../access/body.js";
import { shuttingDown, type Refusal } from "../access/errors.js";
import { ownHeaders } from "./answer-headers.js";
import { callContext, type GatewayContext } from "./call-context.js";
import { internal } from "./failures.js";
import { forward } from "./forward.js";
import type { Admission, Caller, GatewayParts } from "./parts.js";
import { refusalRecord } from "./refusal-record.js";
import { waybillRoute } from "./waybill-route.js";

/** A call while it is under way: whoever waits for its record. */
type OpenCall = { admission: Admission; payload: StandardLoggingPayloadEmit | undefined };

/** A call without a budget: nothing is held, and nothing is left over. */
const unlimited: Admission = { remaining: null, settle: async () => {}, release: async () => {} };

/**
 * The gateway: `/v1` of an OpenAI-compatible API, and of Anthropic's, as its callers know it, with every call on record. What
 * is no call of a model passes through.
 */
export function createGateway(parts: GatewayParts): Hono<{ Bindings: HttpBindings }> {
  const { upstream, door, limits, now = Date.now, newId = () => crypto.randomUUID() } = parts;
  const open = new Map<string, OpenCall>();
  const callers = new Map<string, Caller>();
  const observe = observeFetch(upstream.fetch, {
    engine: parts.engine,
    redact: parts.redactor ?? false,
    idFrom: "call",
    now,
    newId,
    ...(upstream.provider === undefined ? {} : { provider: upstream.provider }),
    ...(parts.includeUsage ? { includeUsage: true } : {}),
    onEvent: parts.onEvent,
    onStart: (call) => parts.live.start(call, callers.get(call.id) ?? nobody),
    onPayload: (payload) => recorded(payload),
  });

  /** The record of a call is made: the budget is charged, and the record goes on its way. */
  function recorded(payload: StandardLoggingPayloadEmit): void {
    const call = open.get(payload.id);
    if (call) call.payload = payload;
    const { exact } = payload.waybill.cost;
    const { settle, release } = call?.admission ?? unlimited;
    void (costsNothing(payload) ? release() : settle(exact));
    parts.record(payload);
    parts.live.end(payload.id);
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [arrivedAt, startTime] = [performance.now(), now()];
    const url = new URL(incoming.url ?? "/", "http://gateway");
    const api = incoming.method === "POST" ? apiOf(url.pathname) : undefined;
    const headers = headersOf(incoming);
    const callId = newId();
    const entry = door.authenticate(headers);
    const caller = entry.ok ? entry.caller : nobody;
    const about = { callId, tags: parts.tags, address: incoming.socket.remoteAddress };
    const context = callContext(headers, caller, about);
    let request: Record<string, unknown> = {};

    const refuse = (refusal: Refusal): void => {
      sendRefusal(outgoing, refusal, context);
      if (!api) return;
      const { provider = "openai", base: apiBase } = upstream;
      const record = refusalRecord({
        api,
        request,
        refusal,
        context,
        provider,
        apiBase,
        startTime,
        endTime: now(),
      });
      parts.record(parts.redactor ? parts.redactor.payload(record) : record);
    };

    if (!entry.ok) return refuse(entry.refusal);
    if (parts.isDraining()) return refuse(shuttingDown());
    const hasBody = incoming.method !== "GET" && incoming.method !== "HEAD";
    const body = hasBody ? await readBody(incoming, limits.maxBodyBytes) : undefined;
    if (body && !body.ok) return refuse(body.refusal);
    let admission = unlimited;
    if (api && body) {
      const read = jsonObjectOf(body.bytes);
      if (!read.ok) return refuse(read.refusal);
      request = read.value;
      const admitted = await door.admit(caller, { api, model: modelOf(request), request });
      if (!admitted.ok) return refuse(admitted.refusal);
      admission = admitted.admission;
    }
    const call: OpenCall = { admission, payload: undefined };
    open.set(callId, call);
    callers.set(callId, caller);
    try {
      const path = `${url.pathname.slice("/v1".length)}${url.search}`;
      const refusal = await forward(
        {
          incoming,
          outgoing,
          path,
          body: body?.bytes,
          caller,
          context,
          admission,
          model: modelOf(request) || undefined,
          arrivedAt,
          payload: () => call.payload,
        },
        observe,
        upstream,
        limits,
      );
      // It has its record already: it was sent.
      if (refusal) sendRefusal(outgoing, refusal, context);
    } finally {
      open.delete(callId);
      callers.delete(callId);
      // No record of it was made: it was no call of a model after all.
      if (!call.payload) await admission.release();
    }
  }

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/v1/waybills/:id", waybillRoute(parts));
  app.all("/v1/*", async ({ env: { incoming, outgoing } }) => {
    try {
      await answer(incoming, outgoing);
    } catch (error) {
      parts.onEvent?.({ type: "failed", what: "the gateway", error });
      sendRefusal(outgoing, internal(error), { callId: newId(), traceId: "" });
    }
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

const nobody: Caller = { hash: null, alias: null, lastFour: null, isOwnKey: false };

/** A call that the API refused or never got costs nothing. One that broke off may have cost something. */
function costsNothing({ status, error_information: error, waybill }: StandardLoggingPayloadEmit): boolean {
  if (status !== "failure" || waybill.usage || waybill.timing) return false;
  const { error_code: code, error_class: kind } = error ?? {};
  return /^[45][0-9]{2}$/.test(code ?? "") || notReached.has(kind ?? "");
}

/** The network's words for an API that was not there. */
const notReached: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function modelOf(request: Record<string, unknown>): string {
  return typeof request["model"] === "string" ? request["model"] : "";
}

function sendRefusal(
  outgoing: ServerResponse,
  { status, body, headers }: Refusal,
  { callId, traceId }: Pick<GatewayContext, "callId" | "traceId">,
): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const all = {
    "content-type": "application/json",
    "x-request-id": callId,
    ...ownHeaders(callId, traceId),
    ...headers,
    // What is left of a body that was refused is not read: the connection cannot be used again.
    ...(status === 413 ? { connection: "close" } : {}),
  };
  outgoing.writeHead(status, all).end(JSON.stringify(body));
}

function headersOf(incoming: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  return headers;
}
