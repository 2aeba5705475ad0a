import { formats } from "./formats.js";
import { toPublishedSchema } from "./json-schema.js";
import { toVectors } from "./vectors/define.js";
import { vectorTables } from "./vectors/index.js";

/** A file of the published set. */
export type PublishedFile = { file: string; text: string };

/**
 * Every published JSON Schema file and the index that lists them. Ids are URNs, or, with `baseUrl`, the address that the
 * file will have under it.
 */
export function publishedFiles(sha256: (text: string) => string, baseUrl?: string): PublishedFile[] {
  const base = baseUrl === undefined || baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`;
  const files: PublishedFile[] = [];
  const entries = formats.flatMap(({ name, accept, emit }) =>
    (
      [
        ["accept", accept],
        ["emit", emit],
      ] as const
    ).map(([profile, schema]) => {
      const file = profile === "accept" ? `${name}.schema.json` : `${name}.emit.schema.json`;
      const id = base === undefined ? schema.$id : base + file;
      const text = `${JSON.stringify(toPublishedSchema(schema, id), null, 2)}\n`;
      files.push({ file, text });
      // The URN ends in the version.
      const version = Number(schema.$id?.split(":").at(-1));
      return { name, profile, file, id, version, sha256: sha256(text) };
    }),
  );
  files.push({ file: "index.json", text: `${JSON.stringify({ schemas: entries }, null, 2)}\n` });
  return files;
}

/** The conformance vectors of every published schema. */
export function vectorFiles(): PublishedFile[] {
  return formats.flatMap(({ name }) =>
    (["accept", "emit"] as const).map((profile) => {
      const stem = profile === "accept" ? name : `${name}.emit`;
      const vectors = toVectors(vectorTables[name][profile]).map((vector) => JSON.stringify(vector));
      // One vector a line: small, and a change of one is a change of one line.
      const text = `{ "schema": "${stem}.schema.json", "vectors": [\n${vectors.join(",\n")}\n] }\n`;
      return { file: `${stem}.json`, text };
    }),
  );
}
