import type { LiveCall } from "@waybill/fetch";

import type { LiveRow } from "../api/schemas.js";
import { membersOf, textOf } from "../ledger/members.js";
import type { LiveContext, LiveState } from "./live-calls.js";
import { tailOf } from "./live-text.js";

/** A call that is under way as lists show it, with the last so many characters of what it says. */
export function liveRowOf(call: LiveCall, context: LiveContext, state: LiveState, length: number): LiveRow {
  const request = membersOf(call.request);
  const { traceId, sessionId, userId, tags } = call.context;
  const tail = tailOf(state.text, length);
  return {
    id: call.id,
    status: "streaming",
    startedAt: new Date(call.startTime).toISOString(),
    api: call.api,
    provider: call.provider,
    modelAsked: textOf(request.model),
    key: context.key ?? null,
    stream: request.stream === true,
    tags: [...new Set([...(tags ?? []), ...(context.tags ?? [])])],
    traceId: traceId ?? null,
    sessionId: sessionId ?? null,
    userId: userId ?? textOf(request.user),
    text: tail,
    skipped: state.text.length - tail.length,
    ...estimates(state),
  };
}

/** What is known of an answer that is being written. */
export function estimates({
  tokens,
  cost,
  ttftMs,
}: LiveState): Pick<LiveRow, "tokens" | "estimated" | "cost" | "ttftMs"> {
  return { tokens, estimated: true, cost, ttftMs };
}
