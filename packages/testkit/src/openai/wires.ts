import { membersOf } from "../members.js";
import type { Answer } from "./answer.js";
import { chatWire } from "./chat.js";
import { embeddingAnswer } from "./embeddings.js";
import { messagesWire } from "./messages.js";
import type { Reply, Wire } from "./reply.js";
import { responsesWire } from "./responses.js";
import { textWire } from "./text-completion.js";

/** An answer as the endpoint of a path writes it. */
export function wireOf(
  { path, body }: { path: string; body: unknown },
  reply: Reply,
  answer: Answer,
  padding: boolean,
): Wire {
  const { include_obfuscation: obfuscation, include_usage: wantsUsage } = membersOf(
    membersOf(body)["stream_options"],
  );
  const chat = { wantsUsage: wantsUsage === true, isPadded: padding && obfuscation !== false };
  switch (path) {
    case "/v1/completions":
      return textWire(reply, chat);
    case "/v1/responses":
      return responsesWire(reply, body);
    case "/v1/messages":
      return messagesWire(reply);
    case "/v1/embeddings":
      return { ...chatWire(reply, chat), whole: () => embeddingAnswer(answer, reply.model, body) };
    default:
      return chatWire(reply, chat);
  }
}
