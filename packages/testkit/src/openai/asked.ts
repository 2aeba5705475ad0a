import { isMembers, membersOf, type Members } from "../members.js";
import { tokensOf } from "./tokens.js";

/** What a body says that is read in the same way at every endpoint. */
export type Asked = {
  model: string;
  isStream: boolean;
  /** How many choices. */
  choices: number;
  /** The words of the last message of the user, or the prompt. */
  lastWords: string;
  tools: readonly { name: string; parameters: unknown }[];
  allowsParallel: boolean;
  /** Whether the conversation ends with what a tool gave. */
  endsWithTool: boolean;
  /** Whether thinking is asked for. */
  wantsReasoning: boolean;
  /** Longest answer in tokens, if there is a bound. */
  limit: number | undefined;
  /** Tokens of everything that was sent. */
  input: number;
};

/** Reads the body of a chat, text, embedding, Responses or Messages call. */
export function askedOf(body: unknown): Asked {
  const members = membersOf(body);
  const turns = turnsOf(members);
  const last = turns.at(-1);
  const limit = [members["max_completion_tokens"], members["max_output_tokens"], members["max_tokens"]].find(
    (value): value is number => typeof value === "number",
  );
  const effort = members["reasoning_effort"] ?? membersOf(members["reasoning"])["effort"];
  const tools = Array.isArray(members["tools"]) ? members["tools"].flatMap(toolOf) : [];
  const isOff = members["tool_choice"] === "none" || membersOf(members["tool_choice"])["type"] === "none";
  const isSingle = membersOf(members["tool_choice"])["disable_parallel_tool_use"] === true;
  return {
    model: typeof members["model"] === "string" ? members["model"] : "",
    isStream: members["stream"] === true,
    choices: typeof members["n"] === "number" ? Math.min(Math.max(Math.trunc(members["n"]), 1), 128) : 1,
    lastWords: turns.findLast(({ role }) => role === "user")?.text ?? "",
    tools: isOff ? [] : tools,
    allowsParallel: members["parallel_tool_calls"] !== false && !isSingle,
    endsWithTool: last?.role === "tool",
    wantsReasoning:
      (typeof effort === "string" && effort !== "none" && effort !== "minimal") ||
      membersOf(members["thinking"])["type"] === "enabled",
    limit,
    input: inputTokens(members, turns),
  };
}

type Turn = { role: string; text: string };

function turnsOf(members: Members): Turn[] {
  const { prompt, input } = members;
  if (typeof input === "string" || typeof prompt === "string")
    return [{ role: "user", text: String(input ?? prompt) }];
  const listed = members["messages"] ?? input ?? prompt;
  if (!Array.isArray(listed)) return [];
  return listed.map((item: unknown): Turn => {
    if (typeof item === "string") return { role: "user", text: item };
    const { role, type, content, output } = membersOf(item);
    if (role === "tool" || type === "function_call_output" || isToolResult(content))
      return { role: "tool", text: wordsOf(content ?? output) };
    return { role: typeof role === "string" ? role : "user", text: wordsOf(content ?? item) };
  });
}

function isToolResult(content: unknown): boolean {
  return Array.isArray(content) && content.some((part) => membersOf(part)["type"] === "tool_result");
}

/** The text of a content, whose parts have theirs in `text`. */
function wordsOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: unknown) => textIn(membersOf(part))).join("");
}

function textIn({ text, content }: Members): string {
  if (typeof text === "string") return text;
  return typeof content === "string" ? content : "";
}

function toolOf(tool: unknown): { name: string; parameters: unknown }[] {
  const members = membersOf(tool);
  const inner = isMembers(members["function"]) ? members["function"] : members;
  const { name, parameters, input_schema: schema } = inner;
  return typeof name === "string" ? [{ name, parameters: parameters ?? schema }] : [];
}

/** As OpenAI counts chats: some tokens around each message, and the definitions of the tools. */
function inputTokens(members: Members, turns: readonly Turn[]): number {
  const frame = members["messages"] === undefined ? 0 : 3;
  const each = members["messages"] === undefined ? 0 : 4;
  const system = tokensOf(wordsOf(members["system"] ?? members["instructions"]));
  const tools = members["tools"] === undefined ? 0 : tokensOf(JSON.stringify(members["tools"]));
  return turns.reduce((sum, { text }) => sum + each + tokensOf(text), frame + system + tools);
}
