import type { Members } from "../members.js";

/*
 * A member named `password` may describe one, in the parameters of a tool: a JSON Schema holds no secret.
 */

const types = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
const combinations = ["$ref", "anyOf", "oneOf", "allOf"] as const;

/** Members of a JSON Schema. What stands in others beside them is no part of it. */
export const schemaMembers: ReadonlySet<string> = new Set([
  ...combinations,
  ..."type title description format pattern enum const default examples items properties required".split(" "),
  ..."$defs additionalProperties nullable".split(" "),
]);

/** Whether the members are those of a JSON Schema. */
export function describesValues(members: Members): boolean {
  const { type } = members;
  const named: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (named.some((each) => typeof each === "string" && types.has(each.toLowerCase()))) return true;
  return combinations.some((name) => name in members);
}
