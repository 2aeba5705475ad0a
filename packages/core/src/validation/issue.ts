/** One place at which a document is not what its schema asks for. */
export type Issue = {
  /** JSON Pointer of the member at fault; a missing or unknown member is named by its own pointer. */
  path: string;
  /** What is wrong, as a stable word such as `wrong-type` or `missing`. */
  code: string;
  /** The same for a person, with what was expected and what was found. */
  message: string;
};

/** The verdict of a check: the value with its type, or every place at fault. */
export type Check<T> = { ok: true; value: T } | { ok: false; issues: Issue[] };

/** Appends a member's name to a JSON Pointer. */
export function pointer(path: string, name: string | number): string {
  return `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The names that a JSON Pointer is made of. */
export function stepsOf(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value that a JSON Pointer names, or undefined. Looks at own members only. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const name of stepsOf(path)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
