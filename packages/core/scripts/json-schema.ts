import type { TSchema } from "@sinclair/typebox";

/** A JSON Schema as plain JSON. */
export type JsonSchema = { [keyword: string]: unknown };

/**
 * Rewrites a TypeBox schema as the JSON Schema that is published and compiled: the same documents are valid, but unions
 * of types become type arrays, unions of literals become `enum`, tagged unions become `oneOf` with a discriminator, and
 * records become `additionalProperties`. Validators are then smaller and faster (`npm run bench -- validate`) and report one
 * error instead of one per branch.
 */
export function toJsonSchema(schema: TSchema): JsonSchema {
  // Through JSON, because TypeBox keeps its kinds in symbol keys that no validator should see.
  return shareTitled(rewrite(JSON.parse(JSON.stringify(schema)) as JsonSchema));
}

/** The same schema for publication: the discriminator is a keyword that a strict validator may refuse. */
export function toPublishedSchema(schema: TSchema, id = schema.$id): JsonSchema {
  const { $id: _, ...rest } = mapSchema(toJsonSchema(schema), ({ discriminator: _tag, ...kept }) =>
    endAtEnd(kept),
  );
  return { $schema: "https://json-schema.org/draft/2020-12/schema", $id: id, ...rest };
}

/** In Python, `$` also matches before a line break at the end; a pattern that allows none must say so. */
function endAtEnd(node: JsonSchema): JsonSchema {
  const allowsLineBreak = typeof node.pattern !== "string" || new RegExp(node.pattern, "u").test("\n");
  return allowsLineBreak ? node : { ...node, not: { type: "string", pattern: "\\n" } };
}

/** The same schema for the code generator: what only a reader needs would be inlined into the code. */
export function toCompiledSchema(schema: TSchema): JsonSchema {
  return mapSchema(toJsonSchema(schema), ({ title: _t, description: _d, examples: _e, ...kept }) => kept);
}

function rewrite(schema: JsonSchema): JsonSchema {
  return mapSchema(schema, (node) => orderKeywords(rewriteUnion(rewriteRecord(node))));
}

/** Applies a function to every subschema, innermost first. */
function mapSchema(schema: JsonSchema, change: (node: JsonSchema) => JsonSchema): JsonSchema {
  const node: JsonSchema = { ...schema };
  for (const keyword of ["properties", "patternProperties", "$defs"]) {
    const members = node[keyword] as Record<string, JsonSchema> | undefined;
    if (members) {
      node[keyword] = Object.fromEntries(
        Object.entries(members).map(([name, member]) => [name, mapSchema(member, change)]),
      );
    }
  }
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    const branches = node[keyword] as JsonSchema[] | undefined;
    if (branches) node[keyword] = branches.map((branch) => mapSchema(branch, change));
  }
  for (const keyword of ["items", "additionalProperties"]) {
    const inner = node[keyword];
    if (typeof inner === "object" && inner !== null) node[keyword] = mapSchema(inner as JsonSchema, change);
  }
  return change(node);
}

/** TypeBox writes `Record<string, T>` as one pattern that matches every name. */
function rewriteRecord(node: JsonSchema): JsonSchema {
  const { patternProperties, ...rest } = node;
  const every = (patternProperties as Record<string, JsonSchema> | undefined)?.["^(.*)$"];
  if (!every) return node;
  return Object.keys(every).length === 0 ? rest : { ...rest, additionalProperties: every };
}

function rewriteUnion(node: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = node;
  // Only unions: an anyOf beside a type is a condition on the object, not a choice of types.
  if (!Array.isArray(anyOf) || "type" in rest) return node;
  const branches = anyOf as JsonSchema[];
  if ("discriminator" in rest) return { type: "object", ...rest, oneOf: branches };
  const merged = mergeLiterals(branches) ?? mergeTypes(branches);
  if (!merged)
    throw new Error(`a union that is neither of literals nor of distinct types: ${JSON.stringify(node)}`);
  return { ...merged, ...rest };
}

function mergeLiterals(branches: JsonSchema[]): JsonSchema | undefined {
  const values: unknown[] = [];
  const annotations: JsonSchema = {};
  for (const { type, const: literal, enum: list, ...other } of branches) {
    if (literal !== undefined) values.push(literal);
    else if (Array.isArray(list)) values.push(...(list as unknown[]));
    else if (type === "null") values.push(null);
    else return undefined;
    Object.assign(annotations, other);
  }
  return { type: typesOf(values), enum: values, ...annotations };
}

function typesOf(values: unknown[]): string | string[] {
  const types = [...new Set(values.map((value) => (value === null ? "null" : typeof value)))];
  return types.length === 1 ? (types[0] as string) : types;
}

/** Keywords speak of one type each, so branches of distinct types can share one schema. */
function mergeTypes(branches: JsonSchema[]): JsonSchema | undefined {
  const types: string[] = [];
  const keywords: JsonSchema = {};
  for (const { type, ...other } of branches) {
    const own = (Array.isArray(type) ? type : [type]) as (string | undefined)[];
    if (own.some((name) => name === undefined) || "enum" in other || "const" in other) return undefined;
    types.push(...(own as string[]));
    Object.assign(keywords, other);
  }
  const overlaps =
    new Set(types).size < types.length || (types.includes("integer") && types.includes("number"));
  return overlaps ? undefined : { type: types, ...keywords };
}

const firstKeywords = ["$id", "title", "description", "type", "const", "enum", "required", "properties"];

/** A titled part stands once, under `$defs`, and is one function of the generated code, however often it is used. */
function shareTitled(root: JsonSchema): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const { title, ...rest } = root;
  const shared = mapSchema(rest, (node) => {
    if (typeof node.title !== "string") return node;
    const known = definitions[node.title];
    if (known && JSON.stringify(known) !== JSON.stringify(node))
      throw new Error(`two schemas titled ${node.title}`);
    definitions[node.title] = node;
    return { $ref: `#/$defs/${node.title}` };
  });
  if (Object.keys(definitions).length === 0) return root;
  return orderKeywords({ title, ...shared, $defs: definitions });
}

/** A stable order that a person can read. */
function orderKeywords(node: JsonSchema): JsonSchema {
  const first = firstKeywords.filter((keyword) => keyword in node);
  const others = Object.keys(node).filter((keyword) => !firstKeywords.includes(keyword));
  return Object.fromEntries([...first, ...others].map((keyword) => [keyword, node[keyword]]));
}
