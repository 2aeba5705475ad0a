import { z } from "zod";

/*
 * What a team would write in zod for the same documents: every member optional and nullable, unknown ones kept.
 */

const text = z.string().nullish();
const number = z.number().nullish();
const functionCall = z.looseObject({
  name: text,
  arguments: z.union([z.string(), z.looseObject({})]).nullish(),
});
const tokenLogprob = z.looseObject({
  token: text,
  logprob: number,
  bytes: z.array(z.int()).nullish(),
  top_logprobs: z
    .array(z.looseObject({ token: text, logprob: number, bytes: z.array(z.int()).nullish() }))
    .nullish(),
});
const count = z.union([z.number(), z.string()]).nullish();
const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.looseObject({ cached_tokens: count, audio_tokens: count }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: count, audio_tokens: count }).nullish(),
});

export const chunk = z.looseObject({
  id: text,
  object: text,
  created: number,
  model: text,
  system_fingerprint: text,
  service_tier: text,
  obfuscation: text,
  usage: usage.nullish(),
  choices: z
    .array(
      z.looseObject({
        index: z.int().nullish(),
        finish_reason: text,
        delta: z
          .looseObject({
            role: text,
            content: z.union([z.string(), z.array(z.looseObject({}))]).nullish(),
            refusal: text,
            reasoning: text,
            reasoning_content: text,
            function_call: functionCall.nullish(),
            tool_calls: z
              .array(
                z.looseObject({
                  index: z.int().nullish(),
                  id: text,
                  type: text,
                  function: functionCall.nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        logprobs: z
          .looseObject({ content: z.array(tokenLogprob).nullish(), refusal: z.array(tokenLogprob).nullish() })
          .nullish(),
      }),
    )
    .nullish(),
});

const object = z.looseObject({}).nullish();
const time = z.union([z.number(), z.string()]).nullish();

export const payload = z.looseObject({
  id: text,
  trace_id: text,
  call_type: text,
  stream: z.boolean().nullish(),
  status: z.enum(["success", "failure"]),
  response_cost: number,
  custom_llm_provider: text,
  total_tokens: z.int().nullish(),
  prompt_tokens: z.int().nullish(),
  completion_tokens: z.int().nullish(),
  startTime: time,
  endTime: time,
  completionStartTime: time,
  response_time: number,
  model: text,
  model_id: text,
  model_group: text,
  api_base: text,
  metadata: z
    .looseObject({ user_api_key_hash: text, user_api_key_alias: text, requester_metadata: object })
    .nullish(),
  request_tags: z.array(z.string()).nullish(),
  messages: z.union([z.array(z.unknown()), z.looseObject({}), z.string()]).nullish(),
  response: z.union([z.array(z.unknown()), z.looseObject({}), z.string()]).nullish(),
  error_information: z.looseObject({ error_code: text, error_class: text }).nullish(),
  model_parameters: object,
  hidden_params: z.looseObject({ model_id: text, api_base: text, response_cost: time }).nullish(),
  model_map_information: z.looseObject({ model_map_key: text, model_map_value: object }).nullish(),
  standard_built_in_tools_params: object,
});

const id = z.string().min(1).max(800);
const timestamp = z.iso.datetime({ offset: true });
const observation = z.looseObject({
  id: id.nullish(),
  traceId: id.nullish(),
  name: text,
  startTime: timestamp.nullish(),
  endTime: timestamp.nullish(),
  completionStartTime: timestamp.nullish(),
  model: text,
  modelParameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  usage: z.looseObject({ input: z.int().nullish(), output: z.int().nullish(), totalCost: number }).nullish(),
  usageDetails: object,
  costDetails: object,
  level: z.enum(["DEBUG", "DEFAULT", "WARNING", "ERROR"]).nullish(),
  statusMessage: text,
});
const trace = z.looseObject({
  id: id.nullish(),
  timestamp: timestamp.nullish(),
  name: z.string().max(1000).nullish(),
  sessionId: text,
  userId: text,
  tags: z.array(z.string()).nullish(),
});
const event = <Type extends string, Body extends z.ZodType>(type: Type, body: Body) =>
  z.looseObject({ id, timestamp, type: z.literal(type), body });

export const batch = z.looseObject({
  batch: z.array(
    z.discriminatedUnion("type", [
      event("trace-create", trace),
      event("generation-create", observation),
      event("generation-update", observation),
      event("span-create", observation),
      event("span-update", observation),
      event("event-create", observation),
    ]),
  ),
});
