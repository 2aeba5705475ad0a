import { chatChunks, cut, sseBytes } from "@waybill/testkit";

import { compare, table } from "../measure.js";
import { contentOf } from "./naive.js";
import { readerOf } from "./readers.js";

const KIB = 1024;
const sizes = [256 * KIB, 1024 * KIB, 4096 * KIB];

/** One delta of a size, in reads of 1 KiB: a reader that looks at its bytes again with every read grows by the square. */
export async function largeDelta(): Promise<string> {
  const rows: string[][] = [];
  for (const size of sizes) {
    const content = textOf(size);
    const reads = cut(streamOf(content), KIB);
    const cells: string[] = [];
    for (const name of ["eventsource-parser + naive", "waybill"]) {
      const { read, answer } = await readerOf(name);
      const [result] = await compare([{ name, run: () => read(reads) }], { rounds: 5 });
      const isRight = (await answer(reads))?.choices[0]?.content.includes(content);
      cells.push(isRight ? `${((result?.nanoseconds ?? Number.NaN) / 1e6).toFixed(1)} ms` : "wrong");
    }
    rows.push([`${size / KIB} KiB`, ...cells, "linear"]);
  }
  return table(["delta", "eventsource-parser + naive", "waybill", "budget"], rows);
}

/** Text with escapes and characters of every length, of so many bytes or a few more. */
function textOf(size: number): string {
  const text = contentOf(chatChunks({ chunks: 2000, text: "mixed" }));
  return text.repeat(Math.ceil(size / new TextEncoder().encode(text).length));
}

/** A stream with this text in the delta in its middle. */
function streamOf(content: string): Uint8Array {
  const chunks = chatChunks({ chunks: 20 });
  const middle = chunks[10]?.choices?.[0]?.delta;
  if (middle) middle.content = content;
  return sseBytes(chunks);
}
