import type { Answer, AnswerChoice } from "./answer.js";
import type { Asked } from "./asked.js";
import { tokensOf } from "./tokens.js";

/** A choice with everything decided that an answer left open. */
export type ReplyChoice = {
  reasoning: string;
  text: string | undefined;
  refusal: string | undefined;
  calls: readonly { id: string; name: string; arguments: string }[];
  finish: string;
};

/** Counts of tokens; `input` and `output` are whole. */
export type ReplyUsage = {
  input: number;
  cached: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  more: object;
};

/** An answer with everything decided, ready to be written for any endpoint. */
export type Reply = {
  /** The number of the request, from 1, of which ids are made. */
  number: number;
  model: string;
  created: number;
  choices: readonly ReplyChoice[];
  usage: ReplyUsage | undefined;
};

/** What is written for one request: a whole body or events, as it was asked for, and the error that may take their place. */
export type Wire = {
  whole: () => unknown;
  /** Each with the empty line that ends it. */
  events: () => string[];
  /** The event that ends a stream which fails behind so many events. */
  failure: (error: { message: string; type: string; code: string | null }, after: number) => string;
};

/** The moment of every answer, in seconds. */
const CREATED = 1_766_000_068;

/** Decides what an answer leaves open. */
export function replyOf(answer: Answer, asked: Asked, number: number): Reply {
  const given = answer.choices ?? [answer];
  const choices = given.map((choice, index) => replyChoice(choice, number, index));
  return {
    number,
    model: answer.model ?? asked.model,
    created: CREATED,
    choices,
    usage: answer.usage === null ? undefined : usageOf(answer, asked, choices),
  };
}

/** An id with a prefix of its own and the number of the request in it. */
export function idOf(prefix: string, number: number, length = 29): string {
  return `${prefix}${String(number).padStart(length, "0")}`;
}

function replyChoice(choice: AnswerChoice, number: number, index: number): ReplyChoice {
  const calls = (choice.calls ?? []).map(({ id, name, arguments: given }, place) => ({
    id: id ?? idOf("call_", number * 10_000 + index * 100 + place, 24),
    name,
    arguments: typeof given === "string" ? given : JSON.stringify(given),
  }));
  const isSilent = calls.length > 0 || choice.refusal !== undefined;
  return {
    reasoning: choice.reasoning ?? "",
    text: choice.text ?? (isSilent ? undefined : ""),
    refusal: choice.refusal,
    calls,
    finish: choice.finish ?? (calls.length > 0 ? "tool_calls" : "stop"),
  };
}

function usageOf(answer: Answer, asked: Asked, choices: readonly ReplyChoice[]): ReplyUsage {
  const given = answer.usage ?? {};
  const sum = (count: (choice: ReplyChoice) => number): number =>
    choices.reduce((total, choice) => total + count(choice), 0);
  const reasoning = given.reasoning ?? sum((choice) => tokensOf(choice.reasoning));
  const visible = sum(
    ({ text, refusal, calls }) =>
      tokensOf(text ?? "") +
      tokensOf(refusal ?? "") +
      calls.reduce((count, call) => count + tokensOf(call.name) + tokensOf(call.arguments), 0),
  );
  const cached = given.cached ?? 0;
  const cacheWrite = given.cacheWrite ?? 0;
  return {
    // What is said of caches is true of an input that is at least as long.
    input: given.input ?? Math.max(asked.input, cached + cacheWrite),
    cached,
    cacheWrite,
    output: given.output ?? visible + reasoning,
    reasoning,
    more: given.more ?? {},
  };
}
