import type { ChatWireOptions } from "./chat.js";
import { openAIUsage } from "./openai-usage.js";
import { idOf, type Reply, type Wire } from "./reply.js";
import { dataEvent } from "./sse.js";
import { pieces } from "./tokens.js";

/** `POST /v1/completions`. */
export function textWire(reply: Reply, { wantsUsage }: ChatWireOptions): Wire {
  const head = {
    id: idOf("cmpl-", reply.number),
    object: "text_completion",
    created: reply.created,
    model: reply.model,
  };
  const choice = (text: string, index: number, reason: string | null): object => ({
    text,
    index,
    logprobs: null,
    finish_reason: reason,
  });
  return {
    whole: () => ({
      ...head,
      choices: reply.choices.map(({ text = "", finish }, index) => choice(text, index, finish)),
      ...(reply.usage ? { usage: openAIUsage(reply.usage) } : {}),
    }),
    events: () => {
      const chunk = (choices: object[], usage: object | null = null): string =>
        dataEvent({ ...head, choices, ...(wantsUsage ? { usage } : {}) });
      const chunks = reply.choices.flatMap(({ text = "", finish }, index) => [
        ...pieces(text).map((piece) => chunk([choice(piece, index, null)])),
        chunk([choice("", index, finish)]),
      ]);
      if (wantsUsage && reply.usage) chunks.push(chunk([], openAIUsage(reply.usage)));
      return [...chunks, dataEvent("[DONE]")];
    },
    failure: (error) => dataEvent({ error: { ...error, param: null } }),
  };
}
