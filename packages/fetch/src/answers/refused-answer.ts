import { Accumulator } from "@waybill/stream";

import type { Progress } from "../live-call.js";
import type { Answer, AnswerReader } from "./answer.js";

/** The body of an HTTP error, in whatever form a server sends it. */
export class RefusedAnswer implements AnswerReader {
  readonly #status: number;
  readonly #headers: Headers;
  readonly #accumulator: Accumulator;

  constructor(status: number, headers: Headers) {
    this.#status = status;
    this.#headers = headers;
    this.#accumulator = new Accumulator({ status });
  }

  write(piece: Uint8Array): void {
    this.#accumulator.write(piece);
  }

  end(): Answer {
    const { error } = this.#accumulator.finish();
    const status = String(this.#status);
    const kind = error?.type ?? (error?.code === status ? undefined : error?.code);
    return {
      error: {
        message: error?.message ?? `HTTP ${status}`,
        code: status,
        status: this.#status,
        ...(kind === undefined ? {} : { class: kind }),
        headers: this.#headers,
      },
    };
  }

  progress(): Progress {
    return { text: "", chunks: 0, firstTokenMs: null };
  }
}
