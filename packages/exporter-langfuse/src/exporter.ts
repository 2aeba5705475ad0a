import type { Exporter } from "@waybill/core";

import { createBatchSender, type SenderOptions } from "./sender.js";

/** Where and how to send, and what is added to every event. */
export type LangfuseExporterOptions = SenderOptions & {
  /** How to send. `batch` is the ingestion endpoint of self-hosted Langfuse 3. */
  transport: "batch";
};

/**
 * An exporter that delivers payloads to Langfuse.
 * @throws WaybillError `insecure-url` or `bad-url` for an address it must not send keys to
 */
export function langfuseExporter(options: LangfuseExporterOptions): Exporter {
  return { name: "langfuse", export: createBatchSender(options) };
}
