import type { StandardLoggingPayload } from "@waybill/core";

import type { LitellmOptions } from "./litellm.js";
import { membersOf, textOf, withoutUndefined, type Members } from "./members.js";
import { isSecret } from "./parameters.js";

/** Keys of the caller's metadata that say how a call is logged, and are not logged themselves. */
const special =
  /^(?:trace_|session_id$|generation_|existing_trace_id$|update_trace_keys$|mask_(?:in|out)put$|debug_langfuse$|prompt$|headers$|endpoint$|caching_groups$|previous_models$|langfuse_masking_function$)/;

/** The metadata of a generation, in LiteLLM's order. */
export function litellmGenerationMetadata(
  payload: StandardLoggingPayload,
  caller: Members,
  { callerMetadata = "top", keyInfo = true }: LitellmOptions,
): Members {
  const metadata = membersOf(payload.metadata);
  const { prompt_management_metadata: prompt } = metadata;
  const own = Object.fromEntries(
    Object.entries(caller).filter(([name]) => !special.test(name) && !isSecret(name)),
  );
  const key = Object.entries(metadata).filter(
    ([name, value]) => keyInfo && name.startsWith("user_api_key_") && value !== null && value !== undefined,
  );
  const isTop = callerMetadata === "top";
  return withoutUndefined({
    prompt_management_metadata: prompt ?? undefined,
    ...(isTop ? own : {}),
    ...Object.fromEntries(key),
    hidden_params: payload.hidden_params ?? undefined,
    litellm_response_cost: payload.response_cost ?? undefined,
    api_base: textOf(payload.api_base),
    cache_hit: payload.cache_hit ?? false,
    requester_metadata: isTop ? {} : own,
  });
}
