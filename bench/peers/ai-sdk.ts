import { createOpenAI } from "@ai-sdk/openai";
import { jsonSchema, streamText, tool, type ToolSet } from "ai";

import type { Answer } from "./answer.js";

globalThis.AI_SDK_LOG_WARNINGS = false;

let next: Response | undefined;
// One model for all calls, as a program has it; so calls must not overlap.
const model = createOpenAI({ apiKey: "none", fetch: () => Promise.resolve(next as Response) }).chat("gpt-4o");

/** Its words for a finish reason in OpenAI's. */
const finishReasons: Record<string, string | null> = {
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  // What stands for "none came" when the provider's word is not there either.
  other: null,
  unknown: null,
};

function toolsOf(names: readonly string[]): ToolSet {
  const tools: ToolSet = {};
  for (const name of names) tools[name] = tool({ inputSchema: jsonSchema<object>({ type: "object" }) });
  return tools;
}

/** What the AI SDK makes of a response, with tools of these names, which take anything. */
export async function readWithAiSdk(response: Response, toolNames: readonly string[] = []): Promise<Answer> {
  next = response;
  let hasFailed = false;
  const result = streamText({
    model,
    prompt: "hi",
    maxRetries: 0,
    tools: toolsOf(toolNames),
    onError: () => {
      hasFailed = true;
    },
  });
  await result.consumeStream();
  const [content, reasoning, calls, reason, raw, usage] = await Promise.all([
    result.text,
    result.reasoningText,
    result.toolCalls,
    result.finishReason,
    result.rawFinishReason,
    result.usage,
  ]);
  const choice = {
    content,
    // It puts a refusal into the text.
    refusal: "",
    reasoning: reasoning ?? "",
    calls: calls.map(({ toolName, input }) => ({
      name: toolName,
      arguments: typeof input === "string" ? input : JSON.stringify(input),
    })),
    finish: raw ?? (reason in finishReasons ? (finishReasons[reason] ?? null) : reason),
  };
  const { inputTokens, outputTokens, raw: counts } = usage;
  return {
    choices: [choice],
    // Its own total is a sum; the provider's is in what it keeps of the provider's usage.
    usage:
      inputTokens === undefined && outputTokens === undefined
        ? null
        : { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: counts?.total_tokens },
    hasFailed,
  };
}
