import type {
  DeadLetter,
  SpoolClaim,
  SpooledRecord,
  SpoolRecord,
  SpoolSettlement,
  SpoolSinkStats,
  SpoolStore,
} from "@waybill/core";

import { endLeases, renewLeases } from "../lease/leases.js";
import type { SpoolProblemCounts } from "../problems.js";
import { checkClaim, checkOwner, checkRecords, checkSinks } from "./check-input.js";
import { listLetters, purgeLetters, reviveLetters } from "./dead-letters.js";
import { claimRecords, settleRecords, type ClaimOptions } from "./deliver.js";
import { Keeper, type AppendClaim } from "./keep.js";
import type { Shared } from "./shared.js";
import { bytesInUse, sinksOf, statsOf } from "./usage.js";

/** A spool in a folder. */
export class FolderSpool implements SpoolStore {
  /** The folder, as an absolute path. */
  readonly dir: string;
  readonly #shared: Shared;
  readonly #keeper: Keeper;

  constructor(shared: Shared) {
    this.dir = shared.root;
    this.#shared = shared;
    this.#keeper = new Keeper(shared);
  }

  append(records: readonly SpoolRecord[], claim?: AppendClaim): string[] {
    const checked = checkRecords(records, this.#shared.limits.maxRecordBytes);
    if (claim) {
      checkClaim(claim);
      checkSinks(claim.sinks);
    }
    const sinks = claim?.sinks && [...claim.sinks];
    return this.#keeper.append(checked, claim && { owner: claim.owner, leaseMs: claim.leaseMs, sinks });
  }

  async sync(): Promise<void> {
    await this.#shared.flush();
  }

  claim(sink: string, claim: ClaimOptions): SpooledRecord[] {
    checkClaim(claim);
    return claimRecords(this.#shared, sink, claim);
  }

  renew(claim: SpoolClaim): void {
    checkClaim(claim);
    this.#shared.run({ name: "renew leases", isStrict: true }, () => {
      const { time } = this.#shared.time();
      renewLeases(this.#shared.control.leases, claim, time);
    });
  }

  settle(sink: string, owner: string, settlements: readonly SpoolSettlement[]): number {
    checkOwner(owner);
    return settleRecords(this.#shared, sink, owner, settlements);
  }

  release(owner: string): void {
    checkOwner(owner);
    this.#shared.run({ name: "end leases", isStrict: true }, () =>
      endLeases(this.#shared.control.leases, owner),
    );
  }

  usage(): { bytes: number; limitBytes: number } {
    const bytes = this.#shared.run({ name: "count bytes" }, () => bytesInUse(this.#shared));
    return { bytes, limitBytes: this.#shared.limits.maxBytes };
  }

  stats(sink: string): SpoolSinkStats {
    return statsOf(this.#shared, sink);
  }

  sinks(): string[] {
    return sinksOf(this.#shared);
  }

  deadLetters(sink: string, page?: { after?: string | undefined; limit?: number | undefined }): DeadLetter[] {
    return listLetters(this.#shared, sink, page);
  }

  revive(sink: string, keys?: readonly string[]): number {
    return reviveLetters(this.#shared, sink, keys);
  }

  purge(sink: string, keys?: readonly string[]): number {
    return purgeLetters(this.#shared, sink, keys);
  }

  /** What went wrong and was got over, by kind, since the spool was opened. */
  problems(): SpoolProblemCounts {
    return structuredClone(this.#shared.problems.counts);
  }

  async close(): Promise<void> {
    await this.#shared.close();
  }
}
