import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { parseJsonText, type Issue } from "@waybill/core";
import { check, detect, schemaNames, type SchemaName } from "@waybill/core/registry";

import { seedsDirectory } from "../bundled-files.js";
import { startDirectory } from "../start-directory.js";

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
  return readFiles(
    seeds.map((file) => fileURLToPath(new URL(file, seedsDirectory))),
    (file) => basename(file),
  );
}

/**
 * Reads files of the user; each that cannot be used is one error, and the others are read all the same. Relative paths
 * start where the user stands, which npm changes before it runs a script.
 */
export function readFiles(files: readonly string[], nameOf = (file: string) => file): Inputs {
  const inputs: Inputs = { documents: [], errors: [] };
  for (const file of files) {
    const result = readDocument(resolve(startDirectory(), file), nameOf(file));
    if ("message" in result) inputs.errors.push(result);
    else inputs.documents.push(result);
  }
  return inputs;
}

/** The bound of `parseJsonText`; a larger file is not even read. */
const MAX_BYTES = 64 * 1024 * 1024;

function readDocument(path: string, file: string): Document | InputError {
  const text = readText(path);
  if (typeof text !== "string") return { file, path: "", message: text.message };
  const parsed = parseJsonText(text);
  if (!parsed.ok) {
    const [issue] = parsed.issues as [Issue];
    return { file, path: issue.path, message: `not usable JSON: ${issue.message}; ${cureOf(issue, text)}` };
  }
  const schema = detect(parsed.value);
  if (!schema) {
    return { file, path: "", message: `JSON of no known format; give one of ${schemaNames.join(", ")}` };
  }
  const checked = check(schema, parsed.value);
  return { file, schema, value: parsed.value, issues: checked.ok ? [] : checked.issues };
}

function readText(path: string): string | { message: string } {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return { message: "this is a directory; give the files in it" };
    if (!stats.isFile()) return { message: "not a regular file; give a JSON file" };
    if (stats.size === 0) return { message: "the file is empty; give a JSON file" };
    if (stats.size > MAX_BYTES) return { message: "larger than 64 MiB; split it" };
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    return { message: readFailure(error) };
  }
}

function cureOf({ code }: Issue, text: string): string {
  if (code === "truncated") return "get the whole file";
  return /^\s*[[{]/.test(text) ? "correct the file" : "give a JSON file";
}

function readFailure(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === "ENOENT") return "there is no such file; check the path";
  if (code === "EACCES") return "may not be read; check its permissions";
  if (code === "ELOOP") return "a link that leads to itself; check the path";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") return "not UTF-8 text; give a JSON file";
  return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
