/**
 * What a container does not tell about the text it was read from. Kept beside the plain values, by the identity of their
 * containers, and only where a text differs from what the writer would make of the value alone. A container that was put
 * in the place of another takes over the notes of that place.
 */
export type Notes = {
  /** The text of the whole document. */
  text: string;
  /** Whether the container is the whole document. */
  isRoot: boolean;
  /** The keys in the order of the text, when JavaScript may hold them in another: it puts integers first. */
  order?: string[];
  /** Scalars by key or index that the writer would spell otherwise. */
  spellings?: Map<string | number, Spelling>;
  /** Keys that the writer would spell otherwise. */
  keySpellings?: Map<string, string>;
  /** Notes of the containers inside, by key or index. */
  inside?: Map<string | number, Notes>;
};

/** A scalar and its text. It holds as long as the value is the same. */
export type Spelling = { value: string | number; text: string };

const notes = new WeakMap<object, Notes>();

/** What is known about a container's text. */
export function notesOf(value: unknown): Notes | undefined {
  return typeof value === "object" && value !== null ? notes.get(value) : undefined;
}

/** Remembers what is known about a container's text. */
export function keepNotes(container: object, known: Notes): void {
  notes.set(container, known);
}

/** The text of a scalar at a key or index, if it was read from text that the writer would not make of it. */
export function spellingOf(
  known: Notes | undefined,
  name: string | number,
  value: unknown,
): string | undefined {
  const spelling = known?.spellings?.get(name);
  return spelling !== undefined && spelling.value === value ? spelling.text : undefined;
}

/** The keys of an object in the order of its text; keys that were added since come last. */
export function keysOf(object: object, known: Notes | undefined): string[] {
  const keys = Object.keys(object);
  if (!known?.order) return keys;
  const left = new Set(keys);
  return [...known.order.filter((key) => left.delete(key)), ...left];
}
