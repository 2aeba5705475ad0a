import type { DuckDBConnection, JS } from "@duckdb/node-api";

import type { QueryLimits } from "../ledger-store.js";
import { LedgerError } from "../problems.js";
import { diagnose, isFatal, isKept, ledgerError } from "./diagnose.js";
import { Params } from "./params.js";
import { closeSession, openSession, type DatabaseSettings, type Session } from "./session.js";

/** Interrupting a query that is just about to begin does nothing, so it is done again until the query has ended. */
const INTERRUPT_EVERY_MS = 10;

export type Row = readonly JS[];

/**
 * DuckDB on a file. Writes wait for each other, reads go on meanwhile. When DuckDB gives itself up, as it does when there is
 * no room for a checkpoint, it is opened again before the next thing that is asked of it.
 */
export class Database {
  readonly #waiting: (() => void)[] = [];
  readonly #ending = new AbortController();
  #session: Session | undefined;
  #isBroken = false;
  #writes: Promise<unknown> = Promise.resolve();
  /** Reads that hold a connection, and who waits for there to be none. */
  #reading = 0;
  #afterReads: (() => void) | undefined;

  private constructor(
    readonly path: string,
    readonly settings: DatabaseSettings,
    session: Session,
  ) {
    this.#session = session;
  }

  /** @throws what DuckDB says */
  static async open(path: string, settings: DatabaseSettings): Promise<Database> {
    return new Database(path, settings, await openSession(path, settings));
  }

  /** The rows of a query. Waits while every connection is busy, and counts that as time of the query. */
  async read(
    query: (params: Params) => string,
    { signal, timeoutMs }: QueryLimits = {},
  ): Promise<readonly Row[]> {
    const params = new Params();
    const sql = query(params);
    const signals = [this.#ending.signal, ...(signal ? [signal] : [])];
    if (timeoutMs !== undefined) signals.push(AbortSignal.timeout(timeoutMs));
    const stop = AbortSignal.any(signals);
    if (this.#isBroken) await this.write("open", async () => undefined);
    const connection = await this.#take(stop);
    try {
      return await run(connection, sql, params, stop);
    } catch (error) {
      if (stop.aborted && diagnose(error) === "interrupted") throw stopped(stop);
      if (isFatal(error)) this.#isBroken = true;
      throw ledgerError(error, "read", this.path);
    } finally {
      this.#giveBack(connection);
    }
  }

  async #take(stop: AbortSignal): Promise<DuckDBConnection> {
    for (;;) {
      if (stop.aborted) {
        // Whoever woke us may have meant the next one.
        this.#wakeNext();
        throw stopped(stop);
      }
      const connection = this.#session?.idle.pop();
      if (connection) {
        this.#reading++;
        return connection;
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          stop.removeEventListener("abort", wake);
          const place = this.#waiting.indexOf(wake);
          if (place >= 0) this.#waiting.splice(place, 1);
          resolve();
        };
        this.#waiting.push(wake);
        stop.addEventListener("abort", wake, { once: true });
      });
    }
  }

  #giveBack(connection: DuckDBConnection): void {
    this.#session?.idle.push(connection);
    this.#reading--;
    if (this.#reading === 0 && this.#afterReads) this.#afterReads();
    else this.#wakeNext();
  }

  #wakeNext(): void {
    if (this.#session && this.#session.idle.length > 0) this.#waiting.shift()?.();
  }

  /** Does something on the connection for writes, when all that was asked for before is done. */
  async write<T>(action: string, write: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (this.#ending.signal.aborted) throw closed();
    const turn = this.#writes.then(async () => {
      const session = this.#session && !this.#isBroken ? this.#session : await this.#mend();
      return write(session.writer);
    });
    this.#writes = turn.catch((error: unknown) => {
      if (isFatal(error)) this.#isBroken = true;
    });
    try {
      return await turn;
    } catch (error) {
      throw ledgerError(error, action, this.path);
    }
  }

  /**
   * The same in one transaction: all of it is on the disk when it resolves, or none of it when it rejects. `kept` is called
   * when it is, before the next write begins.
   */
  async transact<T>(
    action: string,
    write: (connection: DuckDBConnection) => Promise<T>,
    kept?: (result: T) => void,
  ): Promise<T> {
    return this.write(action, async (connection) => {
      await connection.run("BEGIN");
      try {
        const result = await write(connection);
        await this.#commit(connection);
        kept?.(result);
        return result;
      } catch (error) {
        // A failed COMMIT has rolled back already, and then this fails.
        await connection.run("ROLLBACK").catch(() => undefined);
        throw error;
      }
    });
  }

  async #commit(connection: DuckDBConnection): Promise<void> {
    try {
      await connection.run("COMMIT");
    } catch (error) {
      if (!isKept(error)) throw error;
      this.#isBroken = true;
    }
  }

  /** Opens the file anew, within the turn of a write. */
  async #mend(): Promise<Session> {
    await this.#noReads();
    const old = this.#session;
    this.#session = undefined;
    if (old) closeSession(old);
    this.#session = await openSession(this.path, this.settings);
    this.#isBroken = false;
    for (const wake of this.#waiting.splice(0)) wake();
    return this.#session;
  }

  async #noReads(): Promise<void> {
    if (this.#reading === 0) return;
    await new Promise<void>((resolve) => {
      this.#afterReads = resolve;
    });
    this.#afterReads = undefined;
  }

  /** Lets writes that were asked for go through, and ends reads. */
  async close(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort(closed());
    await this.#writes;
    await this.#noReads();
    if (this.#session) closeSession(this.#session);
    this.#session = undefined;
  }
}

async function run(
  connection: DuckDBConnection,
  sql: string,
  { values, types }: Params,
  stop: AbortSignal,
): Promise<readonly Row[]> {
  let repeat: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    repeat ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
  };
  stop.addEventListener("abort", interrupt, { once: true });
  try {
    if (stop.aborted) throw stopped(stop);
    return (await connection.runAndReadAll(sql, values, types)).getRowsJS();
  } finally {
    stop.removeEventListener("abort", interrupt);
    clearInterval(repeat);
  }
}

function stopped({ reason }: AbortSignal): LedgerError {
  if (LedgerError.isInstance(reason)) return reason;
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  return isTimeout
    ? new LedgerError("query-timeout", "the query took too long: ask for a shorter range or fewer calls", {
        cause: reason,
      })
    : new LedgerError("query-aborted", "the query was given up", { cause: reason });
}

function closed(): LedgerError {
  return new LedgerError("ledger-closed", "the ledger is closed");
}
