import type { Exporter } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";
import { wordsOf } from "@waybill/core/thrown";

import { check } from "./check.js";
import { toJson } from "./json.js";
import { toOtlpMetrics } from "./metrics.js";
import { createPost, endpointOf } from "./post.js";
import { createTraceSender, readAnswerOf, tell, type SenderOptions } from "./sender.js";

/** Where to send, how, and what is written. */
export type OtlpExporterOptions = SenderOptions & {
  /** Name of the exporter; "otlp" by default. */
  name?: string | undefined;
  /** Address of the receiver, to which `/v1/traces` and `/v1/metrics` are added; `http://localhost:4318` by default. */
  endpoint?: string | undefined;
  /** Addresses that are used as they are. */
  tracesEndpoint?: string | undefined;
  metricsEndpoint?: string | undefined;
  /** Allows http to hosts other than this one: keys and content then travel in the clear. */
  allowHttp?: boolean | undefined;
  /** `["traces"]` by default. Metrics come beside traces, and need `onLoss`, since they are not sent again. */
  signals?: readonly ("traces" | "metrics")[] | undefined;
};

/**
 * An exporter that delivers payloads to any receiver of OTLP over HTTP, as JSON. With metrics, those of the payloads whose
 * spans were accepted follow them, once: a failure is told to `onLoss` and not repaired, so that nothing counts twice.
 * @throws WaybillError `bad-url`, `insecure-url` or `bad-option`
 */
export function otlpExporter(options: OtlpExporterOptions = {}): Exporter {
  const { endpoint = "http://localhost:4318", allowHttp, signals, onLoss, name = "otlp" } = options;
  check("signals", signals);
  const addressOf = (own: string | undefined, path: string) =>
    endpointOf(own ?? endpoint, own === undefined ? path : "", allowHttp);
  const sendTraces = createTraceSender(addressOf(options.tracesEndpoint, "v1/traces"), options);
  if (!signals?.includes("metrics")) return { name, export: sendTraces };
  if (!onLoss) throw new WaybillError("bad-option", "signals: metrics need onLoss");
  const postMetrics = createPost(addressOf(options.metricsEndpoint, "v1/metrics"), options);
  return {
    name,
    async export(batch, context) {
      const outcome = await sendTraces(batch, context);
      const accepted = batch.filter((_, index) => outcome.items[index]?.status === "accepted");
      let payloads = accepted.length;
      let reason: string | undefined;
      // The spans are accepted: a batch that rejects from here on would be sent again without end.
      try {
        if (payloads > 0) {
          const answer = await postMetrics(toJson(toOtlpMetrics(accepted, options)), context?.signal);
          ({ reason, unattributedRejected: payloads = payloads } = readAnswerOf(answer, payloads));
        }
      } catch (error) {
        reason = wordsOf(error);
      }
      if (reason !== undefined) tell(onLoss, { signal: "metrics", payloads, reason });
      return outcome;
    },
  };
}
