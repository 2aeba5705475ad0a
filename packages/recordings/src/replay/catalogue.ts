import { wordsOf } from "@waybill/core";

import { canonicalJson } from "../hash/canonical-json.js";
import { canonicalRequest } from "../hash/canonical-request.js";
import { splitUrl } from "../hash/url-path.js";
import { isFloat } from "../json/float.js";
import { notesOf, spellingOf } from "../json/notes.js";
import { isBadTestId } from "../store/errors.js";
import { fileId } from "../store/file-name.js";
import type { RecordingStore, StoredRecording } from "../store/recording-store.js";
import type { ListingStore } from "../store/store-problem.js";
import { turnOf } from "../store/turn-name.js";
import { copyOf, isObject } from "./copy-with.js";
import { endpointOf } from "./endpoint.js";
import { tell, type OnFinding } from "./finding.js";

/** What is known of a recording without holding it. */
export type Entry = {
  fileName: string;
  folder: string;
  testId: string | null;
  authority: string;
  endpoint: string;
  turn: number;
  /** The whole address of a raw HTTP call, which its hash contains. */
  rawUrl: string | undefined;
  /** The canonical text of its request. */
  canonical: string;
};

/** Every body is normalised as the current hash has it. */
const normalisation = { decimals: true, projectId: true, fileSearch: true, streamOptions: false };

/** Members that Python libraries take for themselves: what they hold goes somewhere else than into the body. */
const takenOut = ["extra_body", "extra_query", "extra_headers", "timeout"];

/** All recordings of calls in a store, by what they ask for. It is read on first use, once. */
export class Catalogue {
  readonly #store: ListingStore;
  readonly #onFinding: OnFinding | undefined;
  readonly #byRequest = new Map<string, Entry[]>();
  readonly #entries: Entry[] = [];
  #reading: Promise<void> | undefined;

  constructor(store: RecordingStore, onFinding?: OnFinding) {
    this.#store = store;
    this.#onFinding = onFinding;
  }

  /** The recordings of a request to an endpoint, whatever stands before the endpoint and whoever the test is. */
  async matching(endpoint: string, body: unknown): Promise<readonly Entry[]> {
    await this.#read();
    return this.#byRequest.get(keyOf(endpoint, body)) ?? [];
  }

  async entries(): Promise<readonly Entry[]> {
    await this.#read();
    return this.#entries;
  }

  /** Takes the recording of an entry from the store again. */
  async load({ fileName, folder, testId }: Entry): Promise<StoredRecording | undefined> {
    const stored = await this.#store.find(fileName, testId).catch((error: unknown) => {
      // A recorded test may be one that can have no folder: the file is found where it lies.
      if (isBadTestId(error)) return undefined;
      throw error;
    });
    if (stored?.folder === folder) return stored;
    // A file may lie in a folder that is not its test's.
    for await (const other of this.#list()) {
      if (other.fileName === fileName && other.folder === folder) return other;
    }
    return undefined;
  }

  /** Adds a recording that was just made. */
  add(stored: StoredRecording): void {
    // What is not yet read will be found in the store.
    if (this.#reading) this.#add(stored);
  }

  /** A file that cannot be read does not keep the others from answering. */
  #list(onFinding?: OnFinding): AsyncIterable<StoredRecording> {
    return this.#store.list({
      onProblem: ({ folder, fileName, error }) => {
        const file = fileId(folder, fileName);
        tell(onFinding, { code: "recording-unreadable", file, message: error.message });
      },
    });
  }

  #read(): Promise<void> {
    const reading = async (): Promise<void> => {
      for await (const stored of this.#list(this.#onFinding)) this.#addReadable(stored);
    };
    this.#reading ??= reading().catch((error: unknown) => {
      this.#reading = undefined;
      this.#byRequest.clear();
      this.#entries.length = 0;
      throw error;
    });
    return this.#reading;
  }

  /** A recording whose request is none, such as one with a NaN, is told, and keeps no other from answering. */
  #addReadable(stored: StoredRecording): void {
    try {
      this.#add(stored);
    } catch (error) {
      const file = fileId(stored.folder, stored.fileName);
      tell(this.#onFinding, { code: "recording-unreadable", file, message: wordsOf(error) });
    }
  }

  #add({ fileName, folder, recording }: StoredRecording): void {
    const { test_id: owner, request } = recording;
    if (typeof request.url !== "string") return;
    const { url } = request;
    const body = request.payload ?? request.body ?? {};
    const testId = owner ?? request.test_id ?? null;
    const entry: Entry = {
      fileName,
      folder,
      testId,
      authority: splitUrl(url).authority,
      endpoint: endpointOf(request.endpoint ?? url),
      turn: turnOf(fileName),
      rawUrl: request.payload === undefined ? undefined : url,
      canonical: canonicalRequest({ url, body: recorded(body), testId }),
    };
    this.#entries.push(entry);
    for (const key of new Set([keyOf(entry.endpoint, body), keyOf(entry.endpoint, sentBody(body))])) {
      const entries = this.#byRequest.get(key) ?? [];
      const same = entries.findIndex((other) => other.fileName === fileName && other.folder === folder);
      if (same < 0) entries.push(entry);
      else entries[same] = entry;
      this.#byRequest.set(key, entries);
    }
  }
}

function keyOf(endpoint: string, body: unknown): string {
  return `${endpoint}\n${canonicalJson(plainOf(body ?? {}, undefined), normalisation)}`;
}

/** A copy without spellings, so that 1.0 and 1 are equal; of whole numbers that no double holds the digits are kept. */
function plainOf(value: unknown, spelling: string | undefined): unknown {
  if (isFloat(value)) return value.value;
  if (Array.isArray(value)) {
    const notes = notesOf(value);
    return value.map((item: unknown, index) => plainOf(item, spellingOf(notes, index, item)));
  }
  if (isObject(value)) {
    const notes = notesOf(value);
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, plainOf(member, spellingOf(notes, key, member))]),
    );
  }
  const isBeyond = typeof value === "number" && !Number.isSafeInteger(value);
  return isBeyond && spelling !== undefined && /^-?[0-9]+$/.test(spelling) ? BigInt(spelling) : value;
}

/** The body that a library made of the arguments which were recorded. */
function sentBody(body: unknown): unknown {
  if (!isObject(body)) return body;
  const extra = body["extra_body"];
  const sent = copyOf(body);
  for (const name of takenOut) delete sent[name];
  return Object.assign(sent, isObject(extra) ? extra : {});
}

/** A recorded body is a value, also if it is a string. */
function recorded(body: unknown): unknown {
  return typeof body === "string" ? JSON.stringify(body) : body;
}
