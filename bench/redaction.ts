import { readFileSync } from "node:fs";

import { createRedactor } from "@waybill/payload";

import { figure } from "./cost/verdict.js";
import { compare, table } from "./measure.js";

/*
 * How fast secrets are looked for: in prose, in the JSON of calls, and in texts made to be slow. The floor is a pass over the
 * text that looks at each character and does nothing.
 */

const LEAST = 50;
const redactor = createRedactor({ key: "bench" });

const sentence =
  "The bearer of good news is a basic figure of speech, e.g. in plays: half-forgotten, well-known, and (so far) free. ";
const secret = `sk-proj-${"aB3dE5fG7h".repeat(4)}`;
const seed = readFileSync(
  new URL("../fixtures/seeds/standard-logging-payload.json", import.meta.url),
  "utf8",
);

/** A text of a size, made of a piece again and again. */
function filled(size: number, piece: string): string {
  return piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
}

const kilobyte = 1000;
const megabyte = 1000 * kilobyte;

const texts: readonly { name: string; text: string }[] = [
  { name: "prose, 2 kB", text: filled(2 * kilobyte, sentence) },
  { name: "prose, 1 MB", text: filled(megabyte, sentence) },
  { name: "prose with a key in every 2 kB", text: filled(megabyte, filled(2 * kilobyte, sentence) + secret) },
  { name: "JSON of a payload", text: filled(megabyte, seed) },
  { name: "JSON inside of JSON", text: filled(megabyte, JSON.stringify(seed)) },
  { name: "Japanese", text: filled(megabyte, "これは秘密のない文章です。") },
  { name: "base64", text: filled(megabyte, "iVBORw0KGgoAAAANSUhEUgAA") },
  ...["sk-", "eyJ", "-----BEGIN PRIVATE KEY-----", "Bearer ", "Basic ", '"a":', "?key=", "\\"].map(
    (piece) => ({
      name: `hostile: ${piece}${piece}...`,
      text: filled(megabyte, piece),
    }),
  ),
];

/** What a pass costs that finds nothing and looks for nothing. */
function pass(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at) & 1;
  return sum;
}

/** Prints the table. */
export async function run(): Promise<void> {
  const rows: string[][] = [];
  for (const { name, text } of texts) {
    const [, ours] = await compare(
      [
        { name: "pass", run: () => pass(text) },
        { name, run: () => redactor.text(text) },
      ],
      { rounds: 7 },
    );
    if (!ours) continue;
    const rate = (text.length / ours.nanoseconds) * 1000;
    rows.push([
      name,
      figure(rate),
      `${figure(ours.ratio)}x`,
      `${rate < LEAST ? "misses" : "within"} ${LEAST}`,
    ]);
  }
  const payload = JSON.parse(seed) as object;
  const [parse, whole] = await compare([
    { name: "JSON.parse", run: () => JSON.parse(seed) as unknown },
    { name: "payload", run: () => redactor.payload(payload) },
  ]);
  process.stdout.write(`Looking for secrets; CPU time of one core, millions of characters a second\n\n`);
  process.stdout.write(`${table(["text", "M/s", "time of a bare pass", "budget"], rows)}\n\n`);
  process.stdout.write(
    `A whole payload (the seed, ${seed.length} characters): ${figure(whole?.ratio ?? Number.NaN)}x of JSON.parse, ` +
      `${figure((whole?.nanoseconds ?? 0) / 1000)} us beside ${figure((parse?.nanoseconds ?? 0) / 1000)} us\n`,
  );
}
