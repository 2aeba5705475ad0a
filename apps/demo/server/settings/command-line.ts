import { parseArgs } from "node:util";

import { suggestion } from "./nearest.js";
import { optionList, type OptionName } from "./options.js";
import { quoted, type SettingsProblem } from "./problem.js";

/** What was asked for: `once` is the report on documents, everything else is about the server. */
export type Command =
  | { name: "serve" | "print-config" | "help" }
  | { name: "once"; json: boolean; files: string[] };

/** The arguments, with the texts of the options by name; flags without a value are "true" or "false". */
export type CommandLine = {
  command: Command;
  given: Map<OptionName, { flag: string; texts: string[] }>;
  configFile?: string;
};

/** Flags that are no values of the configuration. */
const others = {
  once: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  "print-config": { type: "boolean" },
  config: { type: "string" },
} as const;

const byFlag = new Map(optionList.flatMap(([name, option]) => (option.flag ? [[option.flag, name]] : [])));
const known: Record<string, { type: "string" | "boolean"; short?: string; multiple?: boolean }> = {
  ...others,
  "no-traffic": { type: "boolean" },
};
const lists = new Set<string>();
for (const [, { flag, kind }] of optionList) {
  if (flag === undefined) continue;
  known[flag] = { type: kind.shape === undefined ? "boolean" : "string", multiple: true };
  if (kind.isList) lists.add(flag);
}
const flagNames = Object.keys(known).map((name) => `--${name}`);

/** Names under which somebody may try to give a secret as a flag, and the variable that takes it. */
const secretFlags = new Map(
  optionList.flatMap(([, { isSecret, flag, env = [], member }]) => {
    if (!isSecret || flag !== undefined) return [];
    const [variable = member] = env;
    return [kebab(variable), kebab(member), kebab(member.split(".").at(-1) ?? member)].map(
      (name) => [name, variable] as const,
    );
  }),
);

/** Reads arguments. Every one that cannot be used is a problem; values are looked at elsewhere. */
export function readCommandLine(
  args: readonly string[],
): { ok: true; line: CommandLine } | { ok: false; problems: SettingsProblem[] } {
  const { tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: known,
  });
  const problems: SettingsProblem[] = [];
  const switches = new Set<string>();
  const files: string[] = [];
  const given: CommandLine["given"] = new Map();
  let configFile: string | undefined;

  for (const token of tokens) {
    if (token.kind === "positional") files.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const problem = problemOf(name, rawName, value, inlineValue);
    if (problem !== undefined) problems.push({ place: quotedFlag(rawName), message: problem });
    else if (name === "config") configFile = value;
    else if (Object.hasOwn(others, name)) switches.add(name);
    else keep(name, value);
  }

  function keep(flag: string, value: string | undefined): void {
    const isNegated = flag === "no-traffic";
    const option = byFlag.get(isNegated ? "traffic" : flag);
    if (option === undefined) return;
    const before = given.get(option);
    if (before && !lists.has(flag)) {
      const message =
        before.flag === flag ? "is given twice; keep one" : `contradicts --${before.flag}; keep one`;
      problems.push({ place: `--${flag}`, message });
      return;
    }
    const text = isNegated ? "false" : (value ?? "true");
    given.set(option, { flag, texts: [...(before?.texts ?? []), text] });
  }

  const command = commandOf(switches, files);
  const server = [...given.values()].map(({ flag }) => flag);
  if (configFile !== undefined) server.push("config");
  if (command.name === "once" && problems.length === 0) {
    // Nothing is ignored in silence: whoever gives a port expects a server.
    for (const flag of server) {
      const message = "is of the server, and --once, --json and FILE are of the report; give one kind";
      problems.push({ place: `--${flag}`, message });
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, line: { command, given, ...(configFile === undefined ? {} : { configFile }) } };
}

function commandOf(switches: ReadonlySet<string>, files: string[]): Command {
  if (switches.has("help")) return { name: "help" };
  if (switches.has("print-config")) return { name: "print-config" };
  const isOnce = switches.has("once") || switches.has("json") || files.length > 0;
  return isOnce ? { name: "once", json: switches.has("json"), files } : { name: "serve" };
}

/** What is wrong with a flag. The value is never repeated: it may be a secret. */
function problemOf(
  name: string,
  rawName: string,
  value: string | undefined,
  isInline: boolean | undefined,
): string | undefined {
  // A name such as "__proto__" or "constructor" is found in the table only if it is its own.
  const option = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!option) {
    const variable = secretFlags.get(name);
    return variable === undefined
      ? `unknown option${suggestion(rawName, flagNames)}`
      : `a secret is no flag, which every user of this machine can read; set ${variable}`;
  }
  if (option.type === "boolean") return value === undefined ? undefined : "takes no value";
  if (value === undefined || value === "") return "needs a value";
  // `--host --port 1` is a forgotten value, and not a host called "--port".
  if (!isInline && value.startsWith("-"))
    return `needs a value; one that begins with a dash is ${rawName}=-...`;
  return undefined;
}

function quotedFlag(rawName: string): string {
  return /^--?[\w-]{1,64}$/.test(rawName) ? rawName : quoted(rawName);
}

function kebab(name: string): string {
  return name
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-")
    .replaceAll(/[._]/g, "-")
    .toLowerCase();
}
