import { canonicalRequest } from "../hash/canonical-request.js";
import { recordingFileName } from "../hash/request-hash.js";
import { hashVersions, type HashVersion, type InferenceRequest } from "../hash/request.js";
import { sha256 } from "../hash/sha256.js";
import type { Redactor } from "../record/redaction.js";
import type { RecordingStore, StoredRecording } from "../store/recording-store.js";
import { readingsOf, type ReadingOptions } from "./body-readings.js";
import type { Call } from "./call.js";
import { isModelsEndpoint, maskedUrl } from "./endpoint.js";
import type { Found, Lookup } from "./lookup.js";
import { mergeModelLists } from "./merge-model-lists.js";
import type { Turns } from "./turns.js";

/** The versions that HTTP recordings were made with: there were none before. */
const httpVersions = hashVersions.filter((version) => version >= 5);

/** Finds the recording whose file has the hash of the request, in any version of the hash, newest first. */
export class ExactLookup implements Lookup {
  readonly #store: RecordingStore;
  readonly #options: ReadingOptions;
  readonly #turns: Turns | undefined;

  constructor(store: RecordingStore, options: ReadingOptions, turns?: Turns) {
    this.#store = store;
    this.#options = options;
    this.#turns = turns;
  }

  async find(call: Call, testId: string | null): Promise<Found | undefined> {
    const names = new Set<string>();
    for await (const { hash, version } of hashesOfCall(call, testId, this.#options)) {
      const fileName = recordingFileName(hash, version);
      if (names.has(fileName)) continue;
      names.add(fileName);
      const found = (await this.#modelLists(call, hash, testId)) ?? (await this.#take(fileName, testId));
      if (found) return found;
    }
    return undefined;
  }

  async #modelLists(call: Call, hash: string, testId: string | null): Promise<Found | undefined> {
    if (!isModelsEndpoint(call.url)) return undefined;
    const merged = mergeModelLists(await this.#store.findModelLists(hash, testId));
    return merged && { stored: merged, isLast: true };
  }

  #take(fileName: string, testId: string | null): Promise<Found | undefined> {
    const find = (name: string): Promise<StoredRecording | undefined> => this.#store.find(name, testId);
    return this.#turns
      ? this.#turns.take(fileName, testId, find)
      : find(fileName).then((stored) => stored && { stored, isLast: true });
  }
}

type CallHash = { hash: string; version: HashVersion };

/** Every hash that a recording of a call may have. They are only computed as far as they are asked for. */
async function* hashesOfCall(
  call: Call,
  testId: string | null,
  options: ReadingOptions,
): AsyncGenerator<CallHash, void, undefined> {
  const canonicals = new Set<string>();
  const readings = await readingsOf(call.body, options);
  const urls = await httpUrls(call.url, options.redactor);
  for (const body of readings) {
    const request: InferenceRequest = { url: maskedUrl(call.url), body, testId };
    for (const version of hashVersions) {
      const canonical = canonicalRequest(request, { version });
      // Most versions agree on most requests; the name of the first differs also then.
      if (canonicals.has(canonical) && version > 1) continue;
      canonicals.add(canonical);
      yield { hash: await sha256(canonical), version };
    }
    for (const url of urls) {
      for (const version of httpVersions) {
        const canonical = canonicalRequest(
          { ...request, method: call.method, url },
          { version, recipe: "http" },
        );
        if (canonicals.has(canonical)) continue;
        canonicals.add(canonical);
        yield { hash: await sha256(canonical), version };
      }
    }
  }
}

async function httpUrls(url: string, redactor: Redactor | undefined): Promise<Set<string>> {
  return new Set(redactor ? [await redactor.url(url), url] : [url]);
}
