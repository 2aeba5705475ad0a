import { lendWorkbench, MAX_CARRY, returnWorkbench, SLICE, type Workbench } from "./workbench.js";

/** What takes the lines of a body. */
export type LineSink = {
  /**
   * Takes the line `bytes[start, end)`, without its line end; the next one begins at `next`. The bytes are only lent.
   * `isWhole` says that they stand on the workbench, and that the byte behind the line end is known.
   */
  line(bytes: Uint8Array, start: number, end: number, next: number, isWhole: boolean): void;
  /** Hears that a line was longer than the limit and was left out. */
  lineTooLong(): void;
  /**
   * May take whole lines from the bytes at hand before they are looked for, and returns where it stopped. Called at the
   * start of a line.
   */
  take(bench: Workbench, start: number, end: number): number;
};

/** The longest line. What goes beyond is left out and counted. */
const MAX_LINE = 16 * 1024 * 1024;

const CR = 0x0d;
const LF = 0x0a;
const MARK = [0xef, 0xbb, 0xbf];

/**
 * Cuts bytes, cut anywhere themselves, into lines that end in LF, CR or CRLF, and takes a byte order mark off the front.
 * It remembers where it stopped, so that one huge line in small reads stays linear.
 */
export class LineReader {
  readonly #sink: LineSink;
  /** The beginning of a line whose end is not here yet. */
  #carry = new Uint8Array(0);
  #carried = 0;
  /** Whether the line at hand is over the limit: its rest is dropped. */
  #isTooLong = false;
  /** Whether the last line ended in a CR at the very end of the bytes, so that a LF in front of the next is part of it. */
  #endsInCr = false;
  #isFirst = true;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Takes more bytes. They are not kept. */
  write(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; from += SLICE) {
      const isAll = from === 0 && piece.length <= SLICE;
      this.#read(isAll ? piece : piece.subarray(from, from + SLICE));
    }
  }

  /** Hands out the last line, if it has no end. */
  end(): void {
    if (this.#isFirst) this.#carried -= markLength(this.#carry, this.#carried);
    const { length } = this.#carry;
    if (this.#isTooLong) this.#sink.lineTooLong();
    else if (this.#carried > 0) this.#sink.line(this.#carry, 0, this.#carried, length, false);
    this.#carried = 0;
    this.#isTooLong = false;
  }

  #read(slice: Uint8Array): void {
    const from = this.#isTooLong || this.#carried > MAX_CARRY ? this.#endLongLine(slice) : 0;
    if (from === slice.length) return;
    const bench = lendWorkbench();
    try {
      const { bytes } = bench;
      const carried = this.#carried;
      if (carried > 0) bytes.set(this.#carry.subarray(0, carried));
      bytes.set(from === 0 ? slice : slice.subarray(from), carried);
      this.#carried = 0;
      this.#cut(bench, carried + slice.length - from, carried);
    } finally {
      returnWorkbench(bench);
    }
  }

  /** Cuts `bench.bytes[0, end)`, of which `[0, scanned)` has no line end. */
  #cut(bench: Workbench, end: number, scanned: number): void {
    const { bytes, view } = bench;
    const sink = this.#sink;
    bytes[end] = LF;
    let at = 0;
    if (this.#isFirst) {
      if (end < MARK.length && isMark(bytes, end)) {
        this.#keep(bytes, 0, end);
        return;
      }
      this.#isFirst = false;
      at = markLength(bytes, end);
    }
    if (this.#endsInCr && at < end) {
      if (bytes[at] === LF) at++;
      this.#endsInCr = false;
    }
    let scan = Math.max(at, scanned);
    while (at < end) {
      const taken = sink.take(bench, at, end);
      if (taken > at) {
        at = taken;
        scan = at;
        continue;
      }
      const stop = findLineEnd(bytes, view, scan);
      if (stop >= end) break;
      let next = stop + 1;
      if (bytes[stop] === CR) {
        if (next === end) this.#endsInCr = true;
        else if (bytes[next] === LF) next++;
      }
      sink.line(bytes, at, stop, next, true);
      at = next;
      scan = next;
    }
    this.#keep(bytes, at, end);
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#carried + end - start;
    if (needed > MAX_LINE) {
      this.#isTooLong = true;
      this.#carried = 0;
      this.#carry = new Uint8Array(0);
      return;
    }
    if (needed > this.#carry.length) {
      // Doubling: a line that comes in small pieces is copied a bounded number of times.
      const grown = new Uint8Array(Math.min(MAX_LINE, Math.max(256, needed, this.#carry.length * 2)));
      grown.set(this.#carry.subarray(0, this.#carried));
      this.#carry = grown;
    }
    if (end > start) this.#carry.set(bytes.subarray(start, end), this.#carried);
    this.#carried = needed;
  }

  /** Goes on with a line too long for the workbench. Returns how many bytes of the slice belong to it. */
  #endLongLine(slice: Uint8Array): number {
    const lf = slice.indexOf(LF);
    const cr = (lf < 0 ? slice : slice.subarray(0, lf)).indexOf(CR);
    const stop = cr < 0 ? lf : cr;
    if (!this.#isTooLong) this.#keep(slice, 0, stop < 0 ? slice.length : stop);
    if (stop < 0) return slice.length;
    if (this.#isTooLong) this.#sink.lineTooLong();
    else this.#sink.line(this.#carry, 0, this.#carried, this.#carried, false);
    this.#isTooLong = false;
    this.#carried = 0;
    this.#carry = new Uint8Array(0);
    this.#endsInCr = slice[stop] === CR;
    return stop + 1;
  }
}

/** Where the next LF or CR is. There is one: the sentinel. */
function findLineEnd(bytes: Uint8Array, view: DataView, start: number): number {
  let at = start;
  for (;;) {
    const byte = bytes[at];
    if (byte === LF || byte === CR) return at;
    at++;
    // Four bytes at a time, as long as none of them is below 0x10: subtracting sets the top bit of a smaller one.
    for (let word = view.getInt32(at, true); ((word - 0x10101010) & ~word & 0x80808080) === 0;) {
      at += 4;
      word = view.getInt32(at, true);
    }
  }
}

/** How many of the first bytes are a byte order mark: three or none. */
function markLength(bytes: Uint8Array, end: number): number {
  return end >= MARK.length && isMark(bytes, MARK.length) ? MARK.length : 0;
}

/** Whether the first `count` bytes are those of a byte order mark. */
function isMark(bytes: Uint8Array, count: number): boolean {
  return MARK.slice(0, count).every((byte, index) => bytes[index] === byte);
}
