import { isMembers, membersOf, type Members } from "./members.js";

type Message = { role: "system" | "user"; content: unknown };

/**
 * The prompt as a payload holds it: text becomes one user message, a list of texts one for each, and a system prompt that
 * stands beside it the first message. LiteLLM leaves the instructions of the Responses API out.
 */
export function promptOf(request: Members, isLitellm: boolean): unknown[] | Members | null {
  const prompt = bodyOf(request);
  const system = request.system ?? (isLitellm ? undefined : request.instructions);
  if (system === undefined || system === null || system === "" || !Array.isArray(prompt)) return prompt;
  const message: Message = { role: "system", content: system };
  return isFirst(prompt[0], message) ? prompt : [message, ...prompt];
}

function bodyOf(request: Members): unknown[] | Members | null {
  if (request.query !== undefined && request.documents !== undefined)
    return { query: request.query, documents: request.documents };
  const prompt = request.messages ?? request.prompt ?? request.input ?? request.contents ?? request.file;
  if (typeof prompt === "string") return [asMessage(prompt)];
  if (Array.isArray(prompt))
    return prompt.some((item) => typeof item === "string")
      ? prompt.map((item: unknown) => (typeof item === "string" ? asMessage(item) : item))
      : (prompt as unknown[]);
  return isMembers(prompt) ? prompt : null;
}

function asMessage(content: string): Message {
  return { role: "user", content };
}

function isFirst(first: unknown, { role, content }: Message): boolean {
  const message = membersOf(first);
  return message.role === role && message.content === content;
}
