import { resolve } from "node:path";

import { readCommandLine } from "./command-line.js";
import { readConfigFile, type ConfigFile, type ReadFile } from "./config-file.js";
import { isLoopbackHost } from "./loopback.js";
import type { OptionName, Values } from "./options.js";
import { readPrices } from "./prices.js";
import type { SettingsProblem } from "./problem.js";
import { adminTokenProblem, selfProblem, trafficProblem, upstreamProblem } from "./rules.js";
import type { Settings, Sources, Upstream } from "./settings.js";
import { readSinks } from "./sinks.js";
import { readValues, strayVariables, type Environment } from "./values.js";

/** What settings are read from. `cwd` is where the user stands: relative paths of flags and variables start there. */
export type SettingsInput = {
  args: readonly string[];
  env: Environment;
  cwd: string;
  readFile: ReadFile;
};

export type SettingsResult =
  | { ok: true; settings: Settings; sources: Sources; warnings: string[] }
  | { ok: false; problems: SettingsProblem[] };

/**
 * The settings of the server: each value from the flags, else the environment, else the configuration file, else its
 * default. All that is wrong is told at once, each with its place and the cure; nothing is thrown.
 */
export function readSettings({ args, env, cwd, readFile }: SettingsInput): SettingsResult {
  const command = readCommandLine(args);
  if (!command.ok) return command;
  const { given, configFile } = command.line;
  const { file, problems } = readConfigFile(configFile ?? (env.WAYBILL_CONFIG || undefined), cwd, readFile);
  const { values, sources, problems: bad } = readValues({ given, env, file, readFile });
  const { sinks, problems: badSinks, warnings } = readSinks(values, env);
  problems.push(...bad, ...badSinks);
  warnings.push(...strayVariables(env, ["WAYBILL_CONFIG"]));

  const settings = compose(values, sources, sinks, { cwd, file });
  if (settings.pricesFile !== null) {
    const read = readPrices(settings.pricesFile, readFile);
    if (read.ok) settings.prices = read.prices;
    else problems.push({ place: sources.prices?.place ?? "--prices", message: read.message });
  }
  for (const check of [adminTokenProblem, upstreamProblem, selfProblem, trafficProblem]) {
    const problem = check(settings, values, sources);
    // What could not be read is told already, and says nothing about what goes with it.
    if (problem && bad.length === 0) problems.push(problem);
  }
  if (values.traffic === true && settings.upstream.kind === "real" && sources.traffic?.kind !== "flag")
    warnings.push("traffic is off: it is never made for a real upstream");
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, settings, sources, warnings };
}

function compose(
  values: Values,
  sources: Sources,
  sinks: Settings["sinks"],
  { cwd, file }: { cwd: string; file: ConfigFile | undefined },
): Settings {
  const { upstream: url, upstreamKey = null } = values;
  const upstream: Upstream =
    url === undefined ? { kind: "recordings" } : { kind: "real", url, apiKey: upstreamKey };
  const isReal = upstream.kind === "real";
  const host = values.host ?? "127.0.0.1";
  const isLoopback = isLoopbackHost(host);
  const pathOf = (name: OptionName & ("ledger" | "spool" | "keys" | "prices"), standard: string) => {
    const isOfFile = sources[name]?.kind === "file";
    return resolve(isOfFile ? (file?.directory ?? cwd) : cwd, values[name] ?? standard);
  };
  return {
    host,
    isLoopback,
    port: values.port ?? 4400,
    portChosen: values.port !== undefined,
    publicHosts: values.publicHosts ?? [],
    open: values.open ?? false,
    metrics: values.metrics ?? false,
    maxBody: values.maxBody ?? 10 * 1024 * 1024,
    upstream,
    allowHttpUpstream: values.allowHttpUpstream ?? false,
    asIs: values.asIs ?? false,
    upstreamTimeouts: {
      headersMs: values.headersTimeout ?? 600_000,
      idleMs: values.idleTimeout ?? 300_000,
    },
    keySeenAndNotUsed: !isReal && upstreamKey !== null,
    adminToken: values.adminToken ?? null,
    keysFile: pathOf("keys", isReal ? ".waybill/keys.json" : ".waybill/demo-keys.json"),
    corsOrigins: [...new Set(values.corsOrigins)],
    zone: values.zone ?? "UTC",
    prices: {},
    pricesFile: values.prices === undefined ? null : pathOf("prices", ""),
    unpricedPolicy: values.unpriced ?? "refuse",
    ledger: pathOf("ledger", isReal ? ".waybill/ledger.duckdb" : ".waybill/demo.duckdb"),
    spool: pathOf("spool", isReal ? ".waybill/spool" : ".waybill/demo-spool"),
    content: values.content ?? (isLoopback ? "full" : "none"),
    retentionDays: values.retention ?? 30,
    traffic: { on: !isReal && (values.traffic ?? true), rate: values.rate ?? 14, seed: values.seed ?? 1 },
    sinks,
    shutdown: { drainMs: values.drainTimeout ?? 25_000, deliverMs: values.deliverTimeout ?? 5000 },
  };
}
