import { checkChatCompletionEmit } from "@waybill/core/emit";
import { quirkCases } from "@waybill/testkit";
import { describe, expect, it } from "vitest";

import { accumulate, Accumulator } from "../src/index.js";

type Message = {
  content: string | null;
  refusal?: string | null;
  reasoning_content?: string;
  tool_calls?: { id: string; type: string; function?: object; custom?: object }[];
  function_call?: object;
};

/** A choice in the words of the corpus. */
function told(choice: {
  message: Message;
  finish_reason: string | null;
  native_finish_reason?: unknown;
}): object {
  const { message, finish_reason, native_finish_reason: native } = choice;
  const { content, refusal, reasoning_content, tool_calls: calls, function_call } = message;
  return {
    content,
    finish_reason,
    ...(refusal === null ? {} : { refusal }),
    ...(reasoning_content === undefined ? {} : { reasoning_content }),
    ...(native === undefined ? {} : { native_finish_reason: native }),
    ...(calls ? { tool_calls: calls.map(toldCall) } : {}),
    ...(function_call ? { function_call } : {}),
  };
}

function toldCall({ id, type, function: fn, custom }: NonNullable<Message["tool_calls"]>[number]) {
  const { name, arguments: text, input } = { ...fn, ...custom } as Record<string, unknown>;
  return { id, type, name, arguments: text ?? input };
}

describe.each(quirkCases.map((each) => [`${each.codes[0]}: ${each.name}`, each] as const))(
  "%s",
  (_, { reads, contentType, staysOpen, expected }) => {
    it("gives what was meant, and names what was odd", async () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const read of reads) controller.enqueue(read);
          if (!staysOpen) controller.close();
        },
      });
      const response = new Response(body, { headers: { "content-type": contentType } });
      const result = await accumulate(response);
      const { completion, diagnostics } = result;
      expect(completion.choices.map((choice) => told(choice as Parameters<typeof told>[0]))).toEqual(
        expected.choices,
      );
      expect([result.status, result.usage]).toEqual([expected.status, expected.usage]);
      expect([...new Set(diagnostics.map(({ code }) => code))].toSorted()).toEqual(expected.diagnostics);
      const { model = completion.model, id = completion.id, error = result.error?.message } = expected;
      expect([completion.model, completion.id, result.error?.message]).toEqual([model, id, error]);
      const checked = checkChatCompletionEmit(completion);
      expect(checked.ok ? [] : checked.issues).toEqual([]);
    });

    it("gives the same byte by byte", () => {
      const now = () => 0;
      const [whole, cut] = [new Accumulator({ now }), new Accumulator({ now })];
      for (const read of reads) {
        whole.write(read);
        for (const byte of read) cut.write(Uint8Array.of(byte));
      }
      expect(cut.finish()).toEqual(whole.finish());
    });
  },
);
