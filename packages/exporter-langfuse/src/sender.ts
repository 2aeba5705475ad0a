import type { ExportContext, ExportOutcome, StandardLoggingPayload } from "@waybill/core";
import { createPost, deliverInParts, toJson, type PostOptions } from "@waybill/exporter-otlp/http";

import { sdkMetadata, toEvents } from "./mapping.js";
import type { MappingOptions } from "./options.js";
import { SERVER_REQUIRES_OTLP, readBatchAnswer } from "./verdicts.js";

/** Sends payloads and says what became of each. */
export type Send = (
  payloads: readonly StandardLoggingPayload[],
  context?: Partial<ExportContext>,
) => Promise<ExportOutcome>;

/** The events of a payload, comma-separated, and their ids. */
type Parcel = { text: string; ids: string[] };

/** Sends payloads to the batch ingestion at one address. Every payload is written once: a retry has the same bytes. */
export function createBatchSender(
  url: string,
  options: MappingOptions & PostOptions & { maxCharacters?: number | undefined },
): Send {
  const post = createPost(url, { ...options, compression: "none" });
  return (payloads, context) =>
    deliverInParts<Parcel>(payloads, {
      write: (payload, withContent) => {
        const events = toEvents(payload, options, withContent);
        return { text: events.map((event) => toJson(event)).join(","), ids: events.map(({ id }) => id) };
      },
      post: async (parcels) => {
        const count = parcels.reduce((sum, { ids }) => sum + ids.length, 0);
        const events = parcels.map(({ text }) => text).join(",");
        const body = `{"batch":[${events}],"metadata":${toJson(sdkMetadata(count))}}`;
        return readBatchAnswer(await post(body, context?.signal), parcels);
      },
      maxCharacters: options.maxCharacters ?? 2_500_000,
    });
}

/**
 * Sends by batches until the server says that it wants OTLP; from then on, and for what it refused, by OTLP. `onSwitch` is
 * called once.
 */
export function createSwitchingSender(
  sendBatch: Send,
  sendSpans: Send,
  onSwitch: (reason: string) => void,
): Send {
  let isSwitched = false;
  return async function send(payloads, context) {
    if (isSwitched) return sendSpans(payloads, context);
    const outcome = await sendBatch(payloads, context);
    const refused = placesOfRefused(outcome);
    if (refused.length === 0) return outcome;
    // Two batches may be under way at the same time.
    if (!isSwitched) onSwitch(reasonAt(outcome, refused[0]));
    isSwitched = true;
    const again = await sendSpans(
      refused.map((place) => payloads[place] as StandardLoggingPayload),
      context,
    );
    const items = outcome.items.slice();
    refused.forEach((place, index) => {
      const item = again.items[index];
      if (item) items[place] = item;
    });
    return { ...outcome, ...again, items };
  };
}

/** Tells once when a server refuses batches for good, and changes nothing. */
export function createReportingSender(sendBatch: Send, onRefused: (reason: string) => void): Send {
  let isTold = false;
  return async function send(payloads, context) {
    const outcome = await sendBatch(payloads, context);
    const [first] = placesOfRefused(outcome);
    if (first !== undefined && !isTold) {
      isTold = true;
      onRefused(reasonAt(outcome, first));
    }
    return outcome;
  };
}

function placesOfRefused({ items }: ExportOutcome): number[] {
  return items.flatMap((item, place) =>
    item.status === "rejected" && item.code === SERVER_REQUIRES_OTLP ? [place] : [],
  );
}

function reasonAt({ items }: ExportOutcome, place = 0): string {
  const item = items[place];
  return item?.status === "rejected" ? item.reason : "";
}
