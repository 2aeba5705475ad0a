import type { StandardLoggingPayloadEmit } from "@waybill/core";
import type { Context } from "hono";

import { refusal } from "../access/errors.js";
import type { GatewayParts } from "./parts.js";

/**
 * `GET /v1/waybills/:id`: what a call cost and how it went, for whoever made it. A streamed answer cannot carry its cost in
 * a header.
 */
export function waybillRoute({ door, payloadText }: GatewayParts) {
  return async (context: Context): Promise<Response> => {
    const entry = door.authenticate(context.req.raw.headers);
    if (!entry.ok) return answer(entry.refusal.status, entry.refusal.body);
    const id = context.req.param("id") ?? "";
    const text = await payloadText(id);
    const payload = text === null ? undefined : (JSON.parse(text) as StandardLoggingPayloadEmit);
    const hash = payload?.metadata.user_api_key_hash ?? null;
    // To others it is not there.
    if (!payload || (hash !== null && hash !== entry.caller.hash)) {
      const why = `there is no call ${JSON.stringify(id.slice(0, 100))}; its record is written a moment after its answer`;
      return answer(404, refusal(404, "waybill_not_found", why).body);
    }
    const { waybill, status, model, custom_llm_provider: provider, trace_id: traceId } = payload;
    const { cost, usage, usageSource, timing, diagnostics } = waybill;
    return answer(200, {
      object: "waybill",
      id: payload.id,
      trace_id: traceId,
      status: status === "failure" ? "failure" : waybill.status,
      model,
      provider,
      cost,
      usage,
      usage_source: usageSource,
      timing,
      diagnostics,
    });
  };
}

function answer(status: number, body: unknown): Response {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return new Response(JSON.stringify(body), { status, headers });
}
