/** How many events back a repetition is found. */
const MAX_KNOWN = 256;
const MAX_ID = 256;

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

/** A number that other data seldom have (FNV-1a over two halves of 32 bits): the data themselves may be long. */
function printOf(data: string): string {
  let [low, high] = [0x811c9dc5, 0x811c9dc5];
  for (let at = 0; at < data.length; at++) {
    const unit = data.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + at), 0x01000193);
  }
  return `${data.length} ${low} ${high}`;
}
