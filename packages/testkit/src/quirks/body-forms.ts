import { answered, quirk, said } from "./expectation.js";
import type { QuirkCase } from "./quirk-case.js";
import { body, counts, cutAt, done, hello, reads } from "./wire.js";

const answer = {
  id: "chatcmpl-q1",
  object: "chat.completion",
  created: 1_766_000_068,
  model: "model-1",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "Hello", refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: counts(9, 2),
};

const ollama = (content: string, members: object = { done: false }) => ({
  model: "llama3.2",
  created_at: "2026-01-02T03:04:05.678901Z",
  message: { role: "assistant", content },
  ...members,
});

const line = (value: object) => `${JSON.stringify(value)}\n`;

/** Bodies that come at once, and bodies that are no event stream. */
export const bodyFormCases: readonly QuirkCase[] = [
  quirk(
    "all events come in one read",
    "T9",
    "Lemonade, caches",
    reads(body(...hello(), done)),
    said("Hello"),
  ),
  quirk(
    "the body is one JSON answer that is labelled as events",
    "T9",
    "caches",
    reads(JSON.stringify(answer)),
    said("Hello", { usage: counts(9, 2), diagnostics: ["T9"] }),
  ),
  quirk(
    "the body is one JSON answer over many lines that is labelled as events",
    "T9",
    "caches",
    cutAt(`${JSON.stringify(answer, null, 2)}\n`, () => [64]),
    said("Hello", { usage: counts(9, 2), diagnostics: ["T9"] }),
  ),
  quirk(
    "the body is one JSON answer that is labelled as JSON",
    "T9",
    "caches",
    reads(JSON.stringify(answer)),
    said("Hello", { usage: counts(9, 2), diagnostics: ["T9"] }),
    "application/json",
  ),
  quirk(
    "chunks come one on a line, without events",
    "T14",
    "servers behind NDJSON gateways",
    cutAt(hello().map(line).join(""), () => [100, 300]),
    said("Hello", { diagnostics: ["T14"] }),
    "application/x-ndjson",
  ),
  quirk(
    "the lines are those of Ollama's own API",
    "T14",
    "Ollama (/api/chat)",
    reads(
      ...[
        ollama("Hel"),
        ollama("lo"),
        ollama("", {
          done: true,
          done_reason: "stop",
          total_duration: 4_883_583_458,
          prompt_eval_count: 5,
          eval_count: 3,
        }),
      ].map(line),
    ),
    answered({ content: "Hello" }, { usage: counts(5, 3), model: "llama3.2", diagnostics: ["T14"] }),
    "application/x-ndjson",
  ),
  quirk(
    "the lines are those of Ollama's own API, cut by its limit",
    "T14",
    "Ollama (/api/chat)",
    cutAt(
      [
        ollama("Hel"),
        ollama("lo"),
        ollama("", { done: true, done_reason: "length", prompt_eval_count: 5, eval_count: 2 }),
      ]
        .map(line)
        .join(""),
      () => [50, 210],
    ),
    answered(
      { content: "Hello", finish_reason: "length" },
      { usage: counts(5, 2), model: "llama3.2", diagnostics: ["T14"] },
    ),
    "application/x-ndjson",
  ),
];
