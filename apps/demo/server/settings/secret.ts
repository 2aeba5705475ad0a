import { resolve } from "node:path";

import { wordsOf } from "@waybill/core/thrown";

import type { ReadFile } from "./config-file.js";
import type { Read } from "./kinds.js";

/**
 * The secret that a member of the configuration file points to with `{"file": path}`. In plain text it is refused: such
 * files end up in repositories. What is wrong is said without the secret.
 */
export function readSecretMember(
  value: unknown,
  { directory, readFile, variable }: { directory: string; readFile: ReadFile; variable: string },
): Read<string> {
  const cure = `{"file": "PATH"}, where the file holds the secret alone; or set ${variable}`;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { ok: false, wanted: `${cure}; a secret does not stand in this file` };
  const { file, ...rest } = value as { file?: unknown };
  if (typeof file !== "string" || file === "" || file.includes("\0") || Object.keys(rest).length > 0)
    return { ok: false, wanted: cure };
  try {
    // Every editor ends a file with a line break.
    const secret = readFile(resolve(directory, file)).replace(/\r?\n$/, "");
    return secret === "" ? { ok: false, wanted: "a file that is not empty" } : { ok: true, value: secret };
  } catch (error) {
    return { ok: false, wanted: `a file that can be read: ${wordsOf(error)}` };
  }
}
