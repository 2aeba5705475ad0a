/**
 * The rows of a segment, by the first byte of their key. A record waits in exactly one of `ready`, `leased` and `due` for
 * each of its exporters.
 */
export const rowKind = {
  /** `c`: the totals of the segment. */
  totals: 0x63,
  /** `d` exporter, due time, place: waits until then. */
  due: 0x64,
  /** `l` exporter, owner, place: somebody has a lease on it. */
  leased: 0x6c,
  /** `m` place: which exporters still want a record that several wanted. */
  wanted: 0x6d,
  /** `t` place: the record itself. */
  record: 0x74,
  /** `w` exporter, place: may be taken. */
  ready: 0x77,
  /** `x` exporter, place: a dead letter. */
  dead: 0x78,
} as const;

/** Bytes of a place, of an exporter's number, of an owner's id and of a due time within a key. */
const PLACE = 7;
const SINK = 2;
const OWNER = 6;
const DUE = 6;

/** The last time that a key can hold; far beyond what clocks show. */
const LAST_DUE = 2 ** 48 - 1;

export const totalsKey = Buffer.from([rowKind.totals]);

/** The key of a row that belongs to a record as a whole. */
export function recordKey(kind: typeof rowKind.record | typeof rowKind.wanted, place: number): Buffer {
  const key = Buffer.allocUnsafe(1 + PLACE);
  key[0] = kind;
  writePlace(key, 1, place);
  return key;
}

export function readyKey(sink: number, place: number): Buffer {
  return sinkKey(rowKind.ready, sink, place);
}

export function deadKey(sink: number, place: number): Buffer {
  return sinkKey(rowKind.dead, sink, place);
}

export function leasedKey(sink: number, owner: Uint8Array, place: number): Buffer {
  const key = Buffer.allocUnsafe(1 + SINK + OWNER + PLACE);
  key[0] = rowKind.leased;
  key.writeUInt16BE(sink, 1);
  key.set(owner, 1 + SINK);
  writePlace(key, 1 + SINK + OWNER, place);
  return key;
}

/** @param due milliseconds of the spool's clock; what no key can hold becomes the nearest time that one can */
export function dueKey(sink: number, due: number, place: number): Buffer {
  const key = Buffer.allocUnsafe(1 + SINK + DUE + PLACE);
  key[0] = rowKind.due;
  key.writeUInt16BE(sink, 1);
  key.writeUIntBE(dueOf(due), 1 + SINK, DUE);
  writePlace(key, 1 + SINK + DUE, place);
  return key;
}

/** What all keys of a kind begin with, for one exporter. */
export function sinkPrefix(kind: number, sink: number): Buffer {
  const key = Buffer.allocUnsafe(1 + SINK);
  key[0] = kind;
  key.writeUInt16BE(sink, 1);
  return key;
}

/** What the keys of all leases of an owner begin with, for one exporter. */
export function ownerPrefix(sink: number, owner: Uint8Array): Buffer {
  return Buffer.concat([sinkPrefix(rowKind.leased, sink), owner]);
}

/** What comes behind the keys of everything that is due at a time. */
export function dueEnd(sink: number, now: number): Buffer {
  const key = Buffer.allocUnsafe(1 + SINK + DUE);
  key[0] = rowKind.due;
  key.writeUInt16BE(sink, 1);
  key.writeUIntBE(Math.min(dueOf(now) + 1, LAST_DUE), 1 + SINK, DUE);
  return key;
}

/** What comes behind all keys with a prefix. No prefix here is of 255s alone. */
export function behind(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  let last = end.length - 1;
  while (end[last] === 0xff) last--;
  end[last] = (end[last] ?? 0) + 1;
  return end.subarray(0, last + 1);
}

/** The key that comes next after a key. */
export function after(key: Uint8Array): Buffer {
  return Buffer.concat([key, zero]);
}

const zero = Buffer.from([0]);

/** The place at the end of a key. */
export function placeIn(key: Uint8Array): number {
  const start = key.length - PLACE;
  let place = 0;
  for (let index = start; index < key.length; index++) place = place * 256 + (key[index] ?? 0);
  return place;
}

/** The owner in the key of a lease. */
export function ownerIn(key: Uint8Array): Buffer {
  return Buffer.from(key.subarray(1 + SINK, 1 + SINK + OWNER));
}

/** A place as callers see it: such texts sort as places do. */
export function keyText(place: number): string {
  return place.toString(16).padStart(2 * PLACE, "0");
}

/** The place that a text names; undefined when it is none of ours. */
export function placeOf(key: unknown): number | undefined {
  if (typeof key !== "string" || !/^[0-9a-f]{14}$/.test(key)) return undefined;
  const place = Number.parseInt(key, 16);
  return Number.isSafeInteger(place) ? place : undefined;
}

function sinkKey(kind: number, sink: number, place: number): Buffer {
  const key = Buffer.allocUnsafe(1 + SINK + PLACE);
  key[0] = kind;
  key.writeUInt16BE(sink, 1);
  writePlace(key, 1 + SINK, place);
  return key;
}

function writePlace(key: Buffer, offset: number, place: number): void {
  key.writeUIntBE(Math.floor(place / 2 ** 32), offset, 3);
  key.writeUInt32BE(place % 2 ** 32, offset + 3);
}

function dueOf(due: number): number {
  return due > 0 ? Math.min(Math.floor(due), LAST_DUE) : 0;
}
