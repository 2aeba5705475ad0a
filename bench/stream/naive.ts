import type { ChatCompletionChunk } from "@waybill/core";

import type { Answer, AnswerCall, AnswerChoice } from "../peers/answer.js";

/** Adds parsed chunks up as anybody would by hand, on the word of the documentation. */
export function gatherer(): { add: (chunk: ChatCompletionChunk) => void; answer: () => Answer } {
  const choices: (AnswerChoice & { calls: AnswerCall[] })[] = [];
  let usage: Answer["usage"] = null;
  return {
    add(chunk) {
      if (chunk.usage) usage = chunk.usage;
      for (const { index, delta, finish_reason } of chunk.choices ?? []) {
        const choice = (choices[index ?? 0] ??= {
          content: "",
          refusal: "",
          reasoning: "",
          calls: [],
          finish: null,
        });
        if (typeof delta?.content === "string") choice.content += delta.content;
        if (finish_reason) choice.finish = finish_reason;
        for (const { index: place, function: fn } of delta?.tool_calls ?? []) {
          const call = (choice.calls[place ?? 0] ??= { name: "", arguments: "" });
          if (fn?.name) call.name += fn.name;
          if (typeof fn?.arguments === "string") call.arguments += fn.arguments;
        }
      }
    },
    answer: () => ({ choices, usage, hasFailed: false }),
  };
}

/** The text of the first choice. */
export function contentOf(chunks: readonly ChatCompletionChunk[]): string {
  const { add, answer } = gatherer();
  for (const chunk of chunks) add(chunk);
  return answer().choices[0]?.content ?? "";
}
