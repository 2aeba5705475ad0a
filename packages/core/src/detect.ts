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
  if (isRecording(document)) return "recording";
  if (typeof document.batch === "object" && document.batch !== null) return "langfuse-batch";
  if (isPayload(document)) return "standard-logging-payload";
  if (document.object === "chat.completion.chunk") return "chat-completion-chunk";
  if (document.object === "chat.completion" || document.object === "text_completion")
    return "chat-completion";
  if (Array.isArray(document.choices)) return detectChoices(document.choices);
  if (Array.isArray(document.messages)) return "chat-completion-request";
  return isUsage(document) ? "usage" : undefined;
}

/** A request and a response; or one of them, beside what only a recording has. */
function isRecording({ request, response, test_id: testId }: Members): boolean {
  if (isObject(request) && isObject(response)) return true;
  return (isObject(response) && "is_streaming" in response) || (isObject(request) && testId !== undefined);
}

/** Members that hardly anything but a payload has. */
const payloadMembers = [
  "call_type",
  "response_cost",
  "startTime",
  "hidden_params",
  "model_map_information",
  "custom_llm_provider",
  "request_tags",
  "waybill",
];

/** A failed API call has a status and an id too, so one of a payload's own members must be there, or several of them. */
function isPayload(document: Members): boolean {
  const own = payloadMembers.filter((member) => member in document).length;
  const isNamed = document.status === "success" || document.status === "failure";
  const hasId = "id" in document || "litellm_call_id" in document;
  return own >= 3 || (own > 0 && isNamed && hasId);
}

function detectChoices(choices: unknown[]): SchemaName | undefined {
  const [first] = choices;
  // Azure's first chunk: no choices and no object, and nothing but a chunk looks like that.
  if (first === undefined) return "chat-completion-chunk";
  if (!isObject(first)) return undefined;
  if (isObject(first.delta)) return "chat-completion-chunk";
  return isObject(first.message) || typeof first.text === "string" ? "chat-completion" : undefined;
}

function isUsage(document: Members): boolean {
  const counts = ["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens"];
  return counts.filter((member) => typeof document[member] === "number").length >= 2;
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
