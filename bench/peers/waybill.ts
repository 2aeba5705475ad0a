import { accumulate, type Accumulator } from "@waybill/stream";

import type { Answer } from "./answer.js";

/** The answer, and the codes of the diagnostics. */
export async function readWithWaybill(response: Response): Promise<Answer & { codes: string[] }> {
  const result = await accumulate(response);
  return { ...answerOf(result), codes: result.diagnostics.map(({ code }) => code) };
}

/** What this library makes of a stream, in the words that all readers have. */
export function answerOf({ completion, usage, status }: ReturnType<Accumulator["finish"]>): Answer {
  return {
    choices: completion.choices.map(({ message, finish_reason }) => ({
      content: message.content ?? "",
      refusal: message.refusal ?? "",
      reasoning: message.reasoning_content ?? "",
      calls: [
        ...(message.tool_calls ?? []).map((call) => ({
          name: (call.custom ?? call.function)?.name ?? "",
          arguments: call.custom?.input ?? call.function?.arguments ?? "",
        })),
        ...(message.function_call ? [message.function_call] : []),
      ],
      finish: finish_reason,
    })),
    usage,
    hasFailed: status !== "complete",
  };
}
