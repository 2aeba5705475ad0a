import { membersOf, type Members } from "./members.js";

/** The prompt as a payload holds it: text becomes one user message, a list of texts one for each. */
export function promptOf(request: Members): unknown[] | Members | null {
  const prompt = request.messages ?? request.prompt ?? request.input;
  if (typeof prompt === "string") return [asMessage(prompt)];
  if (Array.isArray(prompt))
    return prompt.map((item: unknown) => (typeof item === "string" ? asMessage(item) : item));
  return typeof prompt === "object" && prompt !== null ? membersOf(prompt) : null;
}

function asMessage(content: string): { role: "user"; content: string } {
  return { role: "user", content };
}
