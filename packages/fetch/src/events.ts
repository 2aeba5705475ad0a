/** Something that a person may want to know. None of it reaches the caller of `fetch`. */
export type FetchEvent =
  /** A call of a model that nothing here reads, and that was not counted. Once for each path. */
  | { type: "unrecognised"; method: string; url: string }
  /** A record was made and not taken. */
  | { type: "not-recorded"; id: string; reason: string }
  /** A record lacks something of the call. */
  | { type: "incomplete-record"; id: string; reason: string }
  /** The answer was let go without being read to its end; the record holds what was seen. */
  | { type: "unread"; id: string }
  /** A callback of the caller's threw, or something here did. The call itself went on. */
  | { type: "failed"; what: string; error: unknown };

/** Tells a listener, whatever it does with it. */
export function tell(listener: ((event: FetchEvent) => unknown) | undefined, event: FetchEvent): void {
  try {
    const told: unknown = listener?.(event);
    // A listener that is async may reject, which nobody would hear.
    if (told instanceof Promise) told.catch(() => {});
  } catch {
    // Nobody is left to be told.
  }
}

/** Most paths that are remembered, so that a caller who makes up paths does not fill the memory. */
const MOST_PATHS = 1000;

/** Tells once of each path that is no call we read. */
export class UnrecognisedPaths {
  readonly #seen = new Set<string>();

  tell(
    listener: ((event: FetchEvent) => unknown) | undefined,
    method: string,
    { origin, pathname }: URL,
  ): void {
    const url = `${origin}${pathname}`;
    if (this.#seen.has(url) || this.#seen.size >= MOST_PATHS) return;
    this.#seen.add(url);
    tell(listener, { type: "unrecognised", method, url });
  }
}
