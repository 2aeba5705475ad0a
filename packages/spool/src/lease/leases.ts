import { randomBytes } from "node:crypto";

import type { SpoolClaim } from "@waybill/core";

/**
 * Whoever took records. A lease belongs to an id, and ids are never used twice, so that what is left of an owner whom nobody
 * knows any more is free.
 */
export type Owner = {
  name: string;
  /** Six bytes in hex. */
  id: string;
  /** Ids that it had before its leases ran out. Nobody else may have taken what it took under them. */
  former: string[];
  /** When its leases run out, by the spool's clock. */
  until: number;
};

/** What processes share beside the records. It need not outlive the machine's run: no owner does. */
export type Leases = {
  /** The latest time that the machine's clock showed. */
  latest: number;
  /** How far the spool's clock is ahead of the machine's, since that was set back. */
  offset: number;
  owners: Owner[];
};

/** Owners that are remembered; those whose leases ran out first are forgotten first. */
const MOST_OWNERS = 64;
const MOST_FORMER = 4;

export function noLeases(offset: number): Leases {
  return { latest: 0, offset, owners: [] };
}

/**
 * The spool's clock: the machine's, but it never goes back. Leases and due times run on it, so that a clock that is set back
 * does not make them a day longer. When the clock is set forward, they end early: that gives duplicates, and loses nothing.
 */
export function readClock(leases: Leases, now: number): number {
  if (Number.isFinite(now)) {
    if (now < leases.latest) leases.offset += leases.latest - now;
    leases.latest = now;
  }
  return leases.latest + leases.offset;
}

/** Gives an owner a lease, and returns the id under which it takes records. */
export function lease(leases: Leases, { owner: name, leaseMs }: SpoolClaim, time: number): Buffer {
  let owner = leases.owners.find((each) => each.name === name);
  if (!owner) {
    owner = { name, id: newId(), former: [], until: 0 };
    leases.owners.push(owner);
  } else if (owner.until <= time) {
    // What it had is free, also for itself: it may be another process by now.
    owner.former = [owner.id, ...owner.former].slice(0, MOST_FORMER);
    owner.id = newId();
  }
  owner.until = Math.max(owner.until, endOf(leaseMs, time));
  while (leases.owners.length > MOST_OWNERS) forgetOne(leases);
  return Buffer.from(owner.id, "hex");
}

/** Extends an owner's leases; also those that ran out and that nobody took meanwhile. */
export function renewLeases(leases: Leases, { owner: name, leaseMs }: SpoolClaim, time: number): void {
  const owner = leases.owners.find((each) => each.name === name);
  if (owner) owner.until = Math.max(owner.until, endOf(leaseMs, time));
}

export function endLeases(leases: Leases, name: string): void {
  leases.owners = leases.owners.filter((owner) => owner.name !== name);
}

/** The ids under which an owner may have taken records. */
export function idsOf(leases: Leases, name: string): Buffer[] {
  const owner = leases.owners.find((each) => each.name === name);
  return owner ? [owner.id, ...owner.former].map((id) => Buffer.from(id, "hex")) : [];
}

/** Whether what was taken under an id may be taken by others. */
export function isFree(leases: Leases, id: Buffer, time: number): boolean {
  const hex = id.toString("hex");
  const owner = leases.owners.find((each) => each.id === hex);
  return !owner || owner.until <= time;
}

function endOf(leaseMs: number, time: number): number {
  return leaseMs > 0 ? Math.min(time + leaseMs, Number.MAX_SAFE_INTEGER) : time;
}

function forgetOne(leases: Leases): void {
  const first = leases.owners.reduce((one, other) => (other.until < one.until ? other : one));
  leases.owners.splice(leases.owners.indexOf(first), 1);
}

function newId(): string {
  return randomBytes(6).toString("hex");
}
