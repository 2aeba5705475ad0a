/** How many events back a repetition is found. */
const MAX_KNOWN = 256;
const MAX_ID = 256;

/** Of long data, the length and both ends are enough to know them again, and are all that is kept. */
const MAX_PRINT = 1024;

/**
 * Finds events that are delivered twice, by their id. Some services give all events one id; there, ids tell nothing, and
 * equal events are equal tokens.
 */
export class EventIds {
  readonly #known = new Map<string, string>();
  #areUnique = true;

  /** Whether an event with this id and these data came before. */
  isRepeated(id: string, data: string): boolean {
    if (!this.#areUnique || id === "" || id.length > MAX_ID) return false;
    const known = this.#known.get(id);
    const print = printOf(data);
    if (known !== undefined) {
      // Only where there are different ids do they tell events apart.
      if (known === print) return this.#known.size > 1;
      this.#areUnique = false;
      this.#known.clear();
      return false;
    }
    this.#known.set(id, print);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return false;
  }
}

function printOf(data: string): string {
  if (data.length <= MAX_PRINT) return data;
  return `${data.length} ${data.slice(0, MAX_PRINT / 2)}${data.slice(-MAX_PRINT / 2)}`;
}
