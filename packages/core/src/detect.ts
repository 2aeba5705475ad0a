import type { SchemaName } from "./schema-names.js";

type Members = Record<string, unknown>;

/**
 * Says which wire format a document is of, by its shape alone, or undefined. The document need not be valid: the answer
 * tells which check to ask for the reasons.
 */
export function detect(value: unknown): SchemaName | undefined {
  try {
    return isObject(value) ? detectObject(value) : undefined;
  } catch {
    // A getter or a proxy that throws: no document.
    return undefined;
  }
}

function detectObject(document: Members): SchemaName | undefined {
  if (looksLikeRecording(document)) return "recording";
  if (typeof document.batch === "object" && document.batch !== null) return "langfuse-batch";
  if (looksLikePayload(document)) return "standard-logging-payload";
  if ("choices" in document || typeof document.object === "string") return detectAnswer(document);
  if (Array.isArray(document.messages)) return "chat-completion-request";
  return looksLikeUsage(document) ? "usage" : undefined;
}

/** A request and a response; or one of them, beside what only a recording has. */
function looksLikeRecording({ request, response, test_id: testId }: Members): boolean {
  if (isObject(request) && isObject(response)) return true;
  return (isObject(response) && "is_streaming" in response) || (isObject(request) && testId !== undefined);
}

/** Members that hardly anything but a payload has. */
const ownMembers = [
  "call_type",
  "response_cost",
  "startTime",
  "hidden_params",
  "model_map_information",
  "custom_llm_provider",
  "request_tags",
  "waybill",
];
/** Members of a payload that other documents have too. */
const sharedMembers = [
  "model",
  "metadata",
  "response",
  "messages",
  "trace_id",
  "cache_hit",
  "cache_key",
  "saved_cache_cost",
  "total_tokens",
  "prompt_tokens",
  "completion_tokens",
  "endTime",
  "completionStartTime",
  "response_time",
  "model_id",
  "model_group",
  "model_parameters",
  "api_base",
  "end_user",
  "error_str",
  "error_information",
];

/**
 * A payload names its status and an id, and any field may have been removed beside them. Without the two it takes several
 * of its own members. LiteLLM's spend row has some of those too, and is another format.
 */
function looksLikePayload(document: Members): boolean {
  if ("request_id" in document && "spend" in document) return false;
  const has = (member: string) => member in document;
  const isNamed = document.status === "success" || document.status === "failure";
  const hasId = has("id") || has("litellm_call_id");
  if (isNamed && hasId) return ownMembers.some(has) || sharedMembers.some(has);
  return ownMembers.filter(has).length >= 3;
}

function detectAnswer({ object, choices }: Members): SchemaName | undefined {
  const [first] = Array.isArray(choices) ? (choices as unknown[]) : [];
  if (isObject(first)) {
    // Together calls its chunks "text_completion" (quirk H3): what a choice holds says more than the name.
    if ("delta" in first) return "chat-completion-chunk";
    if (isObject(first.message)) return "chat-completion";
  }
  if (object === "chat.completion.chunk") return "chat-completion-chunk";
  if (object === "chat.completion" || object === "text_completion") return "chat-completion";
  if (isObject(first)) return typeof first.text === "string" ? "chat-completion" : "chat-completion-chunk";
  // No choices and no name: Azure's first chunk, or a chunk that only brings usage.
  return choices === null || (Array.isArray(choices) && choices.length === 0)
    ? "chat-completion-chunk"
    : undefined;
}

const countMembers = ["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens"];

/** At least two counts; some gateways write them as text (quirk U15). */
function looksLikeUsage(document: Members): boolean {
  const isCount = (value: unknown) =>
    typeof value === "number" || (typeof value === "string" && /^[0-9]+$/.test(value));
  return countMembers.filter((member) => isCount(document[member])).length >= 2;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
