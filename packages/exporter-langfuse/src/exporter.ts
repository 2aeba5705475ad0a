import type { Exporter, ItemOutcome, StandardLoggingPayload } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";
import { createTraceSender, parentOf, toTraceId } from "@waybill/exporter-otlp";
import { endpointOf, type PostOptions } from "@waybill/exporter-otlp/http";

import { tell, type OnEvent } from "./events.js";
import { isMembers, membersOf, textOf } from "./members.js";
import { callIdOf, checkMappingOptions, type MappingOptions } from "./options.js";
import { isSampled } from "./sampling.js";
import { createBatchSender, createReportingSender, createSwitchingSender, type Send } from "./sender.js";
import { toLangfuseAttributes } from "./span-attributes.js";
import { version } from "./version.js";

/** Where and how to send, and what is written. */
export type LangfuseExporterOptions = MappingOptions &
  Omit<PostOptions, "headers"> & {
    /** The project's keys, `pk-lf-…` and `sk-lf-…`. */
    publicKey: string;
    secretKey: string;
    /** https, or http on loopback; `https://cloud.langfuse.com` by default. */
    baseUrl?: string | undefined;
    /**
     * "otlp" (by default) works with Langfuse 3 from 3.26 on, with 4, and with the cloud. "batch" is the ingestion endpoint of
     * self-hosted Langfuse 3. "auto" begins with batches and changes to OTLP when the server asks for it.
     */
    transport?: "otlp" | "batch" | "auto" | undefined;
    /** Allows http to hosts other than this one: keys and content then travel in the clear. */
    allowHttp?: boolean | undefined;
    /** Share of the traces that are sent, 0 to 1; 1 by default. */
    sampleRate?: number | undefined;
    /** Most characters of one request: 4 Mi by default, 2,500,000 for batches. */
    maxCharacters?: number | undefined;
    /** `service.name` of the spans. */
    serviceName?: string | undefined;
    /** Hears of what the outcomes do not say. */
    onEvent?: OnEvent | undefined;
    /** Name of the exporter; "langfuse" by default. */
    name?: string | undefined;
  };

/**
 * An exporter that delivers payloads to Langfuse. It neither retries nor throws: a pipeline does the first.
 * @throws WaybillError `bad-url` or `insecure-url` for an address that keys must not be sent to; `bad-option` for keys that
 * are none, an environment that the server would not keep, a transport that there is not and a rate outside of 0 to 1
 */
export function langfuseExporter(options: LangfuseExporterOptions): Exporter {
  checkOptions(options);
  const { name = "langfuse", sampleRate = 1, onEvent } = options;
  const send = createSend(options);
  if (sampleRate >= 1) return { name, export: send };
  return {
    name,
    async export(batch, context) {
      const kept = batch.map((payload) => isKept(payload, sampleRate));
      const left = kept.filter((each) => !each).length;
      if (left > 0) tell(onEvent, { type: "sampled-out", payloads: left });
      const outcome = await send(
        batch.filter((_, index) => kept[index]),
        context,
      );
      const sent = outcome.items.values();
      const items = kept.map((isSent): ItemOutcome =>
        isSent
          ? (sent.next().value ?? { status: "retry", reason: "the answer does not name it" })
          : { status: "accepted" },
      );
      return { ...outcome, items };
    },
  };
}

function createSend(options: LangfuseExporterOptions): Send {
  const { transport = "otlp", baseUrl = "https://cloud.langfuse.com", allowHttp, onEvent } = options;
  const headers = {
    authorization: `Basic ${base64(`${options.publicKey}:${options.secretKey}`)}`,
    "x-langfuse-public-key": options.publicKey,
    "x-langfuse-sdk-name": "waybill",
    "x-langfuse-sdk-version": version,
  };
  const sendSpans = createTraceSender(endpointOf(baseUrl, "api/public/otel/v1/traces", allowHttp), {
    fetch: options.fetch,
    now: options.now,
    timeoutMs: options.timeoutMs,
    compression: options.compression,
    maxCharacters: options.maxCharacters,
    serviceName: options.serviceName,
    // Without it a record is visible after minutes only.
    headers: { ...headers, "x-langfuse-ingestion-version": "4" },
    attributes: (payload, withContent, call) => toLangfuseAttributes(payload, call, options, withContent),
    onLoss: ({ payloads, reason }) => tell(onEvent, { type: "lost", payloads, reason }),
  });
  if (transport === "otlp") return sendSpans;
  const sendBatch = createBatchSender(endpointOf(baseUrl, "api/public/ingestion", allowHttp), {
    ...options,
    headers,
  });
  const report = (switched: boolean) => (reason: string) =>
    tell(onEvent, { type: "server-requires-otlp", switched, reason });
  return transport === "batch"
    ? createReportingSender(sendBatch, report(false))
    : createSwitchingSender(sendBatch, sendSpans, report(true));
}

/** A payload that cannot be read is sent on, so that it is rejected with a reason. */
function isKept(payload: StandardLoggingPayload, rate: number): boolean {
  try {
    if (!isMembers(payload)) return true;
    const { traceparent } = membersOf((payload as { waybill?: unknown }).waybill);
    const traceId =
      parentOf(traceparent)?.traceId ?? toTraceId(textOf(payload.trace_id) ?? callIdOf(payload));
    return isSampled(traceId, rate);
  } catch {
    return true;
  }
}

function checkOptions(options: LangfuseExporterOptions): void {
  checkMappingOptions(options);
  const { publicKey, secretKey, transport = "otlp", sampleRate = 1 } = options;
  // What is wrong may be a key: it is not repeated.
  if (![publicKey, secretKey].every((key) => typeof key === "string" && key !== "" && !key.includes(":")))
    throw new WaybillError("bad-option", "publicKey, secretKey: expected texts without a colon");
  if (!["otlp", "batch", "auto"].includes(transport))
    throw new WaybillError("bad-option", `transport: ${transport} is not otlp, batch or auto`);
  if (!(sampleRate >= 0 && sampleRate <= 1))
    throw new WaybillError("bad-option", `sampleRate: ${sampleRate} is not from 0 to 1`);
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
