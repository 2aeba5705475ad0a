import type { KeyValue } from "./wire.js";

/** A generation of OpenTelemetry's GenAI conventions. */
export type Conventions = "v1.41" | "latest";

/**
 * The names of attributes by generation: what each calls otherwise than 1.41, which the mapping is written in. A name that
 * a generation does not have is "". Another generation is another row.
 */
export const generations: Record<Conventions, Record<string, string>> = {
  "v1.41": { "gen_ai.request.reasoning.level": "" },
  latest: { "gen_ai.usage.cache_creation.input_tokens": "gen_ai.usage.cache_write.input_tokens" },
};

/** The attributes in the names of a generation. */
export function renamed(
  attributes: readonly KeyValue[],
  names: Readonly<Record<string, string>>,
): KeyValue[] {
  return attributes
    .map(({ key, value }) => ({ key: Object.hasOwn(names, key) ? (names[key] as string) : key, value }))
    .filter(({ key }) => key !== "");
}
