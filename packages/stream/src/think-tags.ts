import type { ChatCompletionEmit, OrderedPart } from "@waybill/core";

import type { StreamContext } from "./stream-context.js";

const TAGS = ["think", "thinking", "reasoning"];

/** Content and the reasoning that stood in it. */
export type Split = { thinking: string; text: string };

/**
 * Takes reasoning in tags off the front of a text (quirk R5). The closing tag alone is enough: some models open it in the
 * prompt. A tag that is never closed is open until the end. undefined when there is none.
 */
export function splitTags(content: string): Split | undefined {
  let rest = content;
  let thinking = "";
  let isSplit = false;
  for (;;) {
    const front = rest.trimStart();
    const opened = TAGS.find((tag) => front.startsWith(`<${tag}>`));
    if (opened === undefined) break;
    isSplit = true;
    const start = opened.length + 2;
    const end = front.indexOf(`</${opened}>`, start);
    thinking += front.slice(start, end < 0 ? undefined : end);
    rest = end < 0 ? "" : front.slice(end + opened.length + 3);
  }
  if (isSplit) return { thinking, text: rest.trimStart() };
  for (const tag of TAGS) {
    const end = content.indexOf(`</${tag}>`);
    if (end < 0 || content.includes(`<${tag}>`)) continue;
    return { thinking: content.slice(0, end), text: content.slice(end + tag.length + 3).trimStart() };
  }
  return undefined;
}

/** Splits the content of every choice; what the provider sent stays in `raw_content`. */
export function splitThinking(completion: ChatCompletionEmit, context: StreamContext): void {
  for (const { index, message } of completion.choices) {
    const split = message.content === null ? undefined : splitTags(message.content);
    if (!split) continue;
    context.note("R5", "reasoning stands in tags in the content; it is split off", index);
    const known = message.reasoning_content ?? "";
    message.raw_content = message.content ?? "";
    message.content = split.text;
    message.reasoning_content = known + split.thinking;
    message.reasoning_source = "content";
    message.ordered_parts = message.ordered_parts
      ? splitParts(message.ordered_parts, message.raw_content.length - split.text.length)
      : toParts(split);
  }
}

/** @param length how much of the text, from its beginning, is reasoning and tags. */
function splitParts(parts: readonly OrderedPart[], length: number): OrderedPart[] {
  let left = length;
  return parts.flatMap((part) => {
    if (part.type !== "text" || left === 0) return [part];
    const thinking = TAGS.reduce(
      (text, tag) => text.replaceAll(`<${tag}>`, "").replaceAll(`</${tag}>`, ""),
      part.text.slice(0, left),
    );
    const text = part.text.slice(left);
    left = Math.max(0, left - part.text.length);
    return thinking.trim() === "" && text !== "" ? [{ type: "text", text }] : toParts({ thinking, text });
  });
}

function toParts({ thinking, text }: Split): OrderedPart[] {
  const head: OrderedPart = { type: "thinking", thinking };
  return text === "" ? [head] : [head, { type: "text", text }];
}
