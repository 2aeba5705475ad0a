import { splitUrl } from "../hash/url-path.js";
import type { StoredRecording } from "../store/recording-store.js";
import { plainName } from "../store/turn-name.js";
import { readingsOf, type ReadingOptions } from "./body-readings.js";
import type { Call } from "./call.js";
import type { Catalogue, Entry } from "./catalogue.js";
import { endpointOf, isModelsEndpoint } from "./endpoint.js";
import type { Found, Lookup } from "./lookup.js";
import { mergeModelLists } from "./merge-model-lists.js";
import type { Turns } from "./turns.js";

/**
 * Finds a recording by endpoint and body alone. Of several, those of the same test come first, then those of the same
 * host, then the plain ones before the sequels.
 */
export class RequestLookup implements Lookup {
  readonly #catalogue: Catalogue;
  readonly #options: ReadingOptions;
  readonly #turns: Turns | undefined;

  constructor(catalogue: Catalogue, options: ReadingOptions, turns?: Turns) {
    this.#catalogue = catalogue;
    this.#options = options;
    this.#turns = turns;
  }

  async find(call: Call, testId: string | null): Promise<Found | undefined> {
    const { authority } = splitUrl(call.url);
    // Numbers are compared by value: there is nothing to try for floats.
    const readings = await readingsOf(call.body, { ...this.#options, floatReadings: false });
    const endpoint = endpointOf(call.url);
    for (const body of readings) {
      const entries = await this.#catalogue.matching(endpoint, body);
      if (entries.length === 0) continue;
      const rank = (entry: Entry): number =>
        (testId !== null && entry.testId === testId ? 0 : 2) + (entry.authority === authority ? 0 : 1);
      const ranked = entries.toSorted((left, right) => rank(left) - rank(right) || left.turn - right.turn);
      if (isModelsEndpoint(call.url)) return this.#merged(ranked, authority);
      return this.#take(ranked);
    }
    return undefined;
  }

  /** Lists of other hosts only count when there is none of the same. */
  async #merged(entries: readonly Entry[], authority: string): Promise<Found | undefined> {
    const near = entries.filter((entry) => entry.authority === authority);
    const lists: StoredRecording[] = [];
    for (const entry of near.length > 0 ? near : entries) {
      const stored = await this.#catalogue.load(entry);
      if (stored) lists.push(stored);
    }
    const stored = mergeModelLists(lists);
    return stored && { stored, isLast: true };
  }

  async #take(ranked: readonly Entry[]): Promise<Found | undefined> {
    const [first] = ranked;
    if (!first) return undefined;
    // Recordings of other tests and hosts are no sequels of this one: a sequence is of one folder and one hash.
    const series = ranked.filter(
      ({ folder, fileName }) => folder === first.folder && plainName(fileName) === plainName(first.fileName),
    );
    const turn = this.#turns?.next(plainName(first.fileName), first.testId) ?? 1;
    const at = Math.min(turn, series.length) - 1;
    const stored = await this.#catalogue.load(series[at] ?? first);
    return stored && { stored, isLast: !this.#turns || at === series.length - 1 };
  }
}
