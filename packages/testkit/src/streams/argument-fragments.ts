import type { ChatCompletionChunk } from "@waybill/core";

import type { Random } from "./random.js";
import { word, type TextKind } from "./words.js";

type Delta = NonNullable<NonNullable<ChatCompletionChunk["choices"]>[number]["delta"]>;

const names = ["get_weather", "search_documents", "run_query", "send_message"];

/**
 * Deltas of parallel calls: first every call's head, then fragments of the arguments in turns. The arguments of a call
 * are a JSON object when it has two fragments or more; with one they are `{}`, and with none they are empty.
 */
export function argumentFragments(tools: number, count: number, kind: TextKind, source: Random): Delta[] {
  const heads = Array.from({ length: tools }, (_, index) => ({
    index,
    id: `call_${source.letters(24)}`,
    type: "function",
    function: { name: source.pick(names), arguments: "" },
  }));
  const rest = count - tools;
  const fragments = Array.from({ length: rest }, (_, place) => {
    const index = place % tools;
    const round = Math.floor(place / tools);
    const rounds = Math.ceil((rest - index) / tools);
    return { index, function: { arguments: fragment(round, rounds, kind, source) } };
  });
  return [...heads, ...fragments].map((call) => ({ tool_calls: [call] }));
}

function fragment(round: number, rounds: number, kind: TextKind, source: Random): string {
  if (rounds === 1) return "{}";
  if (round === 0) return '{"text":"';
  if (round === rounds - 1) return '"}';
  return JSON.stringify(word(kind, source)).slice(1, -1);
}
