/** Deeper values are not written out. */
const MAX_DEPTH = 20;

/** A JSON value as Python's `str` writes it, e.g. `{'a': [1, None, True]}`; a text as it is. */
export function pythonText(value: unknown): string {
  return typeof value === "string" ? value : written(value, 0);
}

function written(value: unknown, depth: number): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "object") return "None";
  if (depth === MAX_DEPTH) return "...";
  if (Array.isArray(value)) return `[${value.map((item) => written(item, depth + 1)).join(", ")}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${quoted(name)}: ${written(member, depth + 1)}`,
  );
  return `{${members.join(", ")}}`;
}

/** Python prefers single quotes, unless there are some in the text and no double ones. */
function quoted(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  if (text.includes("'") && !text.includes('"')) return `"${escaped}"`;
  return `'${escaped.replaceAll("'", "\\'")}'`;
}
