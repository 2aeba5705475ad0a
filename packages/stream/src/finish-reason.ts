/** Finish reasons that mean one of OpenAI's in other words, in lower case. */
const aliases = new Map([
  ["eos", "stop"],
  ["eos_token", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["tool_use", "tool_calls"],
]);

const standard = new Set(["stop", "length", "tool_calls", "content_filter", "function_call"]);

/** A finish reason in OpenAI's words. */
export type FinishReason = {
  reason: string;
  /** Whether OpenAI has this word. */
  isStandard: boolean;
};

/** Reads a provider's word. What means none of OpenAI's stays as it is. */
export function readFinishReason(stated: string): FinishReason {
  if (standard.has(stated)) return { reason: stated, isStandard: true };
  const lower = stated.toLowerCase();
  const reason = standard.has(lower) ? lower : (aliases.get(lower) ?? stated);
  return { reason, isStandard: false };
}
