import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { StandardLoggingPayload } from "@waybill/core";

import type { LitellmOptions } from "../src/index.js";

type Members = Record<string, unknown>;

/** A batch of LiteLLM, as far as the tests look into it. */
export type RecordedBatch = {
  batch: { id: string; type: string; timestamp: string; body: Members }[];
  metadata: Members;
};

const corpus = fileURLToPath(new URL("../../../../shared/corpus/litellm", import.meta.url));
const seeds = fileURLToPath(new URL("../../../fixtures/seeds", import.meta.url));

export const hasCorpus = existsSync(corpus);

/** What to write behind the title of tests that need the corpus. */
export const corpusNote = hasCorpus ? "" : " (skipped: no corpus)";

export function readSeed(name: string): RecordedBatch {
  return JSON.parse(readFileSync(`${seeds}/langfuse-batch-${name}.json`, "utf8")) as RecordedBatch;
}

export function readFixture<Value = RecordedBatch>(name: string): Value {
  return JSON.parse(readFileSync(`${corpus}/${name}.json`, "utf8")) as Value;
}

/** The payload and the options that a recorded batch was made of, as far as the batch tells. */
export function reconstruct({ batch, metadata }: RecordedBatch): {
  payload: StandardLoggingPayload;
  options: LitellmOptions;
} {
  const [trace, generation] = batch.map(({ body }) => body) as [Members, Members];
  const {
    hidden_params,
    litellm_response_cost: _,
    cache_hit,
    requester_metadata: __,
    ...own
  } = generation.metadata as Members;
  const usage = generation.usage as { input: number; output: number; totalCost: number };
  const details = generation.usageDetails as Members | undefined;
  const [, responseId] = /^time-[0-9-]+_(.+)$/.exec(generation.id as string) ?? [];
  const named = String(generation.name).startsWith("litellm-") ? generation.name : trace.name;
  const callType = /^litellm-(.+)$/.exec(String(named))?.[1] ?? "acompletion";
  const isMasked = (value: unknown) => value === "redacted-by-litellm";
  const start = String(generation.startTime);
  const [, sign, hours, minutes] = /([+-])([0-9]{2}):([0-9]{2})$/.exec(start) ?? [];
  const input = trace.input as { messages: unknown[] };
  const requester = {
    ...own,
    trace_id: trace.id,
    ...(responseId === undefined && !/^[0-9a-f-]{36}$/.test(String(generation.id))
      ? { generation_id: generation.id }
      : {}),
    ...(generation.name === `litellm-${callType}` ? {} : { generation_name: generation.name }),
    ...(trace.name === `litellm-${callType}` ? {} : { trace_name: trace.name }),
    ...(trace.userId === undefined ? {} : { trace_user_id: trace.userId }),
    ...(trace.sessionId === undefined ? {} : { session_id: trace.sessionId }),
    ...(trace.version === undefined ? {} : { trace_version: trace.version }),
    ...(trace.metadata === undefined ? {} : { trace_metadata: trace.metadata }),
    ...(isMasked(trace.input) ? { mask_input: true } : {}),
    ...(isMasked(trace.output) ? { mask_output: true } : {}),
  };
  const parameters = Object.entries(generation.modelParameters as Members);
  return {
    payload: {
      id: responseId ?? "call",
      call_type: callType,
      status: "success",
      startTime: secondsOf(start),
      endTime: secondsOf(generation.endTime),
      completionStartTime: secondsOf(generation.completionStartTime),
      model: generation.model as string,
      model_parameters: Object.fromEntries(
        parameters.map(([name, value]) => [name, value === "{}" ? {} : value]),
      ),
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      response_cost: usage.totalCost,
      cache_hit: cache_hit as boolean,
      request_tags: trace.tags as string[],
      hidden_params: hidden_params as never,
      metadata: { requester_metadata: requester },
      messages: isMasked(trace.input) ? [{ role: "user", content: "masked" }] : input.messages,
      response: {
        ...(responseId === undefined ? {} : { id: responseId }),
        choices:
          trace.output === undefined
            ? []
            : [{ message: isMasked(trace.output) ? { content: "masked" } : trace.output }],
        usage: { prompt_tokens: usage.input, completion_tokens: usage.output },
      },
    },
    options: {
      compat: "litellm",
      usageDetails: details === undefined ? "none" : "total" in details ? "disjoint" : "without-total",
      utcOffsetMinutes: Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)),
      publicKey: metadata.public_key as string,
      sdkVersion: metadata.sdk_version as string,
    },
  };
}

/** Epoch seconds of an ISO time, with all of its six digits. */
function secondsOf(iso: unknown): number {
  const [, fraction = "0"] = /\.([0-9]+)/.exec(String(iso)) ?? [];
  return Number(`${Math.floor(Date.parse(String(iso)) / 1000)}.${fraction}`);
}

/** The JSON Pointers at which two documents differ. */
export function differences(left: unknown, right: unknown, path = ""): string[] {
  if (Object.is(left, right)) return [];
  const isObject = (value: unknown): value is Members => typeof value === "object" && value !== null;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) return [path];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => differences(left[name], right[name], `${path}/${name}`));
}
