import { printable } from "../printable.js";
import { optionList, type OptionName } from "./options.js";
import type { Settings, Sources } from "./settings.js";

/** A line of `--print-config`. Secrets are masked. */
export type ConfigRow = { name: string; value: string; source: string };

/** Every value with its source, by the names of the configuration file. */
export function configRows(settings: Settings, sources: Sources): ConfigRow[] {
  const values = valuesOf(settings, sources);
  return optionList.map(([name, { member, isSecret }]) => {
    const value = values[name];
    const isSet = value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
    const shown = isSecret ? "(set)" : printable(Array.isArray(value) ? value.join(", ") : String(value));
    return { name: member, value: isSet ? shown : "(none)", source: sources[name]?.place ?? "default" };
  });
}

/** The rows as text, in columns. */
export function configTable(rows: readonly ConfigRow[]): string {
  const widthOf = (column: "name" | "value") => Math.max(...rows.map((row) => row[column].length));
  const [name, value] = [widthOf("name"), Math.min(widthOf("value"), 60)];
  return rows.map((row) => `${row.name.padEnd(name)}  ${row.value.padEnd(value)}  ${row.source}\n`).join("");
}

function valuesOf(settings: Settings, sources: Sources): Record<OptionName, unknown> {
  const { upstream, upstreamTimeouts, traffic, shutdown, sinks } = settings;
  const time = (ms: number) => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
  const { langfuse, otlp } = sinks;
  return {
    port: settings.port,
    host: settings.host,
    publicHosts: settings.publicHosts,
    open: settings.open,
    metrics: settings.metrics,
    maxBody: `${settings.maxBody} bytes`,
    upstream: upstream.kind === "real" ? upstream.url : "bundled recordings",
    // A key that is seen and not used is a value all the same; its source says where it was seen.
    upstreamKey: sources.upstreamKey ? "set" : null,
    allowHttpUpstream: settings.allowHttpUpstream,
    asIs: settings.asIs,
    headersTimeout: time(upstreamTimeouts.headersMs),
    idleTimeout: time(upstreamTimeouts.idleMs),
    adminToken: settings.adminToken,
    keys: settings.keysFile,
    corsOrigins: settings.corsOrigins,
    zone: settings.zone,
    prices: settings.pricesFile,
    unpriced: settings.unpricedPolicy,
    ledger: settings.ledger,
    spool: settings.spool,
    content: settings.content,
    traffic: traffic.on ? "on" : "off",
    retention: `${settings.retentionDays} days`,
    rate: `${traffic.rate} a minute`,
    seed: traffic.seed,
    langfusePublicKey: langfuse?.publicKey,
    langfuseSecretKey: langfuse?.secretKey,
    langfuseBaseUrl: langfuse ? (langfuse.baseUrl ?? "https://cloud.langfuse.com") : null,
    otlpEndpoint: otlp?.endpoint ?? otlp?.tracesEndpoint,
    otlpHeaders: sources.otlpHeaders ? "set" : null,
    drainTimeout: time(shutdown.drainMs),
    deliverTimeout: time(shutdown.deliverMs),
  };
}
