import { origin, upstreamAddress } from "./addresses.js";
import { duration, flag, host, line, list, number, oneOf, path, size, zone, type Kind } from "./kinds.js";

/** The headings of the help. */
export type Group = "Server" | "Upstream" | "Access" | "Storage" | "Traffic" | "Delivery" | "Shutdown";

/** One value of the configuration: what it is called at each of its places, and what it is for. */
export type Option<Value = unknown> = {
  group: Group;
  kind: Kind<Value>;
  flag?: string;
  /** Variables of the environment; the first that is set counts. */
  env?: readonly string[];
  /** The member of the file, with dots. */
  member: string;
  /** In the file it is `{"file": path}`. As a flag it is refused, unless it has one. */
  isSecret?: boolean;
  help: string;
  /** The default, for the help. */
  standard?: string;
};

function option<Value>(
  group: Group,
  kind: Kind<Value>,
  names: Omit<Option<Value>, "group" | "kind">,
): Option<Value> {
  return { group, kind, ...names };
}

/** Every value that can be set. The help, the schema of the file and the reader are made of it. */
export const options = {
  port: option("Server", number("PORT", { from: 0, to: 65_535 }), {
    flag: "port",
    env: ["WAYBILL_PORT"],
    member: "port",
    help: "where to listen; 0 takes any free port",
    standard: "4400, then the next free one",
  }),
  host: option("Server", host, {
    flag: "host",
    env: ["WAYBILL_HOST"],
    member: "host",
    help: "address to listen at; off loopback it needs an admin token",
    standard: "127.0.0.1",
  }),
  publicHosts: option("Server", list(host), {
    flag: "public-host",
    env: ["WAYBILL_PUBLIC_HOSTS"],
    member: "publicHosts",
    help: "name under which the page is reached, behind a proxy; may be repeated",
  }),
  open: option("Server", flag, {
    flag: "open",
    env: ["WAYBILL_OPEN"],
    member: "open",
    help: "open the page in a browser",
  }),
  metrics: option("Server", flag, {
    flag: "metrics",
    env: ["WAYBILL_METRICS"],
    member: "metrics",
    help: "serve /metrics for Prometheus",
  }),
  maxBody: option("Server", size({ from: 1024, to: 64 * 1024 * 1024 }), {
    flag: "max-body",
    env: ["WAYBILL_MAX_BODY"],
    member: "maxBody",
    help: "largest request",
    standard: "10MiB",
  }),

  upstream: option("Upstream", upstreamAddress, {
    flag: "upstream",
    env: ["OPENAI_BASE_URL"],
    member: "upstream.url",
    help: "a real API, which costs money",
    standard: "bundled recordings, which cost nothing",
  }),
  upstreamKey: option("Upstream", line, {
    env: ["OPENAI_API_KEY"],
    member: "upstream.apiKey",
    isSecret: true,
    help: "its key; used only with a real upstream",
  }),
  allowHttpUpstream: option("Upstream", flag, {
    flag: "allow-http-upstream",
    env: ["WAYBILL_ALLOW_HTTP_UPSTREAM"],
    member: "upstream.allowHttp",
    help: "let an upstream off loopback be http: keys and prompts travel in the clear",
  }),
  asIs: option("Upstream", flag, {
    flag: "as-is",
    env: ["WAYBILL_AS_IS"],
    member: "upstream.asIs",
    help: "do not ask for usage in streams whose callers do not: they have no cost then",
  }),
  headersTimeout: option("Upstream", duration, {
    flag: "headers-timeout",
    env: ["WAYBILL_HEADERS_TIMEOUT"],
    member: "upstream.timeouts.headers",
    help: "how long an answer may take to begin",
    standard: "10min",
  }),
  idleTimeout: option("Upstream", duration, {
    flag: "idle-timeout",
    env: ["WAYBILL_IDLE_TIMEOUT"],
    member: "upstream.timeouts.idle",
    help: "how long an answer may pause",
    standard: "5min",
  }),

  adminToken: option("Access", line, {
    flag: "admin-token",
    env: ["WAYBILL_ADMIN_TOKEN"],
    member: "adminToken",
    isSecret: true,
    help: "24 characters or more; better in the environment, where other users cannot see it",
  }),
  keys: option("Access", path, {
    flag: "keys",
    env: ["WAYBILL_KEYS"],
    member: "keys",
    help: "file of the virtual keys",
    standard: ".waybill/demo-keys.json, or .waybill/keys.json with a real upstream",
  }),
  corsOrigins: option("Access", list(origin), {
    flag: "cors-origin",
    env: ["WAYBILL_CORS_ORIGINS"],
    member: "cors.origins",
    help: "page that may call /v1 from a browser; may be repeated",
    standard: "none",
  }),
  zone: option("Access", zone, {
    flag: "zone",
    env: ["WAYBILL_ZONE"],
    member: "budgets.zone",
    help: "whose days and months budgets go by",
    standard: "UTC",
  }),
  prices: option("Access", path, {
    flag: "prices",
    env: ["WAYBILL_PRICES"],
    member: "prices",
    help: "JSON of prices of one's own, by model, in the format of LiteLLM's price map",
  }),
  unpriced: option("Access", oneOf(["refuse", "allow"]), {
    flag: "unpriced",
    env: ["WAYBILL_UNPRICED"],
    member: "budgets.unpriced",
    help: "models without a price on keys with a budget",
    standard: "refuse",
  }),

  ledger: option("Storage", path, {
    flag: "ledger",
    env: ["WAYBILL_LEDGER"],
    member: "ledger",
    help: "DuckDB file of the calls",
    standard: ".waybill/demo.duckdb, or .waybill/ledger.duckdb with a real upstream",
  }),
  spool: option(
    "Storage",
    { ...path, shape: "FOLDER" },
    {
      flag: "spool",
      env: ["WAYBILL_SPOOL"],
      member: "spool",
      help: "folder of what waits for delivery",
      standard: ".waybill/spool",
    },
  ),
  content: option("Storage", oneOf(["full", "none"]), {
    flag: "content",
    env: ["WAYBILL_CONTENT"],
    member: "content",
    help: "whether prompts and answers are kept",
    standard: "full on loopback, none off it",
  }),
  retention: option("Storage", number("DAYS", { from: 1, to: 3650 }), {
    flag: "retention",
    env: ["WAYBILL_RETENTION"],
    member: "retention",
    help: "how long calls are kept",
    standard: "30",
  }),

  traffic: option("Traffic", flag, {
    flag: "traffic",
    env: ["WAYBILL_TRAFFIC"],
    member: "traffic.on",
    help: "make recorded calls (--no-traffic: do not); never to a real upstream",
    standard: "on for recordings",
  }),
  rate: option("Traffic", number("CALLS", { from: 0.1, to: 6000, isWhole: false }), {
    flag: "rate",
    env: ["WAYBILL_RATE"],
    member: "traffic.rate",
    help: "calls a minute",
    standard: "14",
  }),
  seed: option("Traffic", number("NUMBER", { from: 0, to: 2 ** 32 - 1 }), {
    flag: "seed",
    env: ["WAYBILL_SEED"],
    member: "traffic.seed",
    help: "the same seed makes the same calls",
    standard: "1",
  }),

  langfusePublicKey: option("Delivery", line, {
    env: ["LANGFUSE_PUBLIC_KEY"],
    member: "sinks.langfuse.publicKey",
    help: "with the secret key: deliver to Langfuse instead of the stub",
  }),
  langfuseSecretKey: option("Delivery", line, {
    env: ["LANGFUSE_SECRET_KEY"],
    member: "sinks.langfuse.secretKey",
    isSecret: true,
    help: "the project's secret key",
  }),
  langfuseBaseUrl: option("Delivery", upstreamAddress, {
    env: ["LANGFUSE_BASE_URL", "LANGFUSE_HOST", "LANGFUSE_BASEURL"],
    member: "sinks.langfuse.baseUrl",
    help: "Langfuse of one's own",
    standard: "https://cloud.langfuse.com",
  }),
  otlpEndpoint: option("Delivery", upstreamAddress, {
    env: ["OTEL_EXPORTER_OTLP_ENDPOINT"],
    member: "sinks.otlp.endpoint",
    help: "deliver to OpenTelemetry instead of the stub; its other variables hold, too",
  }),
  otlpHeaders: option("Delivery", line, {
    env: ["OTEL_EXPORTER_OTLP_HEADERS"],
    member: "sinks.otlp.headers",
    isSecret: true,
    help: "headers of it, name=value with commas between",
  }),

  drainTimeout: option("Shutdown", duration, {
    flag: "drain-timeout",
    env: ["WAYBILL_DRAIN_TIMEOUT"],
    member: "shutdown.drain",
    help: "how long calls under way may go on after a signal",
    standard: "25s",
  }),
  deliverTimeout: option("Shutdown", duration, {
    flag: "deliver-timeout",
    env: ["WAYBILL_DELIVER_TIMEOUT"],
    member: "shutdown.deliver",
    help: "how long delivery may take after that",
    standard: "5s",
  }),
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof options;

/** The values that were given, by name. */
export type Values = {
  [Name in OptionName]?: (typeof options)[Name] extends Option<infer Value> ? Value : never;
};

/** The same list for code that treats all alike. */
export const optionList = Object.entries(options) as readonly (readonly [OptionName, Option])[];
