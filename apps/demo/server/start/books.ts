import { statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import type { Exporter, SpoolStore, StandardLoggingPayload } from "@waybill/core";
import { audit, type CostEngine } from "@waybill/cost";
import { createPipeline, type Pipeline, type PipelineEvent } from "@waybill/pipeline";
import { openSpool } from "@waybill/spool";

import { openLedger } from "../ledger/duckdb/open-ledger.js";
import { ledgerExporter } from "../ledger/exporter.js";
import type { LedgerRow } from "../ledger/ledger-row.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import type { Settings } from "../settings/settings.js";
import { allSteps } from "./all-steps.js";
import type { Progress } from "./progress.js";
import { startSinks } from "./sinks.js";

/** Where records go: the ledger, the services, and the spool that keeps what they cannot take. */
export type Books = {
  ledger: LedgerStore;
  pipeline: Pipeline;
  spool: SpoolStore;
  /** In words, for the banner. */
  sinkLabels: string[];
  /** Names of the services, without the ledger. */
  sinkNames: string[];
  /** After the pipeline has been closed. Resolves with what failed, in words. */
  close: () => Promise<string[]>;
};

/** How long a record waits for others before it goes into the ledger and out. Somebody may be looking. */
const LINGER_MS = 200;

const DAY_MS = 86_400_000;

/** @throws WaybillError for a ledger or a spool that cannot be opened */
export async function openBooks(
  settings: Settings,
  {
    engine,
    progress,
    now,
    watch,
    onAppended,
    onEvent,
    warn,
  }: {
    engine: CostEngine;
    progress: Progress;
    now: () => number;
    /** Puts a watch on what an exporter does. */
    watch: (exporter: Exporter, ledger: LedgerStore) => Exporter;
    onAppended: (rows: LedgerRow[]) => void;
    onEvent: (event: PipelineEvent) => void;
    warn: (text: string) => void;
  },
): Promise<Books> {
  const isReal = settings.upstream.kind === "real";
  for (const path of [settings.ledger, settings.spool]) await mkdir(dirname(path), { recursive: true });
  const ledger = await progress.step("ledger", () =>
    openLedger(settings.ledger, { now, memoryLimit: memoryFor(settings.ledger) }),
  );
  if (ledger.recovered)
    warn(
      `the ledger could not be read (${ledger.recovered.reason}); it is now ${ledger.recovered.movedTo}, and a new one is begun`,
    );
  const forget = async (): Promise<void> => {
    const before = new Date(now() - settings.retentionDays * DAY_MS).toISOString().slice(0, 10);
    await ledger
      .prune(before)
      .catch((error: unknown) => warn(`old calls could not be forgotten: ${String(error)}`));
  };
  await progress.step("calls beyond retention", forget);
  const forgetting = setInterval(() => void forget(), DAY_MS);
  forgetting.unref();
  const spool = await progress.step("spool", () =>
    openSpool(settings.spool, { onProblem: ({ kind, message }) => warn(`spool: ${kind}: ${message}`) }),
  );
  // A service that is nobody's would only look like one: real calls go to those that are configured.
  const sinks = await progress.step("services", () =>
    startSinks(settings.sinks, { withStubs: !isReal, hasOutages: settings.traffic.on, now }),
  );
  const verdictOf = (payload: StandardLoggingPayload) => {
    const { claims, verdict } = audit(payload, { engine, schema: "standard-logging-payload" });
    return claims.length > 0 ? verdict : null;
  };
  const pipeline = createPipeline({
    exporters: [
      ledgerExporter(ledger, { auditOf: verdictOf, onAppended }),
      ...sinks.exporters.map((exporter) => watch(exporter, ledger)),
    ],
    spool,
    limits: { lingerMs: LINGER_MS },
    onEvent,
  });
  return {
    ledger,
    pipeline,
    spool,
    sinkLabels: sinks.labels,
    sinkNames: sinks.exporters.map(({ name }) => name),
    close: async () => {
      clearInterval(forgetting);
      return allSteps([
        ["spool", () => spool.close()],
        ["services", () => sinks.close()],
        ["ledger", () => ledger.checkpoint()],
        ["ledger", () => ledger.close()],
      ]);
    },
  };
}

const MIB = 1024 * 1024;

/**
 * Memory that DuckDB may use: it fills what it gets, and a small ledger is read as fast with little. With much less a
 * checkpoint of records of megabytes fails.
 */
function memoryFor(file: string): string {
  const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return `${Math.round(Math.min(192 + size / MIB, 512))}MB`;
}
