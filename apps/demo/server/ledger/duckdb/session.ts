import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";

export type DatabaseSettings = { memoryLimit: string; threads: number; readOnly?: boolean };

/** Each query holds a thread of Node's pool, which has four: one is left for what else reads and writes files. */
const READERS = 2;

/** An instance of DuckDB on a file: a connection for writes, and those for reads that are free. */
export type Session = {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly idle: DuckDBConnection[];
};

/** @throws what DuckDB says */
export async function openSession(
  path: string,
  { memoryLimit, threads, readOnly = false }: DatabaseSettings,
): Promise<Session> {
  const instance = await DuckDBInstance.create(path, {
    memory_limit: memoryLimit,
    threads: String(threads),
    // A ledger needs none, and DuckDB would look for them on the network.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(readOnly ? { access_mode: "READ_ONLY" } : {}),
  });
  const idle: DuckDBConnection[] = [];
  try {
    const writer = await instance.connect();
    while (idle.length < READERS) idle.push(await instance.connect());
    return { instance, writer, idle };
  } catch (error) {
    for (const connection of idle) connection.closeSync();
    instance.closeSync();
    throw error;
  }
}

/** Lets go of the file. No query may be running: a connection that is closed under its query is freed under it. */
export function closeSession({ instance, writer, idle }: Session): void {
  for (const connection of [writer, ...idle.splice(0)]) connection.closeSync();
  instance.closeSync();
}
