import type { StandardLoggingPayload } from "@waybill/core";

import { ints, texts } from "./attributes.js";
import { membersOf, textOf, type Members } from "./members.js";
import { operationOf, providerOf, serverOf } from "./provider.js";
import { secondsBetween, toNanoseconds } from "./time.js";
import { usageOf, type Usage } from "./usage.js";
import type { KeyValue } from "./wire.js";

/** What both a span and metrics say of a call. What is unknown is undefined. */
export type Call = {
  operation: string;
  provider: string;
  model: string | undefined;
  /** Operation, provider, models, server and error. */
  attributes: KeyValue[];
  /** Present for a failure: a word by which failures group. */
  errorType: string | undefined;
  /** Epoch nanoseconds. */
  start: bigint | undefined;
  end: bigint | undefined;
  /** Seconds to the first chunk of a stream. */
  firstChunk: number | undefined;
  usage: Usage;
  /** USD as a double, and as exact decimal text when the payload has it. */
  cost: { amount: number; exact?: string } | undefined;
  response: Members;
  waybill: Members;
};

/** Reads a payload of LiteLLM or of Waybill, of any age. */
export function readCall(payload: StandardLoggingPayload & { waybill?: unknown }): Call {
  const { custom_llm_provider, error_information, startTime, endTime, completionStartTime: first } = payload;
  const [response, waybill, hidden] = [payload.response, payload.waybill, payload.hidden_params].map(
    membersOf,
  ) as [Members, Members, Members];
  const { error_code, error_class } = membersOf(error_information);
  const errorType =
    payload.status === "failure" ? ([error_code, error_class].find(isWord) ?? "_OTHER") : undefined;
  const { host, port } = serverOf(textOf(payload.api_base, hidden.api_base));
  const own = textOf(custom_llm_provider);
  const operation = operationOf(textOf(payload.call_type) ?? "completion");
  const provider = providerOf(own, host);
  const name = textOf(hidden.litellm_model_name, payload.model);
  const model = own && name?.startsWith(`${own}/`) ? name.slice(own.length + 1) : name;
  const start = toNanoseconds(startTime);
  const { firstChunk } = membersOf(waybill.timing);
  return {
    operation,
    provider,
    model,
    attributes: [
      ...texts({
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.response.model": response.model,
        "server.address": host,
        "error.type": errorType,
      }),
      ...ints({ "server.port": port }),
    ],
    errorType,
    start,
    end: toNanoseconds(endTime),
    firstChunk: !payload.stream
      ? undefined
      : typeof firstChunk === "number"
        ? firstChunk / 1000
        : // LiteLLM writes the end of the call when it saw no chunk.
          secondsBetween(start, first === endTime ? undefined : toNanoseconds(first)),
    usage: usageOf(payload, waybill, response),
    cost: costOf(payload, membersOf(waybill.cost).exact),
    response,
    waybill,
  };
}

/** A code or the name of a class, and never a sentence: that would not group, and could quote the prompt. */
export function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[\w.:-]{1,80}$/.test(value);
}

/** LiteLLM writes 0 also for unknown: only from a cache is a call known to cost nothing. */
function costOf({ response_cost: amount, cache_hit }: StandardLoggingPayload, exact: unknown): Call["cost"] {
  if (typeof exact === "string" && /^\d{1,99}(?:\.\d{1,99})?$/.test(exact))
    return { amount: Number(exact), exact };
  const isKnown =
    typeof amount === "number" && amount < Infinity && (amount > 0 || (amount === 0 && cache_hit));
  return isKnown ? { amount } : undefined;
}
