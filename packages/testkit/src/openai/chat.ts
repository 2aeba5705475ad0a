import { random } from "../streams/random.js";
import { openAIUsage } from "./openai-usage.js";
import { idOf, type Reply, type ReplyChoice, type Wire } from "./reply.js";
import { dataEvent } from "./sse.js";
import { pieces } from "./tokens.js";

/** How a chat stream is written. */
export type ChatWireOptions = {
  /** Whether the stream ends with its usage. */
  wantsUsage: boolean;
  /** Whether chunks are padded, as OpenAI pads them against listeners who count bytes. */
  isPadded: boolean;
};

/** `POST /v1/chat/completions`. */
export function chatWire(reply: Reply, options: ChatWireOptions): Wire {
  const head = {
    id: idOf("chatcmpl-", reply.number),
    created: reply.created,
    model: reply.model,
    service_tier: "default",
    system_fingerprint: "fp_057ab5e4b1",
  };
  return {
    whole: () => ({
      ...head,
      object: "chat.completion",
      choices: reply.choices.map(wholeChoice),
      ...(reply.usage ? { usage: openAIUsage(reply.usage) } : {}),
    }),
    events: () => {
      const source = random(reply.number);
      const chunk = (choices: object[], usage: object | null = null): string =>
        dataEvent({
          ...head,
          object: "chat.completion.chunk",
          choices,
          ...(options.wantsUsage ? { usage } : {}),
          ...(options.isPadded ? { obfuscation: source.letters(source.integer(4, 16)) } : {}),
        });
      const chunks = inTurns(reply.choices.map(deltasOf)).map((choice) => chunk([choice]));
      if (options.wantsUsage && reply.usage) chunks.push(chunk([], openAIUsage(reply.usage)));
      return [...chunks, dataEvent("[DONE]")];
    },
    failure: (error) => dataEvent({ error: { ...error, param: null } }),
  };
}

function wholeChoice({ reasoning, text, refusal, calls, finish }: ReplyChoice, index: number): object {
  const message = {
    role: "assistant",
    content: text ?? null,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    refusal: refusal ?? null,
    annotations: [],
    ...(calls.length > 0 ? { tool_calls: calls.map(wholeCall) } : {}),
  };
  return { index, message, logprobs: null, finish_reason: finish };
}

function wholeCall({ id, name, arguments: text }: ReplyChoice["calls"][number]): object {
  return { id, type: "function", function: { name, arguments: text } };
}

/** The chunks of one choice: its opening, its pieces, its finish. */
function deltasOf(choice: ReplyChoice, index: number): object[] {
  const { reasoning, text, refusal, calls, finish } = choice;
  const part = (delta: object, reason: string | null = null): object => ({
    index,
    delta,
    logprobs: null,
    finish_reason: reason,
  });
  return [
    part({ role: "assistant", content: text === undefined ? null : "", refusal: null }),
    ...pieces(reasoning).map((piece) => part({ reasoning_content: piece })),
    ...pieces(text ?? "").map((content) => part({ content })),
    ...pieces(refusal ?? "").map((piece) => part({ refusal: piece })),
    ...calls.flatMap((call, place) => callDeltas(call, place).map((piece) => part({ tool_calls: [piece] }))),
    part({}, finish),
  ];
}

/** The parts of one call; as at OpenAI, one call is over before the next begins. */
function callDeltas({ id, name, arguments: text }: ReplyChoice["calls"][number], index: number): object[] {
  return [
    { index, id, type: "function", function: { name, arguments: "" } },
    ...pieces(text).map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

/** One of each in turns, until all are over. */
function inTurns<Item>(rows: readonly (readonly Item[])[]): Item[] {
  const longest = rows.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, place) =>
    rows.flatMap((row) => row.slice(place, place + 1)),
  ).flat();
}
