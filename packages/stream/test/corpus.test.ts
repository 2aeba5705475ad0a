import { checkChatCompletionEmit } from "@waybill/core/emit";
import { cut, sseBytes } from "@waybill/testkit";
import { describe, expect, it } from "vitest";

import { accumulate, Accumulator } from "../src/index.js";
import { corpusNote, recordedStreams, type Chunk } from "./corpus.js";

/** The plainest reading there is: pieces behind each other, by index. */
function joined(chunks: readonly Chunk[]): { texts: string[]; thoughts: string[]; calls: string[][] } {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: string[][] = [];
  for (const { index = 0, delta = {}, text } of chunks.flatMap(({ choices }) => choices ?? [])) {
    texts[index] = (texts[index] ?? "") + (delta.content ?? text ?? "");
    thoughts[index] = (thoughts[index] ?? "") + (delta.reasoning ?? "");
    const known = (calls[index] ??= []);
    for (const call of delta.tool_calls ?? [])
      known[call.index] = (known[call.index] ?? "") + (call.function?.arguments ?? "");
  }
  return { texts, thoughts, calls };
}

/** The last value that is not null, of all choices. */
function lastFinish(chunks: readonly Chunk[]): string | null {
  const reasons = chunks.flatMap(({ choices }) => choices ?? []).map((choice) => choice.finish_reason);
  return reasons.findLast((reason) => reason) ?? null;
}

describe.skipIf(corpusNote !== "")(`the recorded streams${corpusNote}`, () => {
  it.each(recordedStreams())("$file is what its pieces are", async ({ chunks }) => {
    const { completion, usage, status } = await accumulate(sseBytes(chunks));
    const { texts, thoughts, calls } = joined(chunks);
    const messages = completion.choices.map(({ message }) => message);
    expect(messages.map(({ content }) => content ?? "")).toEqual(texts);
    expect(messages.map((message) => message.reasoning_content ?? "")).toEqual(thoughts);
    expect(messages.map(({ tool_calls: own }) => own?.map((call) => call.function?.arguments) ?? [])).toEqual(
      calls,
    );
    expect(completion.choices.at(-1)?.finish_reason ?? null).toBe(lastFinish(chunks));
    expect(status).toBe(lastFinish(chunks) === null ? "incomplete" : "complete");
    expect(usage).toEqual(chunks.findLast((chunk) => chunk.usage)?.usage ?? null);
    const checked = checkChatCompletionEmit(completion);
    expect(checked.ok ? [] : checked.issues).toEqual([]);
  });

  it.each(recordedStreams())("$file is the same in any reads, and as chunks", async ({ chunks }) => {
    const bytes = sseBytes(chunks);
    const whole = await accumulate(bytes);
    for (const size of [1, 512, "event"] as const) {
      const accumulator = new Accumulator();
      for (const read of cut(bytes, size)) accumulator.write(read);
      const { completion, diagnostics } = accumulator.finish();
      expect({ completion, diagnostics }).toEqual({
        completion: whole.completion,
        diagnostics: whole.diagnostics,
      });
    }
    expect((await accumulate(chunks)).completion).toEqual(whole.completion);
  });
});
