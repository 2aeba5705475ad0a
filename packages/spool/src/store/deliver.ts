import type { SpoolClaim, SpooledRecord, SpoolSettlement } from "@waybill/core";

import { DamagedError, isDiskFull } from "../errors.js";
import { keyText } from "../format/keys.js";
import { idsOf, isFree, lease } from "../lease/leases.js";
import { sourcesOf, take, type Budget, type Candidate, type Source } from "../segment/claim.js";
import type { Segment } from "../segment/segment.js";
import { holdsAny, settleHere, type PlacedSettlement } from "../segment/settle.js";
import { atLeastOne, checkSettlements } from "./check-input.js";
import { trimLetters } from "./dead-letters.js";
import type { Segments } from "./segments.js";
import type { Shared, Work } from "./shared.js";

/** So many are looked for in one go. */
const AT_ONCE = 512;

export type ClaimOptions = SpoolClaim & { maxRecords: number; maxBytes: number };

/** Takes the oldest records of an exporter that may be taken. */
export function claimRecords(shared: Shared, sink: string, claim: ClaimOptions): SpooledRecord[] {
  const taken: SpooledRecord[] = [];
  const budget: Budget = { records: atLeastOne(claim.maxRecords), bytes: claim.maxBytes, isEmpty: true };
  const work: Work = { name: "take records", useReserve: true };
  shared.run(work, () => {
    try {
      takeAll(shared, sink, claim, { work, budget, taken });
    } catch (error) {
      // Those that were taken have their leases, which must be kept.
      const isHarmless = error instanceof DamagedError || isDiskFull(error, shared.root);
      if (taken.length === 0 || !isHarmless) throw error;
      if (error instanceof DamagedError) shared.meetDamage(error);
    }
  });
  return taken;
}

function takeAll(
  shared: Shared,
  sink: string,
  claim: SpoolClaim,
  { work, budget, taken }: { work: Work; budget: Budget; taken: SpooledRecord[] },
): void {
  const { segments, flusher, problems } = shared;
  const { leases } = shared.control;
  const { now, time } = shared.time();
  const [known] = idsOf(leases, claim.owner);
  const owner = lease(leases, claim, time);
  // When a new id cannot be kept, what was taken under it is free, and must not be given to anybody.
  work.isStrict = !known?.equals(owner);
  const onDamaged = (id: string, place: number): void => {
    const message = `record ${JSON.stringify(id)} (${keyText(place)}) was damaged on the disk and is a dead letter now`;
    problems.report({ kind: "damaged-record", message, records: 1, path: shared.root });
  };
  const queue = new Queue(segments, (segment) =>
    sourcesOf(segment, sink, time, (id) => isFree(leases, id, time)),
  );
  while (budget.records > 0) {
    const candidates = queue.next(Math.min(budget.records, AT_ONCE));
    if (candidates.length === 0) return;
    for (const run of runsOf(candidates)) {
      const [{ segment }] = run;
      taken.push(...take(segment, sink, owner, run, budget, { now, onDamaged }));
      flusher.touched(segment);
    }
  }
}

/** What may be taken of all segments, the oldest first. A segment is only looked at when it is its turn. */
class Queue {
  readonly #sources: Source[];
  readonly #later: Segment[];
  readonly #sourcesOf: (segment: Segment) => Source[];

  constructor(segments: Segments, from: (segment: Segment) => Source[]) {
    this.#sourcesOf = from;
    const strays = segments.all.filter((segment) => segments.hasStrays(segment));
    this.#later = segments.all.filter((segment) => !strays.includes(segment));
    this.#sources = strays.flatMap(from);
  }

  next(most: number): Candidate[] {
    const candidates: Candidate[] = [];
    while (candidates.length < most) {
      const best = this.#oldest();
      const [segment] = this.#later;
      if (segment && (!best || best.candidate.place > segment.base)) {
        this.#later.shift();
        this.#sources.push(...this.#sourcesOf(segment));
        continue;
      }
      if (!best) break;
      candidates.push(best.candidate);
      best.source.skip();
    }
    return candidates;
  }

  #oldest(): { candidate: Candidate; source: Source } | undefined {
    let oldest: { candidate: Candidate; source: Source } | undefined;
    for (const source of this.#sources) {
      const candidate = source.peek();
      if (candidate && !(oldest && oldest.candidate.place <= candidate.place)) oldest = { candidate, source };
    }
    return oldest;
  }
}

type Run = [Candidate, ...Candidate[]];

/** Candidates of one segment that follow each other are taken in one transaction. */
function runsOf(candidates: readonly Candidate[]): Run[] {
  const runs: Run[] = [];
  for (const candidate of candidates) {
    const last = runs.at(-1);
    if (last?.[0].segment === candidate.segment) last.push(candidate);
    else runs.push([candidate]);
  }
  return runs;
}

/** Settles what an owner took, and returns how many of them were still its own. */
export function settleRecords(
  shared: Shared,
  sink: string,
  owner: string,
  settlements: readonly SpoolSettlement[],
): number {
  let left = checkSettlements(settlements);
  const asked = left.length;
  const hasDead = left.some(({ settlement }) => settlement.status === "dead");
  if (asked === 0) {
    shared.run({ name: "settle records" }, () => undefined);
    return 0;
  }
  const touched = new Set<Segment>();
  shared.run({ name: "settle records", useReserve: true }, () => {
    const owners = idsOf(shared.control.leases, owner);
    if (owners.length === 0) return;
    const { now } = shared.time();
    const options = { now, clockOffset: shared.control.leases.offset };
    const settleIn = (segment: Segment, mine: readonly PlacedSettlement[]): void => {
      if (mine.length === 0) return;
      const missing = new Set(settleHere(segment, sink, owners, mine, options));
      const tried = new Set(mine);
      left = left.filter((each) => !tried.has(each) || missing.has(each));
      touched.add(segment);
      shared.flusher.touched(segment);
    };
    const { all } = shared.segments;
    for (const [segment, mine] of homesOf(shared, left)) settleIn(segment, mine);
    // Dead letters that came back to life may be in another segment than the one that their places say.
    for (const segment of left.length > 0 ? all : [])
      if (holdsAny(segment, sink, owners, left)) settleIn(segment, left);
    if (hasDead) trimLetters(shared);
    for (const segment of all) if (touched.has(segment)) shared.segments.clear(segment);
  });
  return asked - left.length;
}

function homesOf(
  { segments }: Shared,
  settlements: readonly PlacedSettlement[],
): Map<Segment, PlacedSettlement[]> {
  const homes = new Map<Segment, PlacedSettlement[]>();
  for (const each of settlements) {
    const home = segments.homeOf(each.place);
    if (!home) continue;
    const mine = homes.get(home);
    if (mine) mine.push(each);
    else homes.set(home, [each]);
  }
  return homes;
}
