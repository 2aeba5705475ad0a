import { wordsOf } from "@waybill/core/thrown";

import type { Api } from "../api.js";
import type { Progress } from "../live-call.js";
import { isMembers } from "../members.js";
import { jsonOf } from "../sent-request.js";
import type { Answer, AnswerEnd, AnswerReader } from "./answer.js";

/** An answer in one piece of JSON. */
export class WholeAnswer implements AnswerReader {
  readonly #api: Api;
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(api: Api, maxBytes: number) {
    this.#api = api;
    this.#maxBytes = maxBytes;
  }

  write(piece: Uint8Array): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) this.#pieces = [];
    // A reader may write over its pieces, or hand their memory on to another thread.
    else this.#pieces.push(piece.slice());
  }

  end(reason: AnswerEnd, cause?: unknown): Answer {
    const pieces = this.#pieces;
    this.#pieces = [];
    if (reason !== "eof") return { error: brokenOff(reason, cause) };
    if (this.#bytes > this.#maxBytes) {
      const lacks = `the answer has ${this.#bytes} bytes, and ${this.#maxBytes} are kept at most`;
      return { response: `[${lacks}]`, lacks };
    }
    const text = new TextDecoder().decode(joined(pieces, this.#bytes));
    const value = jsonOf(text);
    if (typeof value !== "object" || value === null)
      return { response: text, lacks: "the answer is no JSON object" };
    if (this.#api === "embeddings") return { response: withoutVectors(value) };
    const lacks = this.#api === "responses" ? onlyBegun(value) : undefined;
    return lacks === undefined ? { response: value } : { response: value, lacks };
  }

  progress(): Progress {
    return { text: "", chunks: 0, firstTokenMs: null };
  }
}

/** A response in the background is handed out before there is anything in it; its answer and usage are asked for later. */
function onlyBegun({ status }: { status?: unknown }): string | undefined {
  if (status !== "queued" && status !== "in_progress") return undefined;
  return `the answer is only begun (${status}): what it says and costs is not known`;
}

function brokenOff(reason: AnswerEnd, cause: unknown): Answer["error"] {
  const isAbort = reason === "abort";
  return {
    message:
      isAbort && cause === undefined
        ? "the answer was not read to its end"
        : `the answer broke off: ${wordsOf(cause)}`,
    class: isAbort ? "AbortError" : "BrokenAnswer",
  };
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Vectors are a thousand times as long as all else that a record of embeddings says; their length stays. */
function withoutVectors(answer: object): object {
  const { data } = answer as { data?: unknown };
  if (!Array.isArray(data)) return answer;
  return { ...answer, data: data.map((item: unknown) => (isMembers(item) ? withoutVector(item) : item)) };
}

function withoutVector(item: Record<string, unknown>): object {
  const { embedding } = item;
  if (Array.isArray(embedding)) return { ...item, embedding: `[${embedding.length} numbers]` };
  // Base64 of 32-bit floats: four characters for three bytes.
  if (typeof embedding !== "string") return item;
  const bytes = Math.floor((embedding.replace(/=+$/, "").length * 3) / 4);
  return { ...item, embedding: `[${Math.floor(bytes / 4)} numbers]` };
}
