import { expectThat, listAt, membersAt, type Members } from "./refusal.js";

/** How each variant of a value is read; a number of 64 bits may be a number or decimal text. */
const variants: Record<string, (value: unknown, path: string) => unknown> = {
  stringValue: (value, path) => ofType("string", value, path),
  boolValue: (value, path) => ofType("boolean", value, path),
  doubleValue: (value, path) => ofType("number", value, path),
  bytesValue: (value, path) => ofType("string", value, path),
  intValue: (value, path) => {
    expectThat(/^-?[0-9]{1,19}$/.test(String(value)), path, "an integer of 64 bits");
    return Number(value);
  },
  arrayValue: (value, path) =>
    listAt(membersAt(value, path).values, `${path}.values`).map((item, index) =>
      readValue(item, `${path}.values[${index}]`),
    ),
  kvlistValue: (value, path) => readAttributes(membersAt(value, path).values, `${path}.values`),
};

function ofType(type: "string" | "boolean" | "number", value: unknown, path: string): unknown {
  expectThat(typeof value === type, path, `a ${type}`);
  return value;
}

/** A list of attributes as a plain object. Throws a Refusal for what a collector does not decode. */
export function readAttributes(value: unknown, path: string): Members {
  const attributes: Members = {};
  listAt(value, path).forEach((item, index) => {
    const { key, value: raw } = membersAt(item, `${path}[${index}]`);
    expectThat(typeof key === "string" && key !== "", `${path}[${index}].key`, "a name");
    expectThat(
      !Object.hasOwn(attributes, key as string),
      `${path}[${index}].key`,
      `${String(key)} only once`,
    );
    attributes[key as string] = readValue(raw, `${path}[${index}].value`);
  });
  return attributes;
}

function readValue(value: unknown, path: string): unknown {
  const entries = Object.entries(membersAt(value, path));
  const [[variant, inner] = ["", undefined]] = entries;
  expectThat(entries.length === 1 && Object.hasOwn(variants, variant), path, "one known variant of a value");
  return variants[variant]?.(inner, `${path}.${variant}`);
}
