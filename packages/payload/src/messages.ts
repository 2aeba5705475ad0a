/** The prompt as a payload holds it: text becomes one user message, a list of texts one for each. */
export function promptOf(request: Record<string, unknown>): unknown[] | Record<string, unknown> | null {
  const prompt = request.messages ?? request.prompt ?? request.input;
  if (typeof prompt === "string") return [asMessage(prompt)];
  if (Array.isArray(prompt))
    return prompt.map((item: unknown) => (typeof item === "string" ? asMessage(item) : item));
  return typeof prompt === "object" ? (prompt as Record<string, unknown> | null) : null;
}

function asMessage(content: string): { role: "user"; content: string } {
  return { role: "user", content };
}
