import type { StandardLoggingPayload } from "@waybill/core";
import { langfuseExporter } from "@waybill/exporter-langfuse";
import { startLangfuseStub } from "@waybill/testkit";

import type { Report } from "./report.js";

/** Sends payloads over HTTP to a Langfuse stub on loopback and reports what it stored. */
export async function deliver(payloads: readonly StandardLoggingPayload[]): Promise<Report["export"]> {
  const stub = await startLangfuseStub();
  try {
    const { baseUrl, publicKey, secretKey } = stub;
    const exporter = langfuseExporter({ transport: "batch", baseUrl, publicKey, secretKey });
    const { items } = await exporter.export(payloads, { signal: AbortSignal.timeout(30_000), attempt: 1 });
    const events = stub.requests.flatMap(
      ({ body }) => (body as { batch?: unknown[] } | null)?.batch ?? [],
    ).length;
    const { accepted, rejected } = stub.verdicts;
    const stored = [...stub.stored.generations.values()].map(
      ({ id, metadata, usageDetails, costDetails }) => ({
        // In Langfuse an observation has the id of a span.
        id: (metadata as { source_id?: string }).source_id ?? id,
        usageDetails: usageDetails ?? null,
        costDetails: costDetails ?? null,
      }),
    );
    const undelivered = payloads.flatMap(({ id }, index) => {
      const item = items[index];
      if (item?.status === "accepted") return [];
      return [{ id: id ?? "", reason: item?.status === "rejected" ? item.reason : "not delivered" }];
    });
    return { events, accepted, rejected, stored, undelivered };
  } finally {
    await stub.close();
  }
}
