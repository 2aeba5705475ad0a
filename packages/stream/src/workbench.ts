/** Room for the bytes of one read: what is left of the last one, and a slice of this one. */
export type Workbench = { readonly bytes: Uint8Array; readonly view: DataView };

/** The most of one read that is looked at in one go. */
export const SLICE = 32 * 1024;

/** The most that is kept of an unfinished line and copied in front of the next slice; longer lines are kept elsewhere. */
export const MAX_CARRY = 4 * 1024;

/** Behind the bytes stands a line end as a sentinel, so that searches need no bound, and room to read a whole word. */
const SENTINEL = 8;

let idle: Workbench | undefined;

/**
 * Lends the workbench. All streams of a program share one: it is only needed while `write` runs, and an idle stream then
 * holds no buffer. Should a clock or an iterator of the caller's write to another stream meanwhile, that one gets its own.
 */
export function lendWorkbench(): Workbench {
  const bench = idle ?? makeWorkbench();
  idle = undefined;
  return bench;
}

/** Takes the workbench back. */
export function returnWorkbench(bench: Workbench): void {
  idle = bench;
}

function makeWorkbench(): Workbench {
  const bytes = new Uint8Array(MAX_CARRY + SLICE + SENTINEL);
  return { bytes, view: new DataView(bytes.buffer) };
}
