import type { StreamResult } from "@waybill/core";

import type { AccumulatorOptions } from "./accumulator-options.js";
import { Accumulator } from "./accumulator.js";
import { isObject, parseJson } from "./members.js";
import { isAbort, piecesOf, type ByteSource } from "./pieces.js";
import { decodeSse } from "./sse-reader.js";

/** The most completions on one stream. */
const MAX_IDS = 1000;

/**
 * Reads an event stream on which several completions take turns, and returns each by its id. A chunk without an id belongs
 * to the completion of the chunk before it, and what comes before any id, to that of the id `""`. Like `accumulate`, it does
 * not reject for what the stream is or does.
 */
export async function accumulateById(
  source: ByteSource | Response,
  options: AccumulatorOptions = {},
): Promise<Map<string, StreamResult>> {
  const accumulators = new Map<string, Accumulator>();
  const finish = (reason: "eof" | "upstream" | "abort", error?: unknown) => {
    // A stream without any completion says why, too.
    if (accumulators.size === 0) accumulators.set("", new Accumulator(options));
    return new Map([...accumulators].map(([id, accumulator]) => [id, accumulator.finish(reason, error)]));
  };
  let id = "";
  try {
    for await (const { event, data } of decodeSse(
      piecesOf(source instanceof Response ? (source.body ?? []) : source),
    )) {
      const text = data.trim();
      if (text === "[DONE]") {
        for (const accumulator of accumulators.values()) accumulator.write("data: [DONE]\n\n");
        continue;
      }
      const stated = idOf(text) ?? id;
      // Beyond the limit, ids tell nothing: some servers give every chunk its own.
      if (accumulators.has(stated) || accumulators.size < MAX_IDS) id = stated;
      const accumulator = accumulators.get(id) ?? new Accumulator(options);
      accumulators.set(id, accumulator);
      // As an event of its own: what is no JSON, or an error, is then what it would be on a stream of its own.
      accumulator.write(`event: ${event}\ndata: ${data.replaceAll("\n", "\ndata: ")}\n\n`);
    }
  } catch (error) {
    return finish(isAbort(error) ? "abort" : "upstream", error);
  }
  return finish("eof");
}

function idOf(text: string): string | undefined {
  const value = parseJson(text)?.value;
  return isObject(value) && typeof value.id === "string" && value.id !== "" ? value.id : undefined;
}
