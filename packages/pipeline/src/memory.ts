/** A record that is on its way. */
export type Item = {
  readonly id: string;
  /**
   * The payload as JSON text: one string in memory instead of a hundred objects, and what the spool keeps. It is parsed when
   * it is sent.
   */
  readonly text: string;
  /** When it was handed in: on the monotonic clock, also below zero for what waited in the spool. Milliseconds. */
  readonly since: number;
};

/**
 * Counts what is in memory for one exporter. Each has room of its own, so that one that is down does not take that of the
 * others; the text of a record that several wait for is there once.
 */
export class Memory {
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  #records = 0;
  #bytes = 0;

  constructor({ memoryRecords, memoryBytes }: { memoryRecords: number; memoryBytes: number }) {
    this.#maxRecords = memoryRecords;
    this.#maxBytes = memoryBytes;
  }

  get records(): number {
    return this.#records;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How full it is, from 0 to 1 and beyond. */
  get pressure(): number {
    return Math.max(this.#records / this.#maxRecords, this.#bytes / this.#maxBytes);
  }

  /** Whether more records fit. One that is larger than all of the room fits when it is alone. */
  hasRoom(bytes: number, records = 1): boolean {
    if (this.#records === 0 && records === 1) return true;
    return this.#records + records <= this.#maxRecords && this.#bytes + bytes <= this.#maxBytes;
  }

  hold({ text }: Item): void {
    this.#records++;
    this.#bytes += text.length;
  }

  release({ text }: Item): void {
    this.#records--;
    this.#bytes -= text.length;
  }
}
