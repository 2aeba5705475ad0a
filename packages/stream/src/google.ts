import { isObject, jsonText, type Members } from "./members.js";

/** Google's finish reasons in OpenAI's words; all others stay as they are. */
const reasons: Record<string, string> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
};

/** Whether a value is an answer of Google's own API (`generateContent`), in its own case or in that of its clients. */
export function isGoogle(value: Members): boolean {
  const hasCandidates = Array.isArray(value.candidates);
  const isUsage = isObject(value.usageMetadata) || isObject(value.usage_metadata);
  return value.choices === undefined && (hasCandidates || isUsage);
}

/** An answer of Google's own API as a chunk of a chat completion. */
export function fromGoogle(value: Members): Members {
  const {
    candidates,
    usageMetadata,
    usage_metadata,
    modelVersion,
    model_version,
    responseId,
    response_id,
    ...rest
  } = value;
  const usage = usageMetadata ?? usage_metadata;
  const stated = Array.isArray(candidates) ? (candidates as unknown[]) : [];
  return {
    id: responseId ?? response_id,
    model: modelVersion ?? model_version,
    choices: stated.filter(isObject).map(toChoice),
    ...(isObject(usage) ? { usage: toUsage(usage) } : {}),
    ...rest,
  };
}

function toChoice({ content, finishReason, finish_reason, index, ...rest }: Members, place: number): Members {
  const parts =
    isObject(content) && Array.isArray(content.parts) ? (content.parts as unknown[]).filter(isObject) : [];
  const texts = parts.filter(({ text }) => typeof text === "string");
  const join = (isThought: boolean) =>
    texts.filter(({ thought }) => (thought === true) === isThought).map(({ text }) => text as string);
  const [said, thought] = [join(false), join(true)];
  const calls = parts.flatMap((part) => toCall(part) ?? []);
  const reason = finishReason ?? finish_reason;
  return {
    index: index ?? place,
    delta: {
      ...(said.length > 0 ? { content: said.join("") } : {}),
      ...(thought.length > 0 ? { reasoning: thought.join("") } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    },
    finish_reason: typeof reason === "string" ? (reasons[reason] ?? reason) : null,
    native_finish_reason: reason,
    ...rest,
  };
}

function toCall(part: Members): Members | undefined {
  const call = part.functionCall ?? part.function_call;
  if (!isObject(call)) return undefined;
  const { name, args, id } = call;
  const signature = part.thoughtSignature ?? part.thought_signature;
  return {
    id,
    type: "function",
    function: { name, arguments: jsonText(args ?? {}) },
    ...(signature ? { extra_content: { google: { thought_signature: signature } } } : {}),
  };
}

/** Google counts thoughts beside the candidates; in OpenAI's words both are completion. */
function toUsage(usage: Members): Members {
  const count = (camel: string, snake: string) => usage[camel] ?? usage[snake];
  const thoughts = count("thoughtsTokenCount", "thoughts_token_count");
  const said = count("candidatesTokenCount", "candidates_token_count");
  const cached = count("cachedContentTokenCount", "cached_content_token_count");
  const hasOutput = typeof said === "number" || typeof thoughts === "number";
  return {
    prompt_tokens: count("promptTokenCount", "prompt_token_count"),
    ...(hasOutput ? { completion_tokens: Number(said ?? 0) + Number(thoughts ?? 0) } : {}),
    total_tokens: count("totalTokenCount", "total_token_count"),
    ...(typeof cached === "number" ? { prompt_tokens_details: { cached_tokens: cached } } : {}),
    ...(typeof thoughts === "number" ? { completion_tokens_details: { reasoning_tokens: thoughts } } : {}),
  };
}
