import { Accumulator } from "@waybill/stream";

import type { Progress } from "../live-call.js";
import { membersOf } from "../members.js";
import type { Answer, AnswerEnd, AnswerReader, Clocked } from "./answer.js";

/** What a streamed answer of chat or text is read with. */
export type ChatOptions = Clocked & { request: unknown; maxBytes: number };

/** A stream of chunks, of chat or of text. */
export class ChatAnswer implements AnswerReader {
  readonly #accumulator: Accumulator;

  constructor({ request, now, startedAt, maxBytes }: ChatOptions) {
    const { n } = membersOf(request);
    this.#accumulator = new Accumulator({
      now,
      startedAt,
      maxSize: maxBytes,
      request: { stream: true, n: typeof n === "number" ? n : null },
    });
    this.#accumulator.headers();
  }

  write(piece: Uint8Array): void {
    this.#accumulator.write(piece);
  }

  end(reason: AnswerEnd, cause?: unknown): Answer {
    return { result: this.#accumulator.finish(reason, cause) };
  }

  progress(): Progress {
    const { choices } = this.#accumulator.snapshot();
    const { chunks, firstContent, firstReasoning, firstTool } = this.#accumulator.timing();
    const firsts = [firstContent, firstReasoning, firstTool].filter((moment) => moment !== null);
    return {
      text: choices[0]?.message.content ?? "",
      chunks,
      firstTokenMs: firsts.length > 0 ? Math.min(...firsts) : null,
    };
  }
}
