import type { Answer } from "@waybill/testkit";

import type { RecordingKind } from "../../server/upstream/recording-kind.js";

/** A call of our own making: what is asked, and what the model is made to say. */
export type RecordedCall = { kind: RecordingKind; path: string; body: object; answer: Answer };

/** What providers call a model in their answers, where it differs from the name that is asked for. */
const datedNames: Readonly<Record<string, string>> = {
  "gpt-4o": "gpt-4o-2024-08-06",
  "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
  "o4-mini": "o4-mini-2025-04-16",
  "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
  "claude-haiku-4-5": "claude-haiku-4-5-20251001",
};

/** A chat call; a text is what the user says. Streams ask for their usage. */
export function chat(
  kind: RecordingKind,
  model: string,
  asked: string | readonly object[],
  answer: Answer | string,
  members: object = {},
): RecordedCall {
  const isWhole = kind === "whole" || "stream" in members;
  return {
    kind,
    path: "chat/completions",
    body: {
      model,
      messages: typeof asked === "string" ? [{ role: "user", content: asked }] : asked,
      ...(isWhole ? {} : { stream: true, stream_options: { include_usage: true } }),
      ...members,
    },
    answer: {
      model: datedNames[model] ?? model,
      ...(typeof answer === "string" ? { text: answer } : answer),
    },
  };
}

/** A conversation that a system message opens. */
export function briefed(system: string, user: string): readonly object[] {
  return [
    { role: "system", content: system },
    { role: "user", content: user },
  ];
}
