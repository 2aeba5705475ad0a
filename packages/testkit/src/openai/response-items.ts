import { idOf, type ReplyChoice } from "./reply.js";
import type { TypedEvent } from "./sse.js";
import { pieces } from "./tokens.js";

/** One item of a response's output, and the events by which a stream builds it. */
export type ResponseItem = { item: object; events: TypedEvent[] };

/** What a choice is in a response: thinking, a message, and calls, each an item of its own. */
export function itemsOf(choice: ReplyChoice, number: number, status: string): ResponseItem[] {
  const { reasoning, text, refusal, calls } = choice;
  const items: ResponseItem[] = reasoning === "" ? [] : [reasoningItem(reasoning, number)];
  if (text !== undefined || refusal !== undefined) items.push(messageItem(text, refusal, number, status));
  return [...items, ...calls.map((call, place) => callItem(call, number * 100 + place, status))];
}

function messageItem(
  text: string | undefined,
  refusal: string | undefined,
  number: number,
  status: string,
): ResponseItem {
  const id = idOf("msg_", number, 48);
  const head = { id, type: "message", role: "assistant" };
  const parts = [
    ...(text === undefined ? [] : [textPart(text)]),
    ...(refusal === undefined ? [] : [refusalPart(refusal)]),
  ];
  const item = { ...head, status, content: parts.map(({ part }) => part) };
  return {
    item,
    events: [
      { type: "response.output_item.added", item: { ...head, status: "in_progress", content: [] } },
      ...parts.flatMap(({ empty, part, kind, name, said, more }, place) => {
        const where = { item_id: id, content_index: place };
        return [
          { type: "response.content_part.added", ...where, part: empty },
          ...pieces(said).map((delta) => ({ type: `response.${kind}.delta`, ...where, delta, ...more })),
          { type: `response.${kind}.done`, ...where, [name]: said, ...more },
          { type: "response.content_part.done", ...where, part },
        ];
      }),
      { type: "response.output_item.done", item },
    ],
  };
}

type Part = { part: object; empty: object; kind: string; name: string; said: string; more: object };

function textPart(said: string): Part {
  const part = (text: string): object => ({ type: "output_text", annotations: [], logprobs: [], text });
  return {
    part: part(said),
    empty: part(""),
    kind: "output_text",
    name: "text",
    said,
    more: { logprobs: [] },
  };
}

function refusalPart(said: string): Part {
  const part = (refusal: string): object => ({ type: "refusal", refusal });
  return { part: part(said), empty: part(""), kind: "refusal", name: "refusal", said, more: {} };
}

function callItem(
  { id: callId, name, arguments: text }: ReplyChoice["calls"][number],
  number: number,
  status: string,
): ResponseItem {
  const id = idOf("fc_", number, 48);
  const head = { id, type: "function_call", call_id: callId, name };
  const item = { ...head, status, arguments: text };
  return {
    item,
    events: [
      { type: "response.output_item.added", item: { ...head, status: "in_progress", arguments: "" } },
      ...pieces(text).map((delta) => ({
        type: "response.function_call_arguments.delta",
        item_id: id,
        delta,
      })),
      { type: "response.function_call_arguments.done", item_id: id, arguments: text },
      { type: "response.output_item.done", item },
    ],
  };
}

function reasoningItem(said: string, number: number): ResponseItem {
  const id = idOf("rs_", number, 48);
  const where = { item_id: id, summary_index: 0 };
  const part = (text: string): object => ({ type: "summary_text", text });
  const item = { id, type: "reasoning", summary: [part(said)] };
  return {
    item,
    events: [
      { type: "response.output_item.added", item: { ...item, summary: [] } },
      { type: "response.reasoning_summary_part.added", ...where, part: part("") },
      ...pieces(said).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...where, delta })),
      { type: "response.reasoning_summary_text.done", ...where, text: said },
      { type: "response.reasoning_summary_part.done", ...where, part: part(said) },
      { type: "response.output_item.done", item },
    ],
  };
}
