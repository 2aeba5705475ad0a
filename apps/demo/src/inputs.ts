import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import { parseJsonText, type Issue } from "@waybill/core";
import { check, detect, type SchemaName } from "@waybill/core/registry";

/** A document that was read and is of a known format; it may still be invalid. */
export type Document = { file: string; schema: SchemaName; value: unknown; issues: Issue[] };

/** Why a file cannot be used, in one line, with the place and the cure. */
export type InputError = { file: string; path: string; message: string };

export type Inputs = { documents: Document[]; errors: InputError[] };

const seeds = [
  "recording-with-usage.json",
  "recording-without-usage.json",
  "standard-logging-payload.json",
  "langfuse-batch-without-output.json",
  "langfuse-batch-with-output.json",
];

/** The five bundled documents. */
export function readSeeds(): Inputs {
  const directory = new URL("../../../fixtures/seeds/", import.meta.url);
  return readFiles(
    seeds.map((file) => fileURLToPath(new URL(file, directory))),
    (file) => basename(file),
  );
}

/** Reads files of the user; each that cannot be used is one error, and the others are read all the same. */
export function readFiles(files: readonly string[], nameOf = (file: string) => file): Inputs {
  const inputs: Inputs = { documents: [], errors: [] };
  for (const file of files) {
    const result = readDocument(file, nameOf(file));
    if ("message" in result) inputs.errors.push(result);
    else inputs.documents.push(result);
  }
  return inputs;
}

function readDocument(path: string, file: string): Document | InputError {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    return { file, path: "", message: readFailure(error) };
  }
  const parsed = parseJsonText(text);
  if (!parsed.ok) {
    const [issue] = parsed.issues as [Issue];
    const cure = issue.code === "truncated" ? "get the whole file" : "correct the file";
    return { file, path: issue.path, message: `not usable JSON: ${issue.message}; ${cure}` };
  }
  const schema = detect(parsed.value);
  if (!schema) {
    const message =
      "JSON of no known format; give a recording, a standard logging payload, a Langfuse batch, a completion or a usage object";
    return { file, path: "", message };
  }
  const checked = check(schema, parsed.value);
  return { file, schema, value: parsed.value, issues: checked.ok ? [] : checked.issues };
}

function readFailure(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === "ENOENT") return "there is no such file; check the path";
  if (code === "EISDIR") return "this is a directory; give the files in it";
  if (code === "EACCES") return "may not be read; check its permissions";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "not UTF-8 text; give a JSON file";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
