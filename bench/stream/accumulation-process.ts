import { cut } from "@waybill/testkit";

import { compare } from "../measure.js";
import { rows, type Row } from "./accumulation-rows.js";
import { isRight, readerOf } from "./readers.js";

/** What one reader does with one row; null where it is not measured. */
export type Measured = { nanoseconds: number; ratio: number; isRight: boolean } | null;

/*
 * Measures one reader beside the floor: `accumulation-process.ts NAME`.
 */

const peers: readonly (string | undefined)[] = ["openai-node", "AI SDK"];

async function measure(name: string, { stream, size, hasPeers }: Row): Promise<Measured> {
  const isPeer = peers.includes(name);
  if (isPeer && !hasPeers) return null;
  const reads = cut(stream.bytes, size);
  const toolNames = stream.expected.choices.flatMap(({ calls }) => calls.map((call) => call.name));
  const [floor, reader] = [await readerOf("floor"), await readerOf(name, toolNames)];
  const answer = await reader.answer(reads);
  const [base, own] = await compare(
    [
      { name: "floor", run: () => floor.read(reads) },
      { name, run: () => reader.read(reads) },
    ],
    { rounds: isPeer ? 7 : 9, roundMs: 50 },
  );
  return {
    nanoseconds: (base?.nanoseconds ?? Number.NaN) / stream.chunks,
    ratio: own?.ratio ?? Number.NaN,
    isRight: isRight(stream.expected, answer),
  };
}

const measured: Measured[] = [];
for (const row of rows) measured.push(await measure(process.argv[2] ?? "", row));
process.stdout.write(JSON.stringify(measured));
