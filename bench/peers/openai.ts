import OpenAI from "openai";

import type { Answer } from "./answer.js";

let next: Response | undefined;
// One client for all calls, as a program has it; so calls must not overlap.
const client = new OpenAI({
  apiKey: "none",
  maxRetries: 0,
  logLevel: "off",
  fetch: () => Promise.resolve(next as Response),
});

/** What openai-node makes of a response with `chat.completions.stream`, its own accumulation. */
export async function readWithOpenAI(response: Response): Promise<Answer> {
  next = response;
  const { choices, usage } = await client.chat.completions
    .stream({
      model: "gpt-4o",
      messages: [{ role: "user", content: "hi" }],
      stream_options: { include_usage: true },
    })
    .finalChatCompletion();
  return {
    choices: choices.map(({ message, finish_reason }) => {
      // Members that it has no type for are kept on the message.
      const { reasoning_content: long, reasoning: short } = message as {
        reasoning_content?: string | null;
        reasoning?: string | null;
      };
      return {
        content: message.content ?? "",
        refusal: message.refusal ?? "",
        reasoning: long ?? short ?? "",
        calls: [
          // It throws at the custom tools that it has types for elsewhere.
          ...(message.tool_calls ?? []).map((call) => call.function),
          ...(message.function_call ? [message.function_call] : []),
        ],
        finish: finish_reason,
      };
    }),
    usage: usage ?? null,
    hasFailed: false,
  };
}
