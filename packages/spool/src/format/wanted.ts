import { DamagedError } from "../errors.js";
import { rowKind } from "./keys.js";
import { readRow, writeRow } from "./row.js";

/** Which exporters still want a record, by number. Only records that several wanted have such a row. */
export function writeWanted(sinks: readonly number[]): Buffer {
  return writeRow(rowKind.wanted, { numbers: [...sinks], texts: [] });
}

/** @throws DamagedError */
export function readWanted(row: Uint8Array): number[] {
  const numbers = readRow(rowKind.wanted, row)?.numbers;
  if (!numbers) throw new DamagedError("it cannot be read which exporters want a record");
  return numbers;
}
