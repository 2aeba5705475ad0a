import { describe, expect, it } from "vitest";

import { formats } from "../scripts/formats.js";
import { toJsonSchema, type JsonSchema } from "../scripts/json-schema.js";
import { bodyMembers, envelopeMembers } from "../src/lint/langfuse-members.js";

type Event = { properties: { type: { const: string }; body: JsonSchema } };

const schema = toJsonSchema(formats.find(({ name }) => name === "langfuse-batch")?.accept ?? ({} as never));
const { batch } = schema.properties as { batch: { items: { oneOf: Event[] } } };
const events = batch.items.oneOf.map(({ properties }) => ({ type: properties.type.const, properties }));

function bodyOf({ body }: Event["properties"]): string[] {
  const name = typeof body.$ref === "string" ? body.$ref.replace("#/$defs/", "") : undefined;
  const part = name ? (schema.$defs as Record<string, JsonSchema>)[name] : body;
  return Object.keys(part?.properties ?? {});
}

describe("the members that lint knows", () => {
  it.each(events.filter(({ type }) => type !== "sdk-log"))(
    "of $type are those of the schema",
    ({ type, properties }) => {
      expect([...(bodyMembers(type) ?? [])].toSorted()).toEqual(bodyOf(properties).toSorted());
      expect([...envelopeMembers].toSorted()).toEqual(Object.keys(properties).toSorted());
    },
  );
});
