/** How many events back a repetition is found. */
const MAX_KNOWN = 256;

/**
 * Finds events that are delivered twice, by their id. Some services give all events one id; there, ids tell nothing, and
 * equal events are equal tokens.
 */
export class EventIds {
  readonly #known = new Map<string, string>();
  #areUnique = true;

  /** Whether an event with this id and these data came before. */
  isRepeated(id: string, data: string): boolean {
    if (!this.#areUnique || id === "") return false;
    const known = this.#known.get(id);
    if (known !== undefined) {
      if (known === data) return true;
      this.#areUnique = false;
      this.#known.clear();
      return false;
    }
    this.#known.set(id, data);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return false;
  }
}
