import { membersOf } from "../members.js";
import { random } from "../streams/random.js";
import { idOf, type Reply, type ReplyUsage, type Wire } from "./reply.js";
import { itemsOf } from "./response-items.js";
import { typedEvent, type TypedEvent } from "./sse.js";

/** Why a response is not complete, in its own words. */
const incompleteReasons: Readonly<Record<string, string>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};

/** `POST /v1/responses`. There is one answer; more choices are not asked for and not sent. */
export function responsesWire(reply: Reply, body: unknown): Wire {
  const asked = membersOf(body);
  const [choice] = reply.choices;
  const reason = incompleteReasons[choice?.finish ?? "stop"];
  const status = reason === undefined ? "completed" : "incomplete";
  const items = choice ? itemsOf(choice, reply.number, status) : [];
  const response = (members: object): object => ({
    id: idOf("resp_", reply.number, 48),
    object: "response",
    created_at: reply.created,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: asked["instructions"] ?? null,
    max_output_tokens: asked["max_output_tokens"] ?? null,
    model: reply.model,
    output: [],
    parallel_tool_calls: asked["parallel_tool_calls"] ?? true,
    previous_response_id: asked["previous_response_id"] ?? null,
    reasoning: { effort: membersOf(asked["reasoning"])["effort"] ?? null, summary: null },
    service_tier: "default",
    store: asked["store"] ?? true,
    temperature: asked["temperature"] ?? 1,
    text: { format: { type: "text" } },
    tool_choice: asked["tool_choice"] ?? "auto",
    tools: asked["tools"] ?? [],
    top_p: asked["top_p"] ?? 1,
    truncation: "disabled",
    usage: null,
    user: asked["user"] ?? null,
    metadata: asked["metadata"] ?? {},
    ...members,
  });
  const ended = (): object =>
    response({
      output: items.map(({ item }) => item),
      incomplete_details: reason === undefined ? null : { reason },
      usage: reply.usage ? responsesUsage(reply.usage) : null,
    });
  return {
    whole: ended,
    events: () => {
      const begun = response({ status: "in_progress" });
      const source = random(reply.number);
      const events: TypedEvent[] = [
        { type: "response.created", response: begun },
        { type: "response.in_progress", response: begun },
        ...items.flatMap(({ events: own }, place) => own.map((event) => ({ ...event, output_index: place }))),
        { type: `response.${status}`, response: ended() },
      ];
      return events.map((event, place) => {
        const padding =
          event["delta"] === undefined ? {} : { obfuscation: source.letters(source.integer(4, 16)) };
        return typedEvent({ ...event, sequence_number: place, ...padding });
      });
    },
    failure: ({ message, code, type }, after) => {
      const failed = response({ status: "failed", error: { code: code ?? type, message } });
      return typedEvent({ type: "response.failed", response: failed, sequence_number: after });
    },
  };
}

function responsesUsage({ input, cached, output, reasoning, more }: ReplyUsage): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
    ...more,
  };
}
