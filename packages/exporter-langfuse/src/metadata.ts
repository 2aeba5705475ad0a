import type { StandardLoggingPayload } from "@waybill/core";
import type { Call } from "@waybill/exporter-otlp";

import { fit } from "./content.js";
import { countOf, isMembers, listOf, membersOf, textOf, withoutUndefined } from "./members.js";

/** Most characters of the caller's own metadata as JSON. */
const MAX_CALLER_METADATA = 65_536;

/** What is known of the rest of the call. */
type Known = { usage: Record<string, number> | undefined; losses: readonly string[] };

/** What of a call has no place of its own in Langfuse. */
export function metadataOf(
  payload: StandardLoggingPayload,
  { waybill, cost, provider }: Call,
  { usage, losses }: Known,
): Record<string, unknown> {
  const { status, reason } = membersOf(waybill.cost);
  const metadata = membersOf(payload.metadata);
  const caller = callerMetadata(metadata.requester_metadata);
  const total = countOf(membersOf(waybill.usage).total);
  const codes = listOf(waybill.diagnostics).flatMap((diagnostic) => textOf(membersOf(diagnostic).code) ?? []);
  const degraded = [textOf(waybill.degraded), ...losses, caller === null ? "metadata" : ""];
  return withoutUndefined({
    usage_source: usage ? (textOf(waybill.usageSource) ?? "provider") : "missing",
    cost_status: textOf(status),
    cost_reason: textOf(reason),
    cost_exact: cost?.exact,
    // The buckets sum to their own total; what the provider calls its total may hold other things.
    provider_total_tokens: total === undefined || total === usage?.total ? undefined : total,
    provider,
    call_type: textOf(payload.call_type),
    cache_hit: payload.cache_hit === true ? true : undefined,
    source_id: textOf(payload.id, payload.litellm_call_id),
    source_trace_id: textOf(payload.trace_id),
    key_hash: textOf(metadata.user_api_key_hash),
    key_alias: textOf(metadata.user_api_key_alias),
    team: textOf(metadata.user_api_key_team_id),
    attempts: listOf(waybill.attempts).length || undefined,
    diagnostics: codes.length > 0 ? [...new Set(codes)] : undefined,
    degraded: degraded.filter(Boolean).join(", ") || undefined,
    requester_metadata: caller ?? undefined,
  });
}

/** The caller's metadata, cut where it is long; null when it has no JSON text. */
function callerMetadata(value: unknown): object | null | undefined {
  if (!isMembers(value)) return undefined;
  try {
    const fitted = fit(value, MAX_CALLER_METADATA).value;
    return isMembers(fitted) ? (Object.keys(fitted).length > 0 ? fitted : undefined) : null;
  } catch {
    return null;
  }
}
