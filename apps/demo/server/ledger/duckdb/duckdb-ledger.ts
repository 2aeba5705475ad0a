import type { DuckDBConnection } from "@duckdb/node-api";

import type { CallFilter } from "../call-filter.js";
import type { LedgerRecord } from "../ledger-record.js";
import type { LedgerRow } from "../ledger-row.js";
import type {
  Appended,
  DeliveryEvent,
  Distribution,
  Facets,
  KeySpend,
  LedgerStats,
  LedgerStore,
  Page,
  PageQuery,
  Quantiles,
  QuantileSeries,
  QueryLimits,
  Series,
  SeriesQuery,
  Span,
  Totals,
} from "../ledger-store.js";
import { check, insert } from "./append.js";
import type { Database } from "./database.js";
import { insertDeliveries, readDeliveries } from "./deliveries.js";
import { readDistribution, readQuantileSeries } from "./distribution.js";
import { readFacets, readOutputQuantiles, readSpend } from "./facets.js";
import { byId, countSince, exportRows, payloadText, since, spanOf } from "./lookup.js";
import { readPage } from "./page.js";
import { checkpoint, prune } from "./retention.js";
import { readSeries } from "./series.js";
import { readTotals } from "./totals.js";

/** What a ledger needs to know of its file. */
export type LedgerFile = {
  /** Lets go of the claim on it. */
  release: () => void;
  /** Whether the file still is where it was: one that was removed takes writes all the same, and they are lost. */
  isInPlace: () => boolean;
};

/** Numbers that were given last when the ledger was opened. */
export type LastNumbers = { seq: number; delivery: number };

/** A ledger in a DuckDB file. What it answers is read by the functions of this folder, one file each. */
export class DuckdbLedger implements LedgerStore {
  readonly #database: Database;
  readonly #file: LedgerFile;
  readonly recovered: LedgerStore["recovered"];
  readonly #refusedBy = new Map<string, number>();
  #lastSeq: number;
  #lastDelivery: number;
  #added = 0;
  #repeats = 0;
  #isFailing = false;
  #closing: Promise<void> | undefined;

  constructor(database: Database, last: LastNumbers, recovered: LedgerStore["recovered"], file: LedgerFile) {
    this.#database = database;
    this.#lastSeq = last.seq;
    this.#lastDelivery = last.delivery;
    this.recovered = recovered;
    this.#file = file;
  }

  async append(records: readonly LedgerRecord[]): Promise<Appended[]> {
    const checked = records.map(check);
    const batch = checked.filter((each) => "record" in each);
    let entered: Appended[] = [];
    if (batch.length > 0) {
      entered = await this.#transact(
        async (connection) => insert(connection, batch, this.#lastSeq),
        (outcomes) => this.#count(outcomes),
      );
    }
    let next = 0;
    return checked.map((each): Appended => {
      if ("refused" in each) {
        this.#refusedBy.set(each.refused, (this.#refusedBy.get(each.refused) ?? 0) + 1);
        return each;
      }
      return entered[next++] as Appended;
    });
  }

  stats(): LedgerStats {
    return { added: this.#added, repeats: this.#repeats, refusedBy: Object.fromEntries(this.#refusedBy) };
  }

  async page(query: PageQuery, limits?: QueryLimits): Promise<Page> {
    return readPage(this.#database, query, limits);
  }

  newestSeq(): number {
    return this.#lastSeq;
  }

  async since(seq: number, limit: number, limits?: QueryLimits): Promise<LedgerRow[]> {
    return since(this.#database, seq, limit, limits);
  }

  async countSince(seq: number, limits?: QueryLimits): Promise<number> {
    return countSince(this.#database, seq, limits);
  }

  async byId(id: string, limits?: QueryLimits): Promise<{ row: LedgerRow; payload: string } | null> {
    return byId(this.#database, id, limits);
  }

  async payloadText(id: string, limits?: QueryLimits): Promise<string | null> {
    return payloadText(this.#database, id, limits);
  }

  async span(limits?: QueryLimits): Promise<Span> {
    return spanOf(this.#database, limits);
  }

  async totals(filter: CallFilter, limits?: QueryLimits): Promise<Totals> {
    return readTotals(this.#database, filter, limits);
  }

  async series(query: SeriesQuery, limits?: QueryLimits): Promise<Series> {
    return readSeries(this.#database, query, limits);
  }

  async distribution(
    query: Parameters<LedgerStore["distribution"]>[0],
    limits?: QueryLimits,
  ): Promise<Distribution> {
    return readDistribution(this.#database, query, limits);
  }

  async quantiles(
    query: Parameters<LedgerStore["quantiles"]>[0],
    limits?: QueryLimits,
  ): Promise<QuantileSeries> {
    return readQuantileSeries(this.#database, query, limits);
  }

  async facets(query: Parameters<LedgerStore["facets"]>[0], limits?: QueryLimits): Promise<Facets> {
    return readFacets(this.#database, query, limits);
  }

  export(
    filter: CallFilter,
    options?: { max?: number; signal?: AbortSignal | undefined },
  ): AsyncIterable<LedgerRow> {
    return exportRows(this.#database, filter, options);
  }

  async spentByKey(query: { from?: number }, limits?: QueryLimits): Promise<KeySpend[]> {
    return readSpend(this.#database, query, limits);
  }

  async outputQuantiles(keyId: string, limits?: QueryLimits): Promise<Quantiles> {
    return readOutputQuantiles(this.#database, keyId, limits);
  }

  async noteDeliveries(events: readonly DeliveryEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#transact(
      async (connection) => insertDeliveries(connection, events, this.#lastDelivery),
      () => {
        this.#lastDelivery += events.length;
      },
    );
  }

  async deliveriesOf(ids: readonly string[], limits?: QueryLimits): Promise<DeliveryEvent[]> {
    return readDeliveries(this.#database, ids, limits);
  }

  async prune(beforeDay: string): Promise<{ calls: number; deliveries: number }> {
    return prune(this.#database, beforeDay, () => this.#lastSeq);
  }

  async checkpoint(): Promise<void> {
    await this.#database.write("write", checkpoint);
  }

  async isWritable(): Promise<boolean> {
    if (this.#closing || !this.#file.isInPlace()) return false;
    if (!this.#isFailing) return true;
    try {
      await this.#transact(async (connection) =>
        connection.run("UPDATE waybill_ledger SET last_seq = last_seq"),
      );
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.checkpoint();
    } catch {
      // What is not in the file is in its log, and read from there when it is opened again.
    }
    await this.#database.close();
    this.#file.release();
  }

  #count(outcomes: readonly Appended[]): void {
    for (const outcome of outcomes) {
      if ("refused" in outcome) continue;
      if (outcome.added) this.#added++;
      else this.#repeats++;
      this.#lastSeq = Math.max(this.#lastSeq, outcome.seq);
    }
  }

  /** Remembers whether the last write failed. */
  async #transact<T>(
    write: (connection: DuckDBConnection) => Promise<T>,
    kept?: (result: T) => void,
  ): Promise<T> {
    try {
      const result = await this.#database.transact("write", write, kept);
      this.#isFailing = false;
      return result;
    } catch (error) {
      this.#isFailing = true;
      throw error;
    }
  }
}
