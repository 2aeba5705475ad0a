import { dirname, resolve } from "node:path";

import { parseJsonText, pointer } from "@waybill/core";
import { wordsOf } from "@waybill/core/thrown";

import { suggestion } from "./nearest.js";
import { optionList, type OptionName } from "./options.js";
import type { SettingsProblem } from "./problem.js";

/** The file that is read when no other is named. */
export const standardFile = "waybill.config.json";

/** Reads a file as text, as `readFileSync` does; throws an error with a `code` when it cannot. */
export type ReadFile = (path: string) => string;

/** The members of a configuration file by option; paths in it start at `directory`. */
export type ConfigFile = {
  name: string;
  directory: string;
  given: Map<OptionName, { place: string; value: unknown }>;
};

/** What may stand in the file: members, and members of members. */
type Tree = Map<string, Tree | OptionName>;

const tree: Tree = new Map();
for (const [name, { member }] of optionList) {
  const steps = member.split(".");
  const last = steps.pop() ?? member;
  let at = tree;
  for (const step of steps) {
    const next = at.get(step);
    const below: Tree = next instanceof Map ? next : new Map();
    at.set(step, below);
    at = below;
  }
  at.set(last, name);
}

/**
 * Reads the configuration file: `named`, which must exist, or the standard one of the directory, which need not. Undefined
 * when there is none.
 */
export function readConfigFile(
  named: string | undefined,
  cwd: string,
  readFile: ReadFile,
): { file?: ConfigFile; problems: SettingsProblem[] } {
  const path = resolve(cwd, named ?? standardFile);
  const name = named ?? standardFile;
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
    if (code === "ENOENT" && named === undefined) return { problems: [] };
    const why =
      code === "ENOENT" ? "there is no such file; check the path" : `cannot be read: ${wordsOf(error)}`;
    return { problems: [{ place: name, message: why }] };
  }
  const parsed = parseJsonText(text, { textLength: 1024 * 1024, depth: 16, items: 1000 });
  if (!parsed.ok) {
    const [issue] = parsed.issues;
    return { problems: [{ place: name, message: `no usable JSON: ${issue?.message ?? "unknown"}` }] };
  }
  const file: ConfigFile = { name, directory: dirname(path), given: new Map() };
  const problems: SettingsProblem[] = [];
  collect(parsed.value, tree, "", file, problems);
  return { file, problems };
}

function collect(
  value: unknown,
  at: Tree,
  path: string,
  file: ConfigFile,
  problems: SettingsProblem[],
): void {
  const place = (below: string) => `${file.name} ${below}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.push({ place: path ? place(path) : file.name, message: "expected an object" });
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const own = pointer(path, key);
    const next = at.get(key);
    // Editors find the schema by it.
    if (key === "$schema" && path === "") continue;
    if (next === undefined) {
      const near = suggestion(key, [...at.keys()]);
      problems.push({
        place: place(own),
        message: `unknown key${near || `; there are ${[...at.keys()].join(", ")}`}`,
      });
    } else if (next instanceof Map) collect(member, next, own, file, problems);
    else file.given.set(next, { place: place(own), value: member });
  }
}
