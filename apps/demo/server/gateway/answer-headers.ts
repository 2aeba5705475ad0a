import type { StandardLoggingPayloadEmit } from "@waybill/core";

import { headersBack } from "../access/headers.js";
import type { GatewayContext } from "./call-context.js";
import type { Admission } from "./parts.js";

/** Milliseconds that the gateway took before the API was asked, and that the API took to answer. */
export type Spent = { gatewayMs: number; upstreamMs: number };

/** The headers of an answer: the API's, and ours beside them. */
export function answerHeaders(
  answer: Headers,
  { callId, traceId }: GatewayContext,
  model: string | undefined,
  { gatewayMs, upstreamMs }: Spent,
  { remaining }: Admission,
): Record<string, string> {
  const timing = `gateway;dur=${gatewayMs.toFixed(1)}, upstream;dur=${upstreamMs.toFixed(1)}`;
  const theirs = answer.get("server-timing");
  return {
    "x-request-id": callId,
    ...headersBack(answer),
    ...ownHeaders(callId, traceId),
    ...(model === undefined ? {} : { "x-waybill-model": headerText(model) }),
    // A list, to which everybody on the way adds.
    "server-timing": theirs === null ? timing : `${theirs}, ${timing}`,
    ...(remaining === null ? {} : { "x-waybill-budget-remaining": remaining }),
  };
}

export function ownHeaders(callId: string, traceId: string): Record<string, string> {
  return { "x-waybill-id": headerText(callId), "x-waybill-trace-id": headerText(traceId) };
}

/** What a call cost, for an answer whose end is known before its headers go out. */
export function costHeaders(payload: StandardLoggingPayloadEmit | undefined): Record<string, string> {
  if (!payload) return {};
  const { status, exact } = payload.waybill.cost;
  return {
    "x-waybill-cost-status": status,
    ...(exact === null ? {} : { "x-waybill-cost": exact }),
  };
}

/** Text of a caller's as a header may have it. */
function headerText(text: string): string {
  return text.replace(/[^\u0020-\u007e]/g, "?").slice(0, 200);
}
