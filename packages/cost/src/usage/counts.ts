/** What a usage object says, before it is made disjoint. `prompt` and `completion` hold everything of their side. */
export type Counts = {
  prompt: number;
  completion: number;
  /** Read from a cache, and written to one. */
  read: number;
  written: number;
  /** How long what was written lives, when the provider says so. */
  lifetimes?: { fiveMinutes: number; hour: number } | undefined;
  /** Parts of the prompt that are reported by themselves. */
  text: number;
  audio: number;
  image: number;
  video: number;
  /** Parts of the completion that are reported by themselves. */
  outText: number;
  reasoning: number;
  outAudio: number;
  outImage: number;
  outVideo: number;
  /** The provider's total, or null. */
  total: number | null;
  /** What else of the prompt is priced: characters, images, seconds of video and of audio. */
  extras?: Extras | undefined;
  /** How cache and reasoning were told apart, where the shape or the arithmetic says so. */
  inclusion?: string | undefined;
  /** What was taken for granted, and a reader should know. */
  note?: string | undefined;
};

/** Parts of a prompt that are not counted in tokens (Vertex's multimodal embeddings). */
export type Extras = { characters: number; images: number; videoSeconds: number; audioSeconds: number };

/** Members of a JSON object that came from anywhere. */
export type Members = Record<string, unknown>;

/** A count that cannot be, with its JSON Pointer. */
export class InvalidCount extends Error {}

/** The count at a place; 0 when it is absent or null. */
export function countAt(value: unknown, parent: string, name: string): number {
  if (isCount(value)) return value;
  if (value === undefined || value === null) return 0;
  throw invalid(value, `${parent}/${name}`, "a count of tokens is a whole number from 0 to 9007199254740991");
}

/** Whether a value is a number of tokens. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A measure at a place, such as seconds: any number from 0 up. One that is absent is unknown, and unknown is not 0. */
export function measureAt(value: unknown, path: string): number {
  if (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  throw invalid(value, path, "it is a number from 0 up");
}

/** A measure where absence means that there was none of it: a discount, tokens of a tool. */
export function measureOrNoneAt(value: unknown, path: string): number {
  return value === undefined || value === null ? 0 : measureAt(value, path);
}

function invalid(value: unknown, path: string, rule: string): InvalidCount {
  return new InvalidCount(`${path} is ${wordOf(value)}, and ${rule}`);
}

function wordOf(value: unknown): string {
  if (value === undefined || value === null) return "missing";
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The members of a value, none when it is no object. */
export function membersOf(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : none;
}

const none: Members = Object.freeze({});

/** A value that is text; "" when it is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whether any of the values is there. */
export function isNumbered(one: unknown, two?: unknown, three?: unknown, four?: unknown): boolean {
  return (one ?? two ?? three ?? four ?? undefined) !== undefined;
}

/** Counts of two sides without parts. */
export function plainCounts(prompt: number, completion: number): Counts {
  return {
    prompt,
    completion,
    read: 0,
    written: 0,
    text: 0,
    audio: 0,
    image: 0,
    video: 0,
    outText: 0,
    reasoning: 0,
    outAudio: 0,
    outImage: 0,
    outVideo: 0,
    total: null,
    // Every object of counts has the same members: engines read such ones faster.
    lifetimes: undefined,
    extras: undefined,
    inclusion: undefined,
    note: undefined,
  };
}
