export type Members = Record<string, unknown>;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object with members, or an empty one. */
export function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

/** The first of the values that is text with something in it. */
export function textOf(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}

/** JSON text as a value; undefined when it is none. */
export function parseJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Content as it is stored: texts as they are, anything else as JSON text, and nothing for what is falsy. */
export function contentText(value: unknown): string | undefined {
  if (!value) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Metadata as it is stored: an object of texts; what is no object becomes one. */
export function metadataTexts(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  const members = isMembers(value) ? value : { metadata: value };
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      typeof member === "string" ? member : (JSON.stringify(member) ?? ""),
    ]),
  );
}
