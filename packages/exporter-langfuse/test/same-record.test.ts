import { startLangfuseStub, type LangfuseStub, type StoredObservation } from "@waybill/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { langfuseExporter, type LangfuseExporterOptions } from "../src/index.js";
import { payloads } from "./payloads.js";

let stub: LangfuseStub;
beforeEach(async () => {
  stub = await startLangfuseStub();
});
afterEach(() => stub.close());

const variants: [title: string, options: Partial<LangfuseExporterOptions>][] = [
  ["by default", {}],
  [
    "without content, in an environment",
    { content: false, environment: "test", release: "r1", version: "v1" },
  ],
  ["without estimates", { suppressServerEstimate: true, maxContent: 1000 }],
];

/** What was stored, without what only spans carry as metadata. */
async function store(
  name: string,
  transport: "otlp" | "batch",
  options: Partial<LangfuseExporterOptions>,
): Promise<StoredObservation> {
  const { baseUrl, publicKey, secretKey } = stub;
  const exporter = langfuseExporter({ ...options, baseUrl, publicKey, secretKey, transport });
  const batch = [payloads[name] as never];
  const { items } = await exporter.export(batch, { signal: AbortSignal.timeout(20_000), attempt: 1 });
  expect(items).toEqual([{ status: "accepted" }]);
  const [found] = [...stub.stored.observations().values()];
  const { attributes: _, resourceAttributes: __, scope: ___, ...metadata } = found?.metadata ?? {};
  stub.stored.rows.length = 0;
  return { ...(found as StoredObservation), metadata };
}

describe.each(variants)("batches and spans are stored as the same record %s", (_, options) => {
  it.each(Object.keys(payloads))("for %s", async (name) => {
    const { isLate, ...span } = (await store(name, "otlp", options)) as StoredObservation & {
      isLate: boolean;
    };
    expect(isLate).toBe(false);
    expect(span.type).toBe("GENERATION");
    expect(await store(name, "batch", options)).toEqual(span);
  });
});
