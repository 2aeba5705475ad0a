import type { StandardLoggingPayload } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import { doubles, flags, ints, lists, texts, toKeyValues } from "./attributes.js";
import { isWord, readCall, type Call } from "./call.js";
import { contentOf } from "./content.js";
import { parentOf, toSpanId, toTraceId } from "./ids.js";
import { listOf, membersOf, textOf } from "./members.js";
import { generations, renamed } from "./names.js";
import { envelopeOf, type MappingOptions } from "./options.js";
import type { KeyValue, OtlpSpan, OtlpTraces } from "./wire.js";

/** How payloads are mapped, and who hears of those that cannot be. */
export type TracesOptions = MappingOptions & {
  /** Called for a payload that is left out: it is no object, has no id, or throws when it is read. */
  onUnmappable?: ((index: number, reason: string) => void) | undefined;
};

/** Maps payloads to the body of `POST /v1/traces`: a span for each. Pure: equal payloads give equal spans, ids included. */
export function toOtlpTraces(
  payloads: readonly StandardLoggingPayload[],
  options: TracesOptions = {},
): OtlpTraces {
  const { resource, scope } = envelopeOf(options);
  const spans = payloads.flatMap((payload, index) => {
    try {
      return [toOtlpSpan(payload, options)];
    } catch (error) {
      options.onUnmappable?.(index, wordsOf(error));
      return [];
    }
  });
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
}

/**
 * The span of one payload. Without content it says so, as `waybill.degraded`.
 * @throws TypeError when the payload has no id; what its getters throw
 */
export function toOtlpSpan(
  payload: StandardLoggingPayload,
  options: MappingOptions = {},
  withContent = true,
): OtlpSpan {
  const { conventions = "v1.41", content: mode = "none", maxContent = 65_536, errorText, userId } = options;
  const id = textOf(payload.id, payload.litellm_call_id);
  if (id === undefined) throw new TypeError("neither id nor litellm_call_id");
  const call = readCall(payload);
  const { operation, model, waybill, errorType } = call;
  const parent = parentOf(waybill.traceparent);
  // One edge stands for both; a call without any is at the epoch, which shows that its time is unknown.
  const start = call.start ?? call.end ?? 0n;
  const end = call.end !== undefined && call.end > start ? call.end : start;
  const isCaptured = mode !== "none";
  const content = isCaptured && withContent ? contentOf(payload, maxContent) : [];
  const failure =
    errorType === undefined ? undefined : failureOf(payload, errorType, errorText ?? isCaptured);
  const events = [
    { name: "exception", attributes: failure?.attributes ?? [] },
    {
      name: "gen_ai.client.inference.operation.details",
      attributes: (mode !== "attributes" && content) || [],
    },
  ].filter(({ attributes }) => attributes.length > 0);
  const own = [
    ...call.attributes,
    ...requestAttributes(payload),
    ...responseAttributes(payload, call),
    ...costAttributes(call, options.costKeys ?? ["gen_ai.usage.cost"]),
    ...waybillAttributes(payload, waybill),
    ...texts({
      "user.id": userId ? payload.end_user : "",
      "waybill.call_id": id,
      "waybill.degraded": degradedOf(waybill.degraded, content !== undefined && withContent),
      "waybill.time": timeProblemOf(call),
    }),
    ...((mode !== "events" && content) || []),
  ];
  const more = toKeyValues(options.attributes?.(payload, withContent, call) ?? {});

  return {
    traceId: parent?.traceId ?? toTraceId(textOf(payload.trace_id) ?? id),
    spanId: toSpanId(id),
    ...(parent ? { parentSpanId: parent.spanId } : {}),
    flags: parent ? 0x301 : 0x101,
    name: model ? `${operation} ${model}` : operation,
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: [
      ...renamed(own, generations[conventions]).filter(({ key }) => !more.some((other) => other.key === key)),
      ...more,
    ],
    ...(events.length > 0
      ? { events: events.map((event) => ({ timeUnixNano: String(end), ...event })) }
      : {}),
    status: failure ? { code: 2, message: failure.message } : { code: 0 },
  };
}

function degradedOf(degraded: unknown, isWhole: boolean): string {
  return [textOf(degraded), isWhole ? "" : "content"].filter(Boolean).join(", ");
}

/** Why the times of a span are not those of its payload. */
function timeProblemOf({ start, end }: Call): string {
  if (start === undefined || end === undefined) return "missing";
  return end < start ? "end_before_start" : "";
}

/** What `response_format` and `modalities` ask for, in the conventions' words. */
const outputTypes = [
  ["json_object", "json"],
  ["json_schema", "json"],
  ["audio", "speech"],
  ["image", "image"],
  ["text", "text"],
] as const;

