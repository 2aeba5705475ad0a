import type { Pipeline } from "@waybill/pipeline";
import { Hono } from "hono";

import type { LedgerStore } from "../ledger/ledger-store.js";

/** What health is read from. */
export type HealthParts = {
  ledger: Pick<LedgerStore, "isWritable" | "stats">;
  pipeline: Pick<Pipeline, "health" | "stats">;
  isDraining: () => boolean;
  /** Calls under way. */
  running: () => number;
  /** Whether `/metrics` answers. */
  hasMetrics: boolean;
};

/** A spool that is fuller than this is about to drop records. */
const FULL = 0.9;

/**
 * `/healthz`: whether the loop turns. `/readyz`: whether calls should be sent here, with one word for each check; services that
 * are down are named and do not count, since records wait for them. `/metrics`: the counts, for Prometheus.
 */
export function healthRoutes(parts: HealthParts): Hono {
  const app = new Hono();
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", async (context) => {
    const { spool } = parts.pipeline.health();
    const fullness = spool ? spool.bytes / spool.limitBytes : 0;
    const checks = {
      ledger: (await parts.ledger.isWritable()) ? "ok" : "failing",
      spool: spool?.state === "failing" ? "failing" : fullness >= FULL ? "full" : "ok",
      shutdown: parts.isDraining() ? "draining" : "ok",
    };
    const isReady = Object.values(checks).every((word) => word === "ok");
    const sinks = Object.fromEntries(
      Object.entries(parts.pipeline.stats()).map(([name, { state }]) => [name, state]),
    );
    return context.json({ status: isReady ? "ready" : "not ready", checks, sinks }, isReady ? 200 : 503);
  });
  if (parts.hasMetrics)
    app.get("/metrics", (context) =>
      context.body(metricsText(parts), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }),
    );
  return app;
}

/** What became of records, by exporter. */
const counters = ["accepted", "sent", "rejected", "dead", "dropped", "retried"] as const;
const gauges = ["buffered", "spooled", "inFlight"] as const;

function metricsText({ pipeline, running, ledger }: HealthParts): string {
  const stats = Object.entries(pipeline.stats());
  const lines: string[] = [];
  const family = (
    name: string,
    type: string,
    help: string,
    values: [labels: string, value: number][],
  ): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [labels, value] of values) lines.push(`${name}${labels} ${value}`);
  };
  for (const name of counters)
    family(
      `waybill_records_${name}_total`,
      "counter",
      `Records ${name}, by exporter.`,
      stats.map(([exporter, counts]) => [`{exporter=${JSON.stringify(exporter)}}`, counts[name]]),
    );
  for (const name of gauges)
    family(
      `waybill_records_${name === "inFlight" ? "in_flight" : name}`,
      "gauge",
      `Records ${name === "inFlight" ? "being sent" : name}, by exporter.`,
      stats.map(([exporter, counts]) => [`{exporter=${JSON.stringify(exporter)}}`, counts[name]]),
    );
  family("waybill_calls_running", "gauge", "Calls under way.", [["", running()]]);
  family("waybill_ledger_calls_total", "counter", "Calls that entered the ledger.", [
    ["", ledger.stats().added],
  ]);
  return `${lines.join("\n")}\n`;
}
