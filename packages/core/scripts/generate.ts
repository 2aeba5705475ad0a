import { mkdirSync, rmSync, writeFileSync } from "node:fs";

import { compileValidator } from "./compile-validator.js";
import { formats } from "./formats.js";

/* Writes src/generated: one ES module for each schema, with a validator compiled from it. */

const out = new URL("../src/generated/", import.meta.url);
const declaration = `/** Answers whether the value is valid; after a false, \`errors\` says why. */
export declare const validate: {
  (value: unknown): boolean;
  errors?: { instancePath: string; schemaPath?: string; keyword: string; params: Record<string, unknown> }[] | null;
};
`;

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const { name, accept, emit } of formats) {
  for (const [file, schema] of [
    [name, accept],
    [`${name}.emit`, emit],
  ] as const) {
    writeFileSync(new URL(`${file}.js`, out), compileValidator(schema));
    writeFileSync(new URL(`${file}.d.ts`, out), declaration);
  }
}
