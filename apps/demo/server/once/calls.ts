import type { CostResult, Issue, Recording, StandardLoggingPayloadEmit, StreamResult } from "@waybill/core";
import { checkStandardLoggingPayloadEmit } from "@waybill/core/emit";
import type { CostEngine } from "@waybill/cost";
import { buildPayload } from "@waybill/payload";
import { recordingChunks } from "@waybill/recordings";
import { accumulate, encodeSse } from "@waybill/stream";

/** A recorded call after its way through the whole of Waybill. */
export type ReplayedCall = {
  recording: string;
  result: StreamResult;
  cost: CostResult;
  payload: StandardLoggingPayloadEmit;
  payloadIssues: Issue[];
};

/**
 * Takes a recorded call along the way of a live one: its chunks become the bytes of an event stream, the bytes a
 * completion, the usage a cost, and all of it a payload.
 */
export async function replayCall(
  name: string,
  recording: Recording,
  engine: CostEngine,
): Promise<ReplayedCall> {
  const startedAt = performance.now();
  const startTime = Date.now() / 1000;
  const result = await accumulate(encodeSse(recordingChunks(recording)), { startedAt });
  const endTime = startTime + (performance.now() - startedAt) / 1000;
  const request = requestOf(recording);
  const cost = engine.price({
    model: result.completion.model ?? request.model ?? "",
    usage: result.usage,
    serviceTier: result.completion.service_tier,
  });
  const { url, endpoint } = recording.request;
  const payload = buildPayload({
    request,
    result,
    cost,
    startTime,
    endTime,
    provider: "openai",
    apiBase: url && endpoint && url.endsWith(endpoint) ? url.slice(0, -endpoint.length) : (url ?? ""),
    context: { tags: ["demo"], ...(recording.test_id ? { metadata: { test_id: recording.test_id } } : {}) },
  });
  const checked = checkStandardLoggingPayloadEmit(payload);
  return { recording: name, result, cost, payload, payloadIssues: checked.ok ? [] : checked.issues };
}

/** Why a recording is of no chat call, with the place; only those have chunks that make a completion. */
export function refusalOf({ request, response }: Recording): { path: string; message: string } | undefined {
  if (response.is_exception) return undefined;
  if (!(request.endpoint ?? request.url ?? "").endsWith("/chat/completions")) {
    const message = "a recording, but not of a chat completion; only those are replayed here";
    return { path: "/request/endpoint", message };
  }
  if (typeof response.body === "object" && response.body !== null) return undefined;
  const message =
    "a recording without an answer in it; only answers of chunks or of a completion are replayed here";
  return { path: "/response/body", message };
}

function requestOf(recording: Recording): { model?: string } & Record<string, unknown> {
  const { body } = recording.request;
  return typeof body === "object" && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : {};
}
