/*
 * The writing side of the cases: chunks in the reference shape, which a case bends where its quirk wants it. A member
 * that is given as `undefined` is left out, as JSON does.
 */

const encoder = new TextEncoder();

const head = {
  id: "chatcmpl-q1",
  object: "chat.completion.chunk",
  created: 1_766_000_068,
  model: "model-1",
};

/** The event that ends a stream. */
export const done = "data: [DONE]\n\n";

/** A chunk with these choices, whatever they are. */
export function chunkOf(choices: unknown, members: object = {}): object {
  return { ...head, choices, ...members };
}

/** A choice of a chunk. */
export function choiceOf(delta: object, members: object = {}): object {
  return { index: 0, delta, logprobs: null, finish_reason: null, ...members };
}

/** A chunk with one choice; `choice` bends the choice and `members` the chunk around it. */
export function chunk(delta: object, choice: object = {}, members: object = {}): object {
  return chunkOf([choiceOf(delta, choice)], members);
}

/** The chunk that opens a message. */
export function opening(delta: object = { content: "" }, choice: object = {}): object {
  return chunk({ role: "assistant", ...delta }, choice);
}

/** The opening and one chunk for each piece of text. */
export function say(...pieces: string[]): object[] {
  return [opening(), ...pieces.map((content) => chunk({ content }))];
}

/** The chunk that ends a choice. */
export function finish(reason: string | null = "stop", members: object = {}): object {
  return chunk({}, { finish_reason: reason }, members);
}

/** The chunk behind the finish that carries the usage. */
export function usageChunk(usage: object): object {
  return chunkOf([], { usage });
}

/** The three counts, with a total that is their sum. */
export function counts(prompt: number, completion: number, more: object = {}): object {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...more,
  };
}

/** "Hello" in the reference shape, with members that differ from chunk to chunk. */
export function hello(members: (place: number) => object = () => ({})): object[] {
  return [...say("Hel", "lo"), finish()].map((each, place) => ({ ...each, ...members(place) }));
}

/** An event; text stands for itself. */
export function event(piece: object | string): string {
  return typeof piece === "string" ? piece : `data: ${JSON.stringify(piece)}\n\n`;
}

/** A body as text: an event for each object, text as it is. */
export function body(...pieces: readonly (object | string)[]): string {
  return pieces.map(event).join("");
}

/** One read for each piece. */
export function reads(...pieces: readonly (object | string)[]): Uint8Array<ArrayBuffer>[] {
  return pieces.map((piece) => encoder.encode(event(piece)));
}

/** One read for each piece, and `[DONE]`. */
export function stream(...pieces: readonly (object | string)[]): Uint8Array<ArrayBuffer>[] {
  return reads(...pieces, done);
}

/** A body in reads that end at these places, in bytes. */
export function cutAt(
  text: string,
  places: (bytes: Uint8Array) => readonly number[],
): Uint8Array<ArrayBuffer>[] {
  const bytes = encoder.encode(text);
  const ends = [...places(bytes), bytes.length];
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
}
