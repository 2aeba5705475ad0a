import { membersOf } from "../members.js";
import { random } from "../streams/random.js";
import type { Answer } from "./answer.js";
import { tokensOf } from "./tokens.js";

/** As few as can be told apart: what stands in a vector matters to nobody who counts tokens. */
const DIMENSIONS = 8;

/** `POST /v1/embeddings`: one vector for each input, as numbers or as base64 of 32-bit floats. */
export function embeddingAnswer(answer: Answer, model: string, body: unknown): object {
  const { input, dimensions, encoding_format: format } = membersOf(body);
  const inputs = inputsOf(input);
  const size =
    typeof dimensions === "number" ? Math.min(Math.max(Math.trunc(dimensions), 1), 4096) : DIMENSIONS;
  const vectors = answer.embeddings ?? inputs.map((text) => vectorOf(text, size));
  const tokens = answer.usage?.input ?? inputs.reduce<number>((sum, each) => sum + countOf(each), 0);
  return {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: format === "base64" ? base64Of(vector) : vector,
    })),
    model,
    ...(answer.usage === null
      ? {}
      : { usage: { prompt_tokens: tokens, total_tokens: tokens, ...answer.usage?.more } }),
  };
}

/** A text, several, the tokens of one, or those of several. */
function inputsOf(input: unknown): unknown[] {
  if (!Array.isArray(input)) return [input];
  return input.every((item) => typeof item === "number") ? [input] : (input as unknown[]);
}

function countOf(input: unknown): number {
  return Array.isArray(input) ? input.length : tokensOf(typeof input === "string" ? input : "");
}

/** A vector of length 1, the same for the same input, in numbers that a 32-bit float holds. */
function vectorOf(input: unknown, size: number): number[] {
  const source = random(seedOf(JSON.stringify(input) ?? ""));
  const raw = Array.from({ length: size }, () => source.next() * 2 - 1);
  const length = Math.hypot(...raw) || 1;
  return raw.map((value) => Math.fround(value / length));
}

function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * 4));
  return bytes.toString("base64");
}