function requestAttributes(payload: StandardLoggingPayload): KeyValue[] {
  const parameters = membersOf(payload.model_parameters);
  const { n, service_tier: tier, response_format: format, modalities, stop } = parameters;
  const asked = [membersOf(format).type, ...listOf(modalities)];
  const metadata = membersOf(payload.metadata);
  const { session_id } = membersOf(metadata.spend_logs_metadata);
  return [
    ...texts({
      "gen_ai.conversation.id": textOf(payload.session_id, metadata.session_id, session_id),
      "gen_ai.output.type": outputTypes.find(([each]) => asked.includes(each))?.[1],
      "gen_ai.request.reasoning.level": parameters.reasoning_effort,
      "openai.request.service_tier": tier === "auto" ? "" : tier,
    }),
    ...doubles({
      "gen_ai.request.temperature": parameters.temperature,
      "gen_ai.request.top_p": parameters.top_p,
      "gen_ai.request.top_k": parameters.top_k,
      "gen_ai.request.frequency_penalty": parameters.frequency_penalty,
      "gen_ai.request.presence_penalty": parameters.presence_penalty,
    }),
    ...ints({
      "gen_ai.request.max_tokens": parameters.max_completion_tokens ?? parameters.max_tokens,
      "gen_ai.request.seed": parameters.seed,
      "gen_ai.request.choice.count": n === 1 ? "" : n,
    }),
    ...lists({ "gen_ai.request.stop_sequences": [stop].flat() }),
    ...flags({ "gen_ai.request.stream": payload.stream || "" }),
  ];
}

function responseAttributes(payload: StandardLoggingPayload, call: Call): KeyValue[] {
  const { response, usage, provider } = call;
  const isOpenai = provider.endsWith("openai") && call.operation === "chat";
  return [
    ...texts({
      "gen_ai.response.id": textOf(response.id, payload.id),
      ...(isOpenai
        ? {
            "openai.api.type": textOf(payload.call_type)?.includes("responses")
              ? "responses"
              : "chat_completions",
            "openai.response.service_tier": response.service_tier,
            "openai.response.system_fingerprint": response.system_fingerprint,
          }
        : {}),
    }),
    ...lists({
      "gen_ai.response.finish_reasons": listOf(response.choices).map(
        (choice) => textOf(membersOf(choice).finish_reason) ?? "error",
      ),
    }),
    ...ints({
      "gen_ai.usage.input_tokens": usage.input,
      "gen_ai.usage.output_tokens": usage.output,
      // A provider that reports no cache has not said that there was none.
      "gen_ai.usage.cache_read.input_tokens": usage.cacheRead || "",
      "gen_ai.usage.cache_creation.input_tokens": usage.cacheWrite || "",
      "gen_ai.usage.reasoning.output_tokens": usage.reasoning || "",
    }),
    ...doubles({ "gen_ai.response.time_to_first_chunk": call.firstChunk }),
  ];
}

function costAttributes({ cost, waybill }: Call, keys: readonly string[]): KeyValue[] {
  const { status, catalog, lines, reason } = membersOf(waybill.cost);
  return [
    ...doubles(Object.fromEntries(keys.map((key) => [key, cost?.amount]))),
    ...texts({
      "waybill.cost.status": status,
      "waybill.cost.reason": reason,
      "waybill.cost.catalog": catalog,
      "waybill.cost.amount": cost?.exact,
      "waybill.cost.currency": cost && "USD",
      "waybill.cost.source": cost && (cost.exact === undefined ? "claimed" : "local"),
      "waybill.cost.breakdown": listOf(lines).length > 0 && JSON.stringify(lines, lineMembers),
    }),
  ];
}

/** What is written of the lines of a bill. */
const lineMembers = ["kind", "count", "rate", "amount"];

/** What has no convention. */
function waybillAttributes(payload: StandardLoggingPayload, waybill: Call["waybill"]): KeyValue[] {
  const { user_api_key_hash, user_api_key_team_id } = membersOf(payload.metadata);
  const codes = listOf(waybill.diagnostics).map((diagnostic) => membersOf(diagnostic).code);
  return [
    ...texts({
      "waybill.trace_id": payload.trace_id,
      "waybill.key_hash": user_api_key_hash,
      "waybill.team": user_api_key_team_id,
      "waybill.status": waybill.status,
      "waybill.usage_source": waybill.usageSource,
    }),
    ...lists({ "waybill.tags": payload.request_tags, "waybill.diagnostics": [...new Set(codes)] }),
    ...flags({ "waybill.cache_hit": payload.cache_hit }),
    ...ints({ "waybill.attempts": listOf(waybill.attempts).length || "" }),
  ];
}

/** What failed: in the provider's words only if they may be told, since they may quote the prompt. */
function failureOf(
  payload: StandardLoggingPayload,
  errorType: string,
  isText: boolean,
): { message: string; attributes: KeyValue[] } {
  const { error_class, error_message } = membersOf(payload.error_information);
  const type = isWord(error_class) ? error_class : errorType;
  const words = isText ? textOf(error_message, payload.error_str)?.slice(0, 4096) : undefined;
  return {
    message: words ?? [...new Set([type, errorType])].join(" "),
    attributes: texts({ "exception.type": type, "exception.message": words }),
  };
}
