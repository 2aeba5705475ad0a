import type { SpoolClaim, SpoolRecord } from "@waybill/core";

import { keyText } from "../format/keys.js";
import { lease } from "../lease/leases.js";
import { appendRecords } from "../segment/append.js";
import type { Segment } from "../segment/segment.js";
import type { Shared } from "./shared.js";
import { checkRoom } from "./usage.js";

export type AppendClaim = SpoolClaim & { sinks?: readonly string[] | undefined };

/** Keeps records, all or none, and returns their keys. */
export class Keeper {
  readonly #shared: Shared;
  /** Bytes in segments that are not the newest, which only become fewer unless dead letters come back to life. */
  #older = { names: "", revivals: -1, bytes: 0 };

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  append(records: readonly SpoolRecord[], claim: AppendClaim | undefined): string[] {
    for (;;) {
      const places = this.#shared.run({ name: "keep records" }, () => this.#tryAppend(records, claim));
      if (places) return places.map(keyText);
      // The new segment has to be in the list before anything is in it.
      this.#shared.run({ name: "begin a file", isStrict: true }, () => {
        if (this.#current()) return;
        const { segments } = this.#shared;
        const before = segments.newest;
        segments.create();
        // It could stay while it was the newest, with nothing in it but dead letters.
        if (before) segments.clear(before);
      });
    }
  }

  #tryAppend(records: readonly SpoolRecord[], claim: AppendClaim | undefined): number[] | undefined {
    const segment = this.#current();
    if (!segment) return undefined;
    const { now, time } = this.#shared.time();
    // Far too much need not be written first to find out.
    const least = records.reduce((sum, { text, id }) => sum + text.length + id.length, 0);
    this.#check(segment, segment.totals().bytes + least);
    const { leases } = this.#shared.control;
    const leased = claim && { owner: lease(leases, claim, time), sinks: claim.sinks };
    const places = appendRecords(segment, { records, now, lease: leased }, (bytes) =>
      this.#check(segment, bytes),
    );
    this.#shared.flusher.touched(segment);
    return places;
  }

  /** The newest segment, if it is not too large. */
  #current(): Segment | undefined {
    const { segments, limits } = this.#shared;
    const { newest } = segments;
    const size = newest?.env.size();
    return size !== undefined && size < limits.segmentBytes ? newest : undefined;
  }

  #check(newest: Segment, bytes: number): void {
    const { segments, limits } = this.#shared;
    const names = segments.all.map(({ name }) => name).join();
    const isOld = this.#older.names !== names || this.#older.revivals !== segments.revivals;
    if (isOld || this.#older.bytes + bytes > limits.maxBytes) {
      const older = segments.all.filter((segment) => segment !== newest);
      const sum = older.reduce((total, segment) => total + segment.totals().bytes, 0);
      this.#older = { names, revivals: segments.revivals, bytes: sum };
    }
    checkRoom(this.#shared, this.#older.bytes + bytes, "keep records");
  }
}
