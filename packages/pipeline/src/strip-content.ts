import type { StandardLoggingPayload } from "@waybill/core";

import { isObject, type Members } from "./members.js";

/** What of an answer is kept: nothing that anybody wrote. */
const kept = ["id", "object", "created", "model", "system_fingerprint", "service_tier", "usage"];

/**
 * A payload without what people and models wrote, for when there is little room: ids, counts, costs and times stay, prompts,
 * answers, tools and the caller's metadata go, and error texts are cut short. `waybill.degraded` says `content`.
 */
export function stripContent(payload: StandardLoggingPayload): StandardLoggingPayload {
  const stripped: Members = { ...payload };
  if (stripped["messages"] !== undefined) stripped["messages"] = null;
  if (stripped["response"] !== undefined) stripped["response"] = answerWithout(stripped["response"]);
  if (stripped["model_parameters"] !== undefined)
    stripped["model_parameters"] = scalarsOf(stripped["model_parameters"]);
  const metadata = stripped["metadata"];
  if (isObject(metadata)) {
    stripped["metadata"] = {
      ...metadata,
      requester_metadata: null,
      mcp_tool_call_metadata: null,
      vector_store_request_metadata: null,
    };
  }
  if (stripped["guardrail_information"] !== undefined) stripped["guardrail_information"] = null;
  if (typeof stripped["error_str"] === "string") stripped["error_str"] = stripped["error_str"].slice(0, 200);
  const error = stripped["error_information"];
  if (isObject(error)) {
    const { error_message: message } = error;
    stripped["error_information"] = {
      ...error,
      traceback: "",
      ...(typeof message === "string" ? { error_message: message.slice(0, 200) } : {}),
    };
  }
  return markDegraded(stripped as StandardLoggingPayload, "content");
}

/** Says in a payload that it is less than what was handed in. */
export function markDegraded(payload: StandardLoggingPayload, why: string): StandardLoggingPayload {
  const waybill = (payload as Members)["waybill"];
  const known = isObject(waybill) ? waybill : {};
  const before = typeof known["degraded"] === "string" ? known["degraded"] : "";
  if (before.split("; ").includes(why)) return payload;
  const degraded = before === "" ? why : `${before}; ${why}`;
  return { ...payload, waybill: { ...known, degraded } } as StandardLoggingPayload;
}

function answerWithout(response: unknown): unknown {
  if (!isObject(response)) return typeof response === "object" && response !== null ? {} : null;
  const answer = Object.fromEntries(
    kept.filter((name) => response[name] !== undefined).map((name) => [name, response[name]]),
  );
  const { choices } = response;
  if (!Array.isArray(choices)) return answer;
  return {
    ...answer,
    choices: choices
      .filter(isObject)
      .map(({ index, finish_reason: reason, native_finish_reason: native }) => ({
        ...(typeof index === "number" ? { index } : {}),
        ...(typeof reason === "string" ? { finish_reason: reason } : {}),
        ...(typeof native === "string" ? { native_finish_reason: native } : {}),
      })),
  };
}

/** Schemas of answers and the like are large, and texts. */
function scalarsOf(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => ["number", "boolean"].includes(typeof member)),
  );
}
