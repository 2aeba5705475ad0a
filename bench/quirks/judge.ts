import type { QuirkExpectation } from "@waybill/testkit";

import type { Answer, AnswerCall } from "../peers/answer.js";

/** Right; or something else was returned as if nothing were wrong; or a stream that is of use was failed. */
export type Verdict = "right" | "loses data" | "fails";

/**
 * What a peer made of a stream, undefined when it threw or did not end, beside what was meant. The doubt is for the peer:
 * the provider's own word for a finish reason will do, a refusal may stand in the text, arguments are compared as JSON,
 * and where a stream fails or is cut, to say so is enough, whatever became of the text.
 */
export function judgePeer(expected: QuirkExpectation, answer: Answer | undefined): Verdict {
  const isBad = expected.status !== "complete";
  if (!answer || answer.hasFailed) return isBad ? "right" : "fails";
  // Of a cut it is enough to make up no finish reason, and of an error to hand on the finish reason that says so.
  if (expected.status === "error")
    return answer.choices.some(({ finish }) => finish === "error") ? "right" : "loses data";
  return isSame(expected, answer) ? "right" : "loses data";
}

/** The same for this library, which must keep what came before a failure and say that it failed. */
export function judgeOurs(expected: QuirkExpectation, answer: Answer | undefined): Verdict {
  if (!answer) return "fails";
  const isBad = expected.status !== "complete";
  if (answer.hasFailed && !isBad) return "fails";
  return answer.hasFailed === isBad && isSame(expected, answer) ? "right" : "loses data";
}

function isSame({ choices, usage }: QuirkExpectation, answer: Answer): boolean {
  return (
    isSameUsage(usage, answer.usage) &&
    answer.choices.length === choices.length &&
    choices.every((choice, place) => {
      const given = answer.choices[place] as Answer["choices"][number];
      const { content, refusal = "", reasoning_content: reasoning = "" } = choice;
      const calls = [...(choice.tool_calls ?? []), ...(choice.function_call ? [choice.function_call] : [])];
      return (
        given.content + given.refusal === (content ?? "") + refusal &&
        given.reasoning === reasoning &&
        (given.finish === choice.finish_reason || given.finish === choice.native_finish_reason) &&
        given.calls.length === calls.length &&
        calls.every((call, index) => isSameCall(call, given.calls[index] as AnswerCall))
      );
    })
  );
}

function isSameCall(call: AnswerCall, given: AnswerCall): boolean {
  return call.name === given.name && isSameJson(call.arguments, given.arguments);
}

/** Whether two texts are the same JSON; a call without arguments may have an empty object. */
function isSameJson(text: string, other: string): boolean {
  return text === other || canonical(text) === canonical(other);
}

function canonical(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text === "" ? "{}" : text));
  } catch {
    return text;
  }
}

const counts = ["prompt_tokens", "completion_tokens", "total_tokens"] as const;

/** Whether the counts that the provider sent are there, as numbers or as texts. */
function isSameUsage(usage: object | null, given: Answer["usage"]): boolean {
  if (!usage) return !given;
  const meant: NonNullable<Answer["usage"]> = usage;
  return counts.every((name) => meant[name] === undefined || Number(meant[name]) === Number(given?.[name]));
}
