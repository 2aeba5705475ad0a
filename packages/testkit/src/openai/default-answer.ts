import { membersOf } from "../members.js";
import type { Answer, AnswerChoice } from "./answer.js";
import type { Asked } from "./asked.js";
import { pieces } from "./tokens.js";

/** What the stub answers on its own: an echo, or calls of the tools that it was given. The same for the same request. */
export function defaultAnswer(asked: Asked): Answer {
  const usage = asked.wantsReasoning ? { reasoning: 64 } : {};
  const choices = Array.from({ length: asked.choices }, (_, index) => choiceOf(asked, index));
  return { choices, usage };
}

function choiceOf(asked: Asked, index: number): AnswerChoice {
  if (asked.tools.length > 0 && !asked.endsWithTool) {
    const called = asked.tools.slice(0, asked.allowsParallel ? 2 : 1);
    return {
      calls: called.map(({ name, parameters }) => ({ name, arguments: membersOf(sampleOf(parameters, 0)) })),
    };
  }
  const said = asked.lastWords === "" ? "Hello." : `You said: ${asked.lastWords}`;
  const text = index === 0 ? said : `${said} (${index + 1})`;
  const all = pieces(text);
  if (asked.limit === undefined || all.length <= asked.limit) return { text };
  return { text: all.slice(0, Math.max(0, asked.limit)).join(""), finish: "length" };
}

/** A schema may refer to itself by accident or by attack: no sample is deeper than this. */
const DEEPEST = 8;

/** A value that a JSON Schema allows, as far as types tell. */
function sampleOf(schema: unknown, depth: number): unknown {
  const { type, properties, enum: values, items, default: given } = membersOf(schema);
  if (given !== undefined) return given;
  if (Array.isArray(values) && values.length > 0) return values[0] as unknown;
  if (depth >= DEEPEST) return null;
  if (type === "string") return "example";
  if (type === "number" || type === "integer") return 1;
  if (type === "boolean") return true;
  if (type === "array") return items === undefined ? [] : [sampleOf(items, depth + 1)];
  if (properties === undefined && type !== "object") return null;
  const entries = Object.entries(membersOf(properties));
  return Object.fromEntries(entries.map(([name, member]) => [name, sampleOf(member, depth + 1)]));
}
