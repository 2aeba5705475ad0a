import { WaybillError, type Exporter, type SpoolStore } from "@waybill/core";

import type { Clock } from "./clock.js";
import type { Durability, PipelineEvent } from "./types.js";

/** How much a pipeline holds and sends. */
export type PipelineLimits = {
  /** Records in memory for each exporter; 2048 by default. */
  memoryRecords?: number | undefined;
  /** Characters of records in memory for each exporter; 8 Mi by default. */
  memoryBytes?: number | undefined;
  /** Bytes of one record; 8 MiB by default. A larger one loses its content. */
  recordBytes?: number | undefined;
  /** Records in one batch; 256 by default. */
  batchRecords?: number | undefined;
  /** Bytes in one batch; 1 MiB by default. A larger record goes alone. */
  batchBytes?: number | undefined;
  /** How long a record waits for others to make a batch, in milliseconds; 1000 by default. */
  lingerMs?: number | undefined;
  /** How long an exporter may take over a batch, in milliseconds; 30,000 by default. */
  exportTimeoutMs?: number | undefined;
  /** Batches that one exporter gets at a time; 1 by default. */
  concurrency?: number | undefined;
  /** How long `accept` may wait for room before a record is dropped, in milliseconds; 0 by default. */
  maxBlockMs?: number | undefined;
  /** How old a record may get before it is given up, in milliseconds; 7 days by default. */
  maxAgeMs?: number | undefined;
};

/** What a pipeline is made of. */
export type PipelineOptions = {
  /** Each gets every record. Their names must differ: a spool knows them by it. */
  exporters: readonly Exporter[];
  /** Keeps what memory cannot. Without one, what does not fit is dropped and counted. The caller closes it. */
  spool?: SpoolStore | undefined;
  /** How safe a record is before `accept` resolves; `flushed` with a spool, `memory` without. */
  durability?: Durability | undefined;
  limits?: PipelineLimits | undefined;
  /** Refuse what is no payload, rather than deliver what can be read of it. */
  strict?: boolean | undefined;
  /** Hears of what a person may want to know, as soon as everything is in order again. */
  onEvent?: ((event: PipelineEvent) => unknown) | undefined;
  clock?: Clock | undefined;
  /** From 0 to 1, for the jitter of retries; `Math.random` by default. */
  random?: (() => number) | undefined;
  /** Makes the name of this pipeline in the spool, and ids of records that have none; `crypto.randomUUID` by default. */
  newId?: (() => string) | undefined;
};

/** The limits, each with a value. */
export type Limits = { [name in keyof PipelineLimits]-?: number };

const defaults: Limits = {
  memoryRecords: 2048,
  memoryBytes: 8 * 1024 * 1024,
  recordBytes: 8 * 1024 * 1024,
  batchRecords: 256,
  batchBytes: 1024 * 1024,
  lingerMs: 1000,
  exportTimeoutMs: 30_000,
  concurrency: 1,
  maxBlockMs: 0,
  maxAgeMs: 7 * 24 * 60 * 60 * 1000,
};

/** Limits that may be zero. */
const mayBeZero: readonly string[] = ["lingerMs", "maxBlockMs"];

/**
 * Fills in what was not given.
 * @throws WaybillError `bad-option`
 */
export function checkedLimits(given: PipelineLimits = {}): Limits {
  const limits = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(defaults, name)) {
      const known = Object.keys(defaults).join(", ");
      throw new WaybillError("bad-option", `limits.${name}: there is no such limit; there are ${known}`);
    }
    const least = mayBeZero.includes(name) ? 0 : 1;
    if (typeof value !== "number" || !(value >= least))
      throw new WaybillError("bad-option", `limits.${name} is a number from ${least}, not ${String(value)}`);
    limits[name as keyof Limits] = value;
  }
  return limits;
}

/** @throws WaybillError `bad-option` for exporters without a name, or with the name of another */
export function checkExporters(exporters: readonly Exporter[]): void {
  if (!Array.isArray(exporters)) throw new WaybillError("bad-option", "exporters: expected a list");
  const names = new Set<string>();
  for (const exporter of exporters) {
    if (typeof exporter?.name !== "string" || exporter.name === "" || typeof exporter.export !== "function")
      throw new WaybillError("bad-option", "exporters: each has a name and a function export");
    if (names.has(exporter.name)) {
      const message = `exporters: two are called ${JSON.stringify(exporter.name)}; give one another name`;
      throw new WaybillError("bad-option", message);
    }
    names.add(exporter.name);
  }
}
