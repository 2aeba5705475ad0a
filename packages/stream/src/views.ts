import type { ChatCompletionEmit } from "@waybill/core";

import { isObject, type Members } from "./members.js";

type Choice = ChatCompletionEmit["choices"][number];

/** Members of a message that are our own. */
const OWN = ["ordered_parts", "reasoning_source", "raw_content", "extra", "extra_first"];

/**
 * The completion as OpenAI's own client for JavaScript gives it at the end of a stream: members that we keep apart under
 * `extra` stand at their own place, and what is of our making is gone. On clean streams it equals
 * `ChatCompletionStream.finalChatCompletion()`, but for `parsed`, padding and a usage that is null; where that client loses
 * data, this does not.
 */
export function toOpenAICompletion(completion: ChatCompletionEmit): ChatCompletionEmit {
  const { choices, ...head } = completion;
  const view: Members = {
    ...withoutNulls(unpacked(head), ["system_fingerprint", "service_tier"]),
    choices: choices.map((choice) => {
      const { message, ...rest } = choice;
      return {
        ...withoutOwn(unpacked(rest), ["native_finish_reason"]),
        message: { ...withoutOwn(unpacked(message), OWN), content: message.content || null },
      };
    }),
  };
  // What is taken away is of our making, so that the rest has the type that it had.
  return view as ChatCompletionEmit;
}

/**
 * The completion as LiteLLM's `stream_chunk_builder` gives it, without what that loses: one choice with the text of all,
 * arguments that never came are `{}`, the finish reason of a stream that has none is `stop`.
 */
export function toLiteLLMCompletion(completion: ChatCompletionEmit): Members {
  const { choices, ...head } = completion;
  const [first, ...others] = choices;
  const content = choices.map(({ message }) => message.content ?? "").join("");
  const calls = choices.flatMap(({ message }) => message.tool_calls ?? []);
  const hasText = choices.some(({ message }) => message.content !== null);
  const message: Members = {
    ...withoutOwn(unpacked(first?.message ?? {}), OWN),
    role: first?.message.role ?? "assistant",
    content: hasText ? content : calls.length > 0 ? null : "",
    ...(calls.length > 0 ? { tool_calls: calls.map(withArguments) } : {}),
  };
  delete message.refusal;
  const last = [first, ...others].findLast((choice) => choice?.finish_reason);
  const native = last?.native_finish_reason;
  return {
    ...unpacked(head),
    choices: [
      {
        index: 0,
        message,
        finish_reason: last?.finish_reason ?? "stop",
        ...(native ? { provider_specific_fields: { native_finish_reason: native } } : {}),
      },
    ],
  };
}

/** The members of `extra` at their own place, unless something stands there. */
function unpacked(value: object): Members {
  const { extra, extra_first: _first, model_first: _model, ...rest } = value as Members;
  return isObject(extra) ? { ...extra, ...rest } : { ...rest };
}

function withoutOwn(value: Members, names: readonly string[]): Members {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Without those of the named members that no chunk had. */
function withoutNulls(value: Members, names: readonly string[]): Members {
  return Object.fromEntries(
    Object.entries(value).filter(([name, each]) => each !== null || !names.includes(name)),
  );
}

function withArguments(call: NonNullable<Choice["message"]["tool_calls"]>[number]): Members {
  const { function: fn } = call;
  return fn ? { ...call, function: { ...fn, arguments: fn.arguments || "{}" } } : { ...call };
}
