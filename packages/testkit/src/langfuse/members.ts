import { isMembers } from "../members.js";

export { isMembers, membersOf, parseJson, type Members } from "../members.js";

/** The first of the values that is text with something in it. */
export function textOf(...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
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
