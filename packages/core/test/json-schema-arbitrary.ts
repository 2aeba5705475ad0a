import fc from "fast-check";

import type { JsonSchema } from "../scripts/json-schema.js";
import { patterns } from "../src/schemas/patterns.js";

/** Random documents that a schema of ours accepts, built from the schema alone. */
export function documentsOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  return arbitraryOf(schema, (schema.$defs ?? {}) as Record<string, JsonSchema>);
}

function arbitraryOf(schema: JsonSchema, definitions: Record<string, JsonSchema>): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === "string") {
    return arbitraryOf(definitions[schema.$ref.replace("#/$defs/", "")] as JsonSchema, definitions);
  }
  if (Array.isArray(schema.oneOf)) {
    return fc.oneof(...(schema.oneOf as JsonSchema[]).map((branch) => arbitraryOf(branch, definitions)));
  }
  if ("const" in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  const types = ([schema.type].flat() as (string | undefined)[]).map((type) => type ?? "any");
  return fc.oneof(...types.map((type) => arbitraryOfType(type, schema, definitions)));
}

/** Strings that match each pattern. */
const matching: Record<string, fc.Arbitrary<string>> = {
  [patterns.dateTime]: times(),
  [patterns.utcTime]: times(),
  [patterns.decimal]: fc.tuple(fc.nat(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
  [patterns.environment]: fc.stringMatching(/^[a-z0-9_-]{1,40}$/),
  [patterns.oneLine]: fc.string({ minLength: 1, maxLength: 50 }).map((text) => text.replaceAll("\r", "-")),
  [patterns.toolChoice]: fc.constantFrom("none", "auto", "required"),
  [patterns.functionChoice]: fc.constantFrom("none", "auto"),
};

function times(): fc.Arbitrary<string> {
  const range = { noInvalidDate: true, min: new Date(0), max: new Date("9999-01-01") };
  return fc.date(range).map((date) => date.toISOString());
}

function arbitraryOfType(
  type: string,
  schema: JsonSchema,
  definitions: Record<string, JsonSchema>,
): fc.Arbitrary<unknown> {
  const {
    minimum = -1e9,
    maximum = 1e9,
    minLength = 0,
    maxLength = 30,
    minItems = 0,
  } = schema as Record<string, number>;
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) });
    case "number":
      return fc.double({ min: minimum, max: maximum, noNaN: true, noDefaultInfinity: true });
    case "string":
      if (typeof schema.pattern === "string") return matching[schema.pattern] as fc.Arbitrary<string>;
      return fc.string({ minLength, maxLength: Math.min(maxLength, 30), unit: "grapheme" });
    case "array":
      return fc.array(schema.items ? arbitraryOf(schema.items as JsonSchema, definitions) : fc.jsonValue(), {
        minLength: minItems,
        maxLength: minItems + 2,
      });
    case "object":
      return objectOf(schema, definitions);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf(schema: JsonSchema, definitions: Record<string, JsonSchema>): fc.Arbitrary<unknown> {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, arbitraryOf(member, definitions)]),
  );
  const required = (schema.required ?? []) as string[];
  const known = fc.record(members, { requiredKeys: required });
  const { additionalProperties: more } = schema;
  if (more === false) return known;
  const value =
    typeof more === "object" && more !== null ? arbitraryOf(more as JsonSchema, definitions) : fc.jsonValue();
  // Names that no schema of ours has.
  const extra = fc.dictionary(fc.stringMatching(/^x_[a-z]{1,5}$/), value, { maxKeys: 2 });
  return fc.tuple(known, extra).map(([left, right]) => Object.assign(left, right));
}
