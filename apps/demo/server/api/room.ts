import { MOST_ANSWERED } from "./answer.js";

type Omitting = { omitted: { field: string; characters: number }[] };

/**
 * The answer without what is too large for it, the largest first, each with its size in `omitted`: the document itself has
 * it. `fields` are JSON Pointers of members that may be empty: texts become "", lists lose their items, others are null.
 */
export function withinRoom<Answer extends Omitting & object>(
  answer: Answer,
  fields: readonly string[],
): Answer {
  let bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes <= MOST_ANSWERED) return answer;
  const left = structuredClone(answer) as Answer & Record<string, unknown>;
  const sized = fields.map((field) => {
    const text = JSON.stringify(memberOf(left, field).value) ?? "";
    return { field, characters: text.length, bytes: Buffer.byteLength(text) };
  });
  for (const { field, characters, bytes: own } of sized.toSorted((a, b) => b.bytes - a.bytes)) {
    if (bytes <= MOST_ANSWERED) break;
    const { parent, name, value } = memberOf(left, field);
    parent[name] =
      typeof value === "string" ? "" : Array.isArray(value) && !field.includes("messages") ? [] : null;
    left.omitted.push({ field, characters });
    bytes -= own - 100;
  }
  return left;
}

function memberOf(
  document: object,
  field: string,
): { parent: Record<string, unknown>; name: string; value: unknown } {
  const names = field.split("/").slice(1);
  const name = names.pop() ?? "";
  const parent = names.reduce<unknown>((value, each) => (value as Record<string, unknown>)[each], document);
  return {
    parent: parent as Record<string, unknown>,
    name,
    value: (parent as Record<string, unknown>)[name],
  };
}
