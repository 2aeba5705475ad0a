import type { LitellmEntry } from "@waybill/cost";
import type { LangfuseExporterOptions } from "@waybill/exporter-langfuse";
import type { OtlpExporterOptions } from "@waybill/exporter-otlp";

import type { OptionName } from "./options.js";
import type { Source } from "./problem.js";

/** Where calls go. `url` has no slash at its end; `apiKey` is null when callers bring keys of their own. */
export type Upstream = { kind: "recordings" } | { kind: "real"; url: string; apiKey: string | null };

/** What the server is told. Paths are absolute, times are milliseconds, sizes are bytes. */
export type Settings = {
  host: string;
  /** Whether only this machine reaches it. */
  isLoopback: boolean;
  port: number;
  /** Whether somebody chose the port: only one that nobody chose may move on to the next free one. */
  portChosen: boolean;
  /** Further names under which the page is reached. */
  publicHosts: string[];
  open: boolean;
  metrics: boolean;
  maxBody: number;
  upstream: Upstream;
  /** Whether keys and prompts may travel to an upstream in the clear. */
  allowHttpUpstream: boolean;
  /** Whether streams are asked for as their callers ask, also where that leaves out the usage. */
  asIs: boolean;
  upstreamTimeouts: { headersMs: number; idleMs: number };
  /** A key of OpenAI is set and is not used, since the upstream is recordings: the banner says so. */
  keySeenAndNotUsed: boolean;
  adminToken: string | null;
  keysFile: string;
  corsOrigins: string[];
  /** The IANA zone by which budgets have days and months. */
  zone: string;
  unpricedPolicy: "refuse" | "allow";
  /** Prices over those of the catalog: the `overrides` of the cost engine. Empty without a file of them. */
  prices: Readonly<Record<string, LitellmEntry>>;
  /** The file that they are from. */
  pricesFile: string | null;
  ledger: string;
  spool: string;
  content: "full" | "none";
  retentionDays: number;
  /** Calls a minute, made by the program itself. */
  traffic: { on: boolean; rate: number; seed: number };
  /** Options of the exporters; null is the stub. */
  sinks: { langfuse: LangfuseExporterOptions | null; otlp: OtlpExporterOptions | null };
  shutdown: { drainMs: number; deliverMs: number };
};

/** Where each value that was given comes from; what is not there is a default. */
export type Sources = Partial<Record<OptionName, Source>>;
