import { observe } from "@waybill/stream";
import { chatChunks, cut, sseBytes } from "@waybill/testkit";

import { compare, table } from "../measure.js";
import { bodyOf } from "../peers/body.js";

const BUDGET = 2.5;

/** What it costs the one who reads a body that somebody looks at it, against nobody looking. */
export async function observation(): Promise<string> {
  const bytes = sseBytes(chatChunks({ chunks: 4000, text: "mixed" }));
  const rows: string[][] = [];
  for (const size of [512, "event"] as const) {
    const reads = cut(bytes, size);
    const [bare, ...results] = await compare([
      { name: "bare", run: () => drain(bodyOf(reads)) },
      {
        name: "observe",
        run: async () => {
          const { body, result } = observe(bodyOf(reads));
          await drain(body);
          return await result;
        },
      },
      { name: "wrapper", run: () => drain(wrap(bodyOf(reads))) },
      { name: "tee", run: () => Promise.all(bodyOf(reads).tee().map(drain)) },
      { name: "TransformStream", run: () => drain(bodyOf(reads).pipeThrough(new TransformStream())) },
    ]);
    const nanoseconds = Math.round((bare?.nanoseconds ?? Number.NaN) / reads.length);
    const [observed, ...others] = results.map(({ ratio }) => ratio.toFixed(2));
    const label = size === "event" ? size : `${size} B`;
    rows.push([label, `1 (${nanoseconds} ns a read)`, observed ?? "", `${BUDGET}`, ...others]);
  }
  const peers = ["a wrapper that does not look", "tee()", "pipeThrough(new TransformStream())"];
  return table(["reads", "bare loop", "observe", "budget", ...peers], rows);
}

/** The least that a body around a body can be. */
function wrap(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

async function drain(body: ReadableStream<Uint8Array>): Promise<number> {
  const reader = body.getReader();
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return size;
    size += value.length;
  }
}
