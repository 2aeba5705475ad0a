type Members = Record<string, unknown>;

/**
 * What a request asks, as a text: two with one essence get one answer. How warm, how long, for whom and with how much
 * usage is left out, since a recording can say it in no other way; a text and its parts, and a text and the one message
 * with it, are one. Undefined for what cannot be compared.
 */
export function essenceOf(endpoint: string, body: unknown): string | undefined {
  const { model, stream, n, messages, input, instructions, prompt, tools } = membersOf(body);
  const turns = messages ?? (endpoint === "responses" ? turnsOf(input) : input) ?? prompt;
  try {
    return JSON.stringify(
      [endpoint, model, stream === true, n ?? 1, plain(turns), instructions ?? null, tools ?? null],
      inOrder,
    );
  } catch {
    // Too deep for the stack: no recording is.
    return undefined;
  }
}

/** The words of the last user, for people. */
export function wordsAsked(body: unknown): string {
  const { messages, input, prompt } = membersOf(body);
  const turns = messages ?? input ?? prompt;
  if (typeof turns === "string") return turns;
  if (!Array.isArray(turns)) return "";
  const users = turns.filter((turn) => typeof turn === "string" || membersOf(turn)["role"] === "user");
  const last: unknown = users.at(-1);
  return typeof last === "string" ? last : textOf(membersOf(last)["content"]);
}

/** The value as an object with members, or an empty one. */
export function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function turnsOf(input: unknown): unknown {
  return typeof input === "string" ? [{ role: "user", content: input }] : input;
}

/** Messages whose contents are texts where they are made of nothing but texts. */
function plain(turns: unknown): unknown {
  if (!Array.isArray(turns)) return turns ?? null;
  return turns.map((turn: unknown) => {
    const { content } = membersOf(turn);
    const isText =
      Array.isArray(content) && content.every((part) => typeof membersOf(part)["text"] === "string");
    return isText ? { ...membersOf(turn), content: textOf(content) } : turn;
  });
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map(partText).join("");
}

function partText(part: unknown): string {
  const { text } = membersOf(part);
  return typeof text === "string" ? text : "";
}

/** The members of objects in one order. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)),
  );
}
