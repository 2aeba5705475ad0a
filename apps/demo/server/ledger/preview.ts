import { listOf, membersOf, textOf } from "./members.js";
import { oneLine } from "./plain-text.js";

/** Characters of a preview: UTF-16 units. */
export const PREVIEW_LENGTH = 240;

/** What a call said, else which tools it called, else why it failed, else what it was asked: in one line. */
export function previewOf(answer: unknown, prompt: unknown, failure: string | null): string {
  for (const text of [failure === "" ? null : failure, saidIn(answer), calledIn(answer), askedIn(prompt)]) {
    const line = text === null ? "" : oneLine(text, PREVIEW_LENGTH);
    if (line !== "") return line;
  }
  return "";
}

/** The text of an answer: of a chat, of the Responses API, or of Anthropic's messages. */
function saidIn(answer: unknown): string | null {
  if (typeof answer === "string") return answer;
  for (const message of messagesIn(answer)) {
    const { content, text, refusal } = membersOf(message);
    const said = textOf(content, text, refusal) ?? textOfParts(content);
    if (said !== null) return said;
  }
  return null;
}

function textOfParts(content: unknown): string | null {
  return textOf(...listOf(content).map((part) => textOf(membersOf(part).text, membersOf(part).refusal)));
}

/** The tools that an answer calls, as `name(argument: value)`. */
function calledIn(answer: unknown): string | null {
  const calls = messagesIn(answer).flatMap((message) => {
    const members = membersOf(message);
    return [...listOf(members.tool_calls), ...listOf(members.content), message].flatMap(toCall);
  });
  return textOf(calls.slice(0, 20).join(" "));
}

function toCall(call: unknown): string[] {
  const { function: inner, name, arguments: given, input } = membersOf(call);
  const called = membersOf(inner);
  const title = textOf(called.name, name);
  if (title === null) return [];
  return [`${title}(${argumentsText(called.arguments ?? given ?? input)})`];
}

/** A long text is not read to show the beginning of it. */
const MOST_ARGUMENTS = 10_000;

function argumentsText(given: unknown): string {
  try {
    if (typeof given === "string" && given.length > MOST_ARGUMENTS) return given.slice(0, 1000);
    const value: unknown = typeof given === "string" ? JSON.parse(given) : given;
    return Object.entries(membersOf(value))
      .map(([name, each]) => `${name}: ${JSON.stringify(each)}`)
      .join(", ");
  } catch {
    return typeof given === "string" ? given : "";
  }
}

/** Messages of a chat's answer, or its own parts; of another answer its items. */
function messagesIn(answer: unknown): readonly unknown[] {
  const { choices, output, content } = membersOf(answer);
  if (Array.isArray(choices)) return choices.map((choice) => membersOf(choice).message ?? choice);
  if (Array.isArray(output)) return output as unknown[];
  return content === undefined ? listOf(answer) : [answer];
}

/** The last thing that was asked. */
function askedIn(prompt: unknown): string | null {
  if (typeof prompt === "string") return prompt;
  const { content } = membersOf(listOf(prompt).at(-1));
  return textOf(content) ?? textOfParts(content);
}
