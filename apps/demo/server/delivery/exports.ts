import type { StandardLoggingPayload } from "@waybill/core";
import { toLangfuseBatch, type BatchOptions } from "@waybill/exporter-langfuse";
import { toOtlpTraces, type TracesOptions } from "@waybill/exporter-otlp";

/** How the sinks of this server map payloads, so that what is shown is what is sent. */
export type ExportOptions = { langfuse?: BatchOptions; otlp?: TracesOptions };

/** The forms that a payload can be shown in. */
export const exportNames = ["langfuse", "otlp"] as const;
export type ExportName = (typeof exportNames)[number];

/** What a payload is mapped to: the body of a request to that sink. */
export function exportOf(
  name: ExportName,
  payload: StandardLoggingPayload,
  options: ExportOptions = {},
): object {
  return name === "langfuse"
    ? toLangfuseBatch([payload], options.langfuse)
    : toOtlpTraces([payload], options.otlp);
}
