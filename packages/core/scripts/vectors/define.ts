/*
 * Conformance vectors are written as a base document and, for each of its places, values that are right there and values
 * that are wrong. What is right is said here, by hand; a test compares the validators with it.
 */

/** A document, the verdict on it and, when it is invalid, the JSON Pointer of the first issue. */
export type Vector =
  | { title: string; valid: true; document: unknown }
  | { title: string; valid: false; path: string; document: unknown };

/** Stands for a member that is not there. */
export const absent = Symbol("absent");

type Places = Record<string, readonly unknown[]>;

export type VectorTable = {
  /** A valid document that has every place the tables name. */
  base: unknown;
  /** Values by JSON Pointer with which the base stays valid. */
  right: Places;
  /** Values by JSON Pointer with which the base is invalid, at that pointer. */
  wrong: Places;
  /** Whole documents that are valid. */
  valid?: readonly (readonly [title: string, document: unknown])[];
  /** Whole documents that are invalid, and where. */
  invalid?: readonly (readonly [title: string, path: string, document: unknown])[];
};

/** Every document of a table. */
export function toVectors({ base, right, wrong, valid = [], invalid = [] }: VectorTable): Vector[] {
  const title = (path: string, value: unknown) => `${path || "the document"} is ${wordsFor(value)}`;
  return [
    { title: "the base document", valid: true, document: base },
    ...valid.map(([name, document]): Vector => ({ title: name, valid: true, document })),
    ...edits(right).map(([path, value]): Vector => ({
      title: title(path, value),
      valid: true,
      document: edit(base, path, value),
    })),
    ...invalid.map(([name, path, document]): Vector => ({ title: name, valid: false, path, document })),
    ...edits(wrong).map(([path, value]): Vector => ({
      title: title(path, value),
      valid: false,
      path,
      document: edit(base, path, value),
    })),
  ];
}

function edits(places: Places): [path: string, value: unknown][] {
  return Object.entries(places).flatMap(([path, values]) =>
    values.map((value): [string, unknown] => [path, value]),
  );
}

function edit(base: unknown, path: string, value: unknown): unknown {
  if (path === "") return value;
  const document = structuredClone(base);
  const steps = path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = steps.pop() as string;
  let at = document as Record<string, unknown>;
  for (const step of steps) {
    at = at[step] as Record<string, unknown>;
    if (typeof at !== "object" || at === null) throw new Error(`the base document has no ${path}`);
  }
  if (value === absent) delete at[last];
  else at[last] = value;
  return document;
}

function wordsFor(value: unknown): string {
  if (value === absent) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}... (${text.length} characters)` : text;
}
