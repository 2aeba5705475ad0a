import { DamagedError } from "../errors.js";

/** The value of a row in `ready`, `leased` or `due`. */
export type Entry = {
  /** How often the record was given back. */
  attempts: number;
  /** What the record counts for. */
  charge: number;
  /** Bytes of the record's text. */
  size: number;
};

const MOST = 2 ** 32 - 1;

/** The bytes are good until the next entry is written. */
export function writeEntry({ attempts, charge, size }: Entry): Buffer {
  entry.writeUInt32BE(Math.min(attempts, MOST), 0);
  entry.writeUInt32BE(charge, 4);
  entry.writeUInt32BE(size, 8);
  return entry;
}

const entry = Buffer.allocUnsafeSlow(12);

/** @throws DamagedError */
export function readEntry(value: Uint8Array): Entry {
  if (value.length !== entry.length) throw new DamagedError(`an entry has ${value.length} bytes`);
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return { attempts: bytes.readUInt32BE(0), charge: bytes.readUInt32BE(4), size: bytes.readUInt32BE(8) };
}
