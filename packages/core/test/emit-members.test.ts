import { describe, expect, it } from "vitest";

import { formats } from "../scripts/formats.js";
import { toJsonSchema, type JsonSchema } from "../scripts/json-schema.js";

type Definitions = Record<string, JsonSchema>;

/**
 * Places at which the emit schema is open and leaves out a member that the reader's schema types: there a document could
 * be ours and be refused by readers.
 */
function gaps(
  emit: JsonSchema,
  accept: JsonSchema,
  emitRoot: JsonSchema,
  acceptRoot: JsonSchema,
  path = "",
): string[] {
  const [ours, theirs] = [resolve(emit, emitRoot), resolve(accept, acceptRoot)];
  if (Array.isArray(ours.oneOf)) {
    const branches = ours.oneOf as JsonSchema[];
    return branches.flatMap((branch) => {
      const counterparts = (theirs.oneOf as JsonSchema[] | undefined) ?? [theirs];
      const same = counterparts.find((each) => tagOf(each) === tagOf(branch)) ?? theirs;
      return gaps(branch, same, emitRoot, acceptRoot, `${path}<${String(tagOf(branch))}>`);
    });
  }
  const known = (theirs.properties ?? {}) as Definitions;
  const written = (ours.properties ?? {}) as Definitions;
  const isOpen = "properties" in ours && ours.additionalProperties !== false;
  const missing = isOpen ? Object.keys(known).filter((name) => !(name in written)) : [];
  return [
    ...missing
      .filter((name) => Object.keys(known[name] ?? {}).some((key) => key !== "description"))
      .map((name) => `${path}/${name}`),
    ...Object.keys(written).flatMap((name) =>
      known[name]
        ? gaps(written[name] as JsonSchema, known[name], emitRoot, acceptRoot, `${path}/${name}`)
        : [],
    ),
    ...(ours.items && theirs.items
      ? gaps(ours.items as JsonSchema, theirs.items as JsonSchema, emitRoot, acceptRoot, `${path}/*`)
      : []),
  ];
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (typeof schema.$ref !== "string") return schema;
  return (root.$defs as Definitions)[schema.$ref.replace("#/$defs/", "")] as JsonSchema;
}

function tagOf(schema: JsonSchema): unknown {
  const { type, role } = (schema.properties ?? {}) as Definitions;
  return type?.const ?? role?.const;
}

describe("an emit schema", () => {
  it.each(formats)(
    "of $name types every member that readers type, wherever it is open",
    ({ emit, accept }) => {
      const [ours, theirs] = [toJsonSchema(emit), toJsonSchema(accept)];
      expect(gaps(ours, theirs, ours, theirs)).toEqual([]);
    },
  );
});
