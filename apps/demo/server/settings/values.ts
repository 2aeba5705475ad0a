import type { CommandLine } from "./command-line.js";
import type { ConfigFile, ReadFile } from "./config-file.js";
import type { Read } from "./kinds.js";
import { suggestion } from "./nearest.js";
import { optionList, type Option, type OptionName, type Values } from "./options.js";
import { quoted, type SettingsProblem, type Source } from "./problem.js";
import { readSecretMember } from "./secret.js";
import type { Sources } from "./settings.js";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where values may come from, the first before the second before the third. */
export type Places = {
  given: CommandLine["given"];
  env: Environment;
  file: ConfigFile | undefined;
  readFile: ReadFile;
};

/** A value as it was found, and where. */
type Found = { read: Read<unknown>; source: Source; shown: unknown };

/** Reads every value that was given anywhere, each from the first place that has it. */
export function readValues(places: Places): {
  values: Values;
  sources: Sources;
  problems: SettingsProblem[];
} {
  const values: Partial<Record<OptionName, unknown>> = {};
  const sources: Sources = {};
  const problems: SettingsProblem[] = [];
  for (const [name, option] of optionList) {
    const found = find(name, option, places);
    if (!found) continue;
    const { read, source, shown } = found;
    if (read.ok) {
      values[name] = read.value;
      sources[name] = source;
    } else {
      const isQuiet = option.isSecret || option.kind.mayHoldSecret;
      const given = isQuiet ? "" : `${quoted(shown)} is not usable; `;
      problems.push({
        place: source.place,
        message: `${given}expected ${read.wanted}${cureOf(source, shown)}`,
      });
    }
  }
  // Each value was read by the kind of its own option.
  return { values: values as Values, sources, problems };
}

function find(name: OptionName, option: Option, { given, env, file, readFile }: Places): Found | undefined {
  const flagged = given.get(name);
  if (flagged) {
    const source = { kind: "flag", place: `--${flagged.flag}` } as const;
    return { read: readTexts(option, flagged.texts), source, shown: flagged.texts.join(",") };
  }
  // An empty variable is how a shell script says that there is none.
  const variable = option.env?.find((each) => env[each]);
  if (variable !== undefined) {
    const text = env[variable] ?? "";
    const source = { kind: "environment", place: variable } as const;
    return { read: option.kind.fromText(text), source, shown: text };
  }
  const member = file?.given.get(name);
  if (!file || !member) return undefined;
  const { place, value } = member;
  const source = { kind: "file", place } as const;
  if (!option.isSecret) return { read: option.kind.fromJson(value), source, shown: value };
  const [variableOfIt = place] = option.env ?? [];
  const secret = readSecretMember(value, { directory: file.directory, readFile, variable: variableOfIt });
  return { read: secret.ok ? option.kind.fromText(secret.value) : secret, source, shown: undefined };
}

function readTexts({ kind }: Option, texts: readonly string[]): Read<unknown> {
  const [only = ""] = texts;
  return kind.isList ? kind.fromText(texts.join(",")) : kind.fromText(only);
}

/** Kubernetes sets WAYBILL_PORT=tcp://10.0.0.1:4400 for a service that is called waybill. */
function cureOf({ kind }: Source, shown: unknown): string {
  return kind === "environment" && typeof shown === "string" && shown.startsWith("tcp://")
    ? " (Kubernetes sets this for a service of that name: rename it, or set enableServiceLinks: false)"
    : "";
}

/**
 * Variables that look like ours and are none. They are no errors, since others may set them: Kubernetes does for a service
 * that is called waybill.
 */
export function strayVariables(env: Environment, more: readonly string[]): string[] {
  const known = [...optionList.flatMap(([, option]) => option.env ?? []), ...more];
  return Object.keys(env)
    .filter((name) => name.startsWith("WAYBILL_") && env[name] && !known.includes(name))
    .filter((name) => !/^WAYBILL_(?:SERVICE_|PORT_)/.test(name))
    .toSorted()
    .map((name) => `${name} is set and means nothing${suggestion(name, known)}`);
}
