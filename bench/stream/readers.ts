import type { ChatCompletionChunk } from "@waybill/core";
import { Accumulator } from "@waybill/stream";
import { createParser } from "eventsource-parser";

import type { Answer } from "../peers/answer.js";
import { bodyOf, responseOf } from "../peers/body.js";
import { answerOf } from "../peers/waybill.js";
import { gatherer } from "./naive.js";

/** One way to read a stream to its end. */
export type Reader = {
  name: string;
  read: (reads: Iterable<Uint8Array>) => unknown;
  /** What it makes of the stream; undefined when it is not meant to make anything. */
  answer: (reads: Iterable<Uint8Array>) => Promise<Answer | undefined>;
};

function reader<Result>(
  name: string,
  read: (reads: Iterable<Uint8Array>) => Result,
  toAnswer: (result: Awaited<Result>) => Answer | undefined,
): Reader {
  return { name, read, answer: async (reads) => toAnswer(await read(reads)) };
}

let dropped: unknown;

/** What every reader that parses has to do, and nothing besides: the results are dropped. */
const floor = reader(
  "floor",
  (reads) =>
    parse(reads, (chunk) => {
      dropped = chunk;
    }),
  () => undefined,
);

const naive = reader(
  "naive",
  (reads) => {
    const { add, answer } = gatherer();
    parse(reads, add);
    return answer();
  },
  (answer) => answer,
);

const eventSourceParser = reader(
  "eventsource-parser + naive",
  (reads) => {
    const { add, answer } = gatherer();
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent({ data }) {
        if (data !== "[DONE]") add(JSON.parse(data) as ChatCompletionChunk);
      },
    });
    for (const read of reads) parser.feed(decoder.decode(read, { stream: true }));
    return answer();
  },
  (answer) => answer,
);

const waybill = reader(
  "waybill",
  (reads) => {
    const accumulator = new Accumulator();
    for (const read of reads) accumulator.write(read);
    return accumulator.finish();
  },
  answerOf,
);

/** The readers by name; peers are loaded only where they are measured. The AI SDK must know the tools that are called. */
export async function readerOf(name: string, toolNames: readonly string[] = []): Promise<Reader> {
  const found = [floor, naive, eventSourceParser, waybill].find((each) => each.name === name);
  if (found) return found;
  const toAnswer = (answer: Answer) => answer;
  if (name === "openai-node") {
    const { readWithOpenAI } = await import("../peers/openai.js");
    return reader(name, (reads) => readWithOpenAI(responseOf(bodyOf(reads))), toAnswer);
  }
  const { readWithAiSdk } = await import("../peers/ai-sdk.js");
  return reader(name, (reads) => readWithAiSdk(responseOf(bodyOf(reads)), toolNames), toAnswer);
}

/** Whether the answer has the text, the arguments and the total that it should. */
export function isRight(expected: Answer, answer: Answer | undefined): boolean {
  return answer !== undefined && JSON.stringify(gist(answer)) === JSON.stringify(gist(expected));
}

function gist({ choices, usage }: Answer): unknown {
  const texts = choices.map(({ content, calls }) => [content, calls.map((call) => call.arguments)]);
  return [texts, usage?.total_tokens ?? null];
}

function parse(reads: Iterable<Uint8Array>, add: (chunk: ChatCompletionChunk) => void): unknown {
  const decoder = new TextDecoder();
  let text = "";
  for (const read of reads) {
    text += decoder.decode(read, { stream: true });
    let start = 0;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n", start)) {
      const data = text.slice(start + "data: ".length, end);
      if (data !== "[DONE]") add(JSON.parse(data) as ChatCompletionChunk);
      start = end + 2;
    }
    text = text.slice(start);
  }
  return dropped;
}
