import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PipelineOptions } from "@waybill/pipeline";

import { answer, langfuseEventOf, payloadOf, question, usage, uuidOf } from "./events.js";

/** Something that delivers events. */
export type Sender = {
  /** Hands in the n-th event, as a program would, without waiting. */
  push(number: number): void;
  /** Delivers what is there, as far as the contender can, and ends. */
  close(): Promise<void>;
  /** What it says of itself. */
  report?(): string;
};

/** Whoever delivers events. */
export type Contender = {
  name: string;
  budgeted?: boolean;
  make(url: string): Promise<Sender>;
};

const keys = { publicKey: "pk-lf-bench", secretKey: "sk-lf-bench" };

/** Stringify each event and post 512 at a time over one connection: the least that anybody can do. */
async function byHand(url: string, eventOf: (number: number) => object): Promise<Sender> {
  let texts: string[] = [];
  let sending = Promise.resolve();
  const flush = (): void => {
    const body = `{"batch":[${texts.join(",")}]}`;
    texts = [];
    sending = sending.then(async () => {
      const response = await fetch(`${url}/api/public/ingestion`, { method: "POST", body });
      await response.text();
    });
  };
  return {
    push(number) {
      texts.push(JSON.stringify(eventOf(number)));
      if (texts.length === 512) flush();
    },
    close() {
      flush();
      return sending;
    },
  };
}

/** The floor: an event that has just what Langfuse wants. */
export const floor: Contender = {
  name: "floor: JSON.stringify and HTTP, a small event",
  make: async (url) => byHand(url, langfuseEventOf),
};

/** The same with all that a standard logging payload has, four times as much. */
export const wholeFloor: Contender = {
  name: "JSON.stringify and HTTP, the whole payload",
  make: async (url) =>
    byHand(url, (number) => ({ id: `e${number}`, type: "generation", body: payloadOf(number) })),
};

async function waybill(
  exporters: PipelineOptions["exporters"],
  durability: "memory" | "flushed" | "durable",
  limits = {},
): Promise<Sender> {
  const { createPipeline } = await import("@waybill/pipeline");
  const dir = durability === "memory" ? undefined : mkdtempSync(join(tmpdir(), "waybill-bench-"));
  const open = async (at: string) =>
    (await import("@waybill/spool")).openSpool(at, { maxBytes: 8 * 1024 ** 3 });
  const spool = dir === undefined ? undefined : await open(dir);
  const pipeline = createPipeline({
    exporters,
    durability,
    limits: { batchRecords: 512, ...limits },
    ...(spool ? { spool } : {}),
  });
  return {
    push: (number) => void pipeline.accept(payloadOf(number)),
    async close() {
      await pipeline.close({ deadlineMs: 600_000 });
      await spool?.close();
      if (dir !== undefined) rmSync(dir, { recursive: true });
    },
    report: () => {
      const [stats] = Object.values(pipeline.stats());
      const { accepted, sent, dropped, degraded } = stats ?? {};
      return `accepted ${accepted}, sent ${sent}, dropped ${dropped}, degraded ${degraded}`;
    },
  };
}

export const contenders: readonly Contender[] = [
  {
    name: "Waybill, OTLP, in memory (room for 40,000)",
    budgeted: true,
    make: async (url) => {
      const { otlpExporter } = await import("@waybill/exporter-otlp");
      return waybill([otlpExporter({ endpoint: url, content: "attributes" })], "memory", {
        memoryRecords: 40_000,
        memoryBytes: 256 * 1024 ** 2,
      });
    },
  },
  {
    name: "Waybill, OTLP, spool",
    budgeted: true,
    make: async (url) => {
      const { otlpExporter } = await import("@waybill/exporter-otlp");
      return waybill([otlpExporter({ endpoint: url, content: "attributes" })], "flushed");
    },
  },
  {
    name: "Waybill, Langfuse batch, spool",
    budgeted: true,
    make: async (url) => {
      const { langfuseExporter } = await import("@waybill/exporter-langfuse");
      return waybill([langfuseExporter({ ...keys, baseUrl: url, transport: "batch" })], "flushed");
    },
  },
  {
    name: "OpenTelemetry SDK",
    make: async (url) => {
      const { BasicTracerProvider, BatchSpanProcessor } = await import("@opentelemetry/sdk-trace-base");
      const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
      const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces` });
      const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
      const tracer = provider.getTracer("bench");
      return {
        push() {
          const attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.response.model": "gpt-4o-2024-08-06",
            "gen_ai.usage.input_tokens": usage.prompt_tokens,
            "gen_ai.usage.output_tokens": usage.completion_tokens,
            "gen_ai.request.temperature": 0.2,
            "gen_ai.input.messages": JSON.stringify([{ role: "user", content: question }]),
            "gen_ai.output.messages": JSON.stringify([{ role: "assistant", content: answer }]),
          };
          tracer.startSpan("chat gpt-4o", { attributes }).end();
        },
        close: async () => provider.shutdown(),
      };
    },
  },
  {
    name: "Langfuse v5 (@langfuse/otel)",
    make: async (url) => {
      const { BasicTracerProvider } = await import("@opentelemetry/sdk-trace-base");
      const { LangfuseSpanProcessor } = await import("@langfuse/otel");
      const { setLangfuseTracerProvider, startObservation } = await import("@langfuse/tracing");
      const processor = new LangfuseSpanProcessor({ ...keys, baseUrl: url });
      const provider = new BasicTracerProvider({ spanProcessors: [processor] });
      setLangfuseTracerProvider(provider);
      return {
        push() {
          const fields = {
            model: "gpt-4o-2024-08-06",
            input: [{ role: "user", content: question }],
            output: { role: "assistant", content: answer },
            usageDetails: { input: 31, output: 58, total: 89 },
            modelParameters: { temperature: 0.2 },
          };
          startObservation("chat", fields, { asType: "generation" }).end();
        },
        close: async () => provider.shutdown(),
      };
    },
  },
  {
    name: "Langfuse v3",
    make: async (url) => {
      const { Langfuse } = await import("langfuse");
      const client = new Langfuse({ ...keys, baseUrl: url });
      return {
        push(number) {
          client.generation({
            id: `generation-${number}`,
            traceId: uuidOf(number),
            name: "chat",
            model: "gpt-4o-2024-08-06",
            input: [{ role: "user", content: question }],
            output: { role: "assistant", content: answer },
            usageDetails: { input: 31, output: 58, total: 89 },
            modelParameters: { temperature: 0.2 },
          });
        },
        close: async () => client.shutdownAsync(),
      };
    },
  },
];
