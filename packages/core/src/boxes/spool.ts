/** A record that is to be kept for exporters. */
export type SpoolRecord = {
  /** Identifies the record; need not be unique. */
  id: string;
  /** The record as JSON text. */
  text: string;
  /** Names of the exporters that are to get it. */
  sinks: readonly string[];
};

/** A record that was taken from a spool. */
export type SpooledRecord = {
  /** Its place in the spool; places of one spool sort by age. */
  key: string;
  id: string;
  text: string;
  /** When it was kept. Epoch milliseconds. */
  storedAt: number;
  /** How often it was given back for another try. */
  attempts: number;
};

/** What becomes of a record for one exporter. */
export type SpoolSettlement =
  /** It is delivered, or not wanted: the spool may forget it. */
  | { key: string; status: "done" }
  /** It goes back, and is not given to anybody before `notBefore` (epoch milliseconds). */
  | { key: string; status: "retry"; notBefore: number }
  /** It will never be accepted, and is kept for a person to look at. */
  | { key: string; status: "dead"; code: string; reason: string };

/** A record that an exporter's other side will never accept. */
export type DeadLetter = SpooledRecord & {
  sink: string;
  code: string;
  reason: string;
  /** When it was given up. Epoch milliseconds. */
  diedAt: number;
};

/** What a spool holds for one exporter. */
export type SpoolSinkStats = {
  /** Records that wait, also those that somebody has a lease on. */
  records: number;
  /** When the oldest of them was kept, in epoch milliseconds; null when none waits. */
  oldestAt: number | null;
  dead: number;
  deadBytes: number;
};

/** How a lease is taken. */
export type SpoolClaim = {
  /** Whoever takes it: one name for each running pipeline. */
  owner: string;
  /** For how long, in milliseconds, from now. A later `renew` of the owner extends all of its leases. */
  leaseMs: number;
};

/**
 * Keeps records until every exporter has settled them. Several processes may use one spool. Everything but `sync` and
 * `close` is done when it returns, each call in one transaction, and throws a WaybillError whose code is one of
 * `spool-full` (the limit of bytes), `record-too-large`, `disk-full`, `spool-closed`, `spool-io`.
 */
export interface SpoolStore {
  /**
   * Keeps records, all or none, and returns one key for each, in order. With a claim the owner has them at once, for the
   * exporters that the claim names, or for all.
   */
  append(
    records: readonly SpoolRecord[],
    claim?: SpoolClaim & { sinks?: readonly string[] | undefined },
  ): string[];
  /** Resolves when everything that was appended before is on the disk, and not only with the operating system. */
  sync(): Promise<void>;
  /** Takes the oldest records of an exporter that nobody has and that are due: at least one if there is one. */
  claim(sink: string, claim: SpoolClaim & { maxRecords: number; maxBytes: number }): SpooledRecord[];
  /** Extends an owner's leases. */
  renew(claim: SpoolClaim): void;
  /** Settles records that the owner took. Returns how many of them were still waiting. */
  settle(sink: string, owner: string, settlements: readonly SpoolSettlement[]): number;
  /** Ends an owner's leases. */
  release(owner: string): void;
  /** Bytes in use and allowed. */
  usage(): { bytes: number; limitBytes: number };
  stats(sink: string): SpoolSinkStats;
  /** The exporters that records or dead letters are kept for. */
  sinks(): string[];
  /** Dead letters, oldest first; those after a key. */
  deadLetters(sink: string, page?: { after?: string | undefined; limit?: number | undefined }): DeadLetter[];
  /** Lets dead letters wait again, all of them or those named. Returns how many. */
  revive(sink: string, keys?: readonly string[]): number;
  /** Forgets dead letters, all of them or those named. Returns how many. */
  purge(sink: string, keys?: readonly string[]): number;
  close(): Promise<void>;
}
