import { idOf, type Reply, type ReplyChoice, type ReplyUsage, type Wire } from "./reply.js";
import { typedEvent } from "./sse.js";
import { pieces } from "./tokens.js";

/** Anthropic's words for the reasons of an end. */
const stopReasons: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
};

/** `POST /v1/messages`, as Anthropic answers it. There is one choice; more are not asked for and not sent. */
export function messagesWire(reply: Reply): Wire {
  const [choice] = reply.choices;
  const blocks = choice ? blocksOf(choice) : [];
  const stop = { stop_reason: stopReasons[choice?.finish ?? "stop"] ?? "end_turn", stop_sequence: null };
  const { usage } = reply;
  const head = {
    id: idOf("msg_01", reply.number, 22),
    type: "message",
    role: "assistant",
    model: reply.model,
  };
  return {
    whole: () => ({
      ...head,
      content: blocks.map(({ block }) => block),
      ...stop,
      ...(usage ? { usage: anthropicUsage(usage) } : {}),
    }),
    events: () => {
      const opening = { ...head, content: [], stop_reason: null, stop_sequence: null };
      // The first count of the output is that of the first token; the last event has all.
      const early = usage && {
        usage: { ...anthropicUsage(usage), output_tokens: Math.min(1, usage.output) },
      };
      return [
        { type: "message_start", message: { ...opening, ...early } },
        ...blocks.flatMap(({ empty, deltas }, index) => [
          { type: "content_block_start", index, content_block: empty },
          ...(index === 0 ? [{ type: "ping" }] : []),
          ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
          { type: "content_block_stop", index },
        ]),
        {
          type: "message_delta",
          delta: stop,
          ...(usage ? { usage: anthropicUsage(usage) } : {}),
        },
        { type: "message_stop" },
      ].map(typedEvent);
    },
    failure: ({ message, type }) => typedEvent({ type: "error", error: { type, message } }),
  };
}

/** What a cache gave or took is not part of `input_tokens` here. */
function anthropicUsage({ input, cached, cacheWrite, output, more }: ReplyUsage): object {
  return {
    input_tokens: input - cached - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cached,
    output_tokens: output,
    service_tier: "standard",
    ...more,
  };
}

type Block = { block: object; empty: object; deltas: object[] };

function blocksOf({ reasoning, text, refusal, calls }: ReplyChoice): Block[] {
  const said = text ?? refusal;
  return [
    ...(reasoning === "" ? [] : [thinkingBlock(reasoning)]),
    ...(said === undefined ? [] : [textBlock(said)]),
    ...calls.map(toolBlock),
  ];
}

function thinkingBlock(thinking: string): Block {
  const signature = "c3R1Yg==";
  return {
    block: { type: "thinking", thinking, signature },
    empty: { type: "thinking", thinking: "", signature: "" },
    deltas: [
      ...pieces(thinking).map((piece) => ({ type: "thinking_delta", thinking: piece })),
      { type: "signature_delta", signature },
    ],
  };
}

function textBlock(text: string): Block {
  return {
    block: { type: "text", text },
    empty: { type: "text", text: "" },
    deltas: pieces(text).map((piece) => ({ type: "text_delta", text: piece })),
  };
}

function toolBlock({ id, name, arguments: text }: ReplyChoice["calls"][number]): Block {
  const head = { type: "tool_use", id: id.replace(/^call_/, "toolu_"), name };
  return {
    block: { ...head, input: inputOf(text) },
    empty: { ...head, input: {} },
    deltas: pieces(text).map((piece) => ({ type: "input_json_delta", partial_json: piece })),
  };
}

/** Arguments that are no JSON have no place in a whole message. */
function inputOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}
