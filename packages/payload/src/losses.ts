/** What a record could not take over as it was, by what it is and how often. */
export class Losses {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  /** One sentence for `waybill.degraded`; undefined when nothing was lost. */
  toText(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    const parts = [...this.#counts].map(([what, count]) => (count > 1 ? `${what} (${count} times)` : what));
    return `not recorded as it was: ${parts.join("; ")}`;
  }
}
