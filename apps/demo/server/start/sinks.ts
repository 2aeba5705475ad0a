import type { Exporter } from "@waybill/core";
import { langfuseExporter, type LangfuseExporterOptions } from "@waybill/exporter-langfuse";
import { otlpExporter, type OtlpExporterOptions } from "@waybill/exporter-otlp";
import { startLangfuseStub, startOtlpCollectorStub, type Faults, type LoopbackFault } from "@waybill/testkit";

import type { Settings } from "../settings/settings.js";

/** Where records are delivered besides the ledger. */
export type Sinks = {
  exporters: Exporter[];
  /** In words, for the banner: "langfuse stub", "otlp https://...". */
  labels: string[];
  close: () => Promise<void>;
};

/** The stub of Langfuse is down so long in every so long, so that there is something to see. Milliseconds. */
const OUTAGE = { every: 300_000, from: 90_000, for: 20_000 };

/** How often stubs forget what they got. */
const FORGET_MS = 60_000;

/** The exporters of the services that are configured, and, if wanted, stubs in place of those that are not. */
export async function startSinks(
  { langfuse, otlp }: Settings["sinks"],
  { withStubs, hasOutages, now }: { withStubs: boolean; hasOutages: boolean; now: () => number },
): Promise<Sinks> {
  const startedAt = now();
  const faults: Faults<LoopbackFault> = () => {
    const at = (now() - startedAt) % OUTAGE.every;
    const isDown = hasOutages && at >= OUTAGE.from && at < OUTAGE.from + OUTAGE.for;
    return isDown ? { kind: "status", status: 503 } : undefined;
  };
  const sinks: Sink[] = [];
  if (langfuse) sinks.push(realLangfuse(langfuse));
  else if (withStubs) sinks.push(await stubbedLangfuse(faults));
  if (otlp) sinks.push(realOtlp(otlp));
  else if (withStubs) sinks.push(await stubbedOtlp());
  const forgetting = setInterval(() => {
    for (const { forget } of sinks) forget();
  }, FORGET_MS);
  forgetting.unref();
  return {
    exporters: sinks.map(({ exporter }) => exporter),
    labels: sinks.map(({ label }) => label),
    close: async () => {
      clearInterval(forgetting);
      await Promise.all(sinks.map(({ close }) => close()));
    },
  };
}

type Sink = { exporter: Exporter; label: string; forget: () => void; close: () => Promise<void> };

/** What is not ours has nothing to be forgotten or closed. */
const elsewhere = { forget: () => {}, close: async () => {} };

function realLangfuse(options: LangfuseExporterOptions): Sink {
  const label = `langfuse ${options.baseUrl ?? "https://cloud.langfuse.com"}`;
  return { exporter: langfuseExporter(options), label, ...elsewhere };
}

function realOtlp(options: OtlpExporterOptions): Sink {
  const label = `otlp ${options.endpoint ?? options.tracesEndpoint ?? ""}`;
  return { exporter: otlpExporter(options), label, ...elsewhere };
}

async function stubbedLangfuse(faults: Faults<LoopbackFault>): Promise<Sink> {
  const stub = await startLangfuseStub({ faults });
  const { baseUrl, publicKey, secretKey } = stub;
  const exporter = langfuseExporter({ baseUrl, publicKey, secretKey });
  return { exporter, label: "langfuse stub", ...ofStub(stub) };
}

async function stubbedOtlp(): Promise<Sink> {
  const stub = await startOtlpCollectorStub();
  return { exporter: otlpExporter({ endpoint: stub.endpoint }), label: "otlp stub", ...ofStub(stub) };
}

function ofStub(stub: { forget(): void; close(): Promise<void> }): Pick<Sink, "forget" | "close"> {
  return { forget: () => stub.forget(), close: () => stub.close() };
}
