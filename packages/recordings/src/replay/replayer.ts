import { wordsOf } from "@waybill/core";

import { hashesOf } from "../hash/hashes-of.js";
import { Redactor } from "../record/redaction.js";
import { envelopesOf } from "../store/envelopes.js";
import { isBadTestId } from "../store/errors.js";
import { fileId } from "../store/file-name.js";
import type { RecordingStore, StoredRecording } from "../store/recording-store.js";
import { turnName, turnOf } from "../store/turn-name.js";
import { isKnownType } from "../tools/known-types.js";
import { answerOf } from "./answer.js";
import type { ReadingOptions } from "./body-readings.js";
import { callOf, type Call, type TakenCall } from "./call.js";
import { Catalogue } from "./catalogue.js";
import { UnusableRequestError } from "./errors.js";
import { ExactLookup } from "./exact-lookup.js";
import { tell } from "./finding.js";
import type { Found, Lookup } from "./lookup.js";
import { missOf, wordsOfMiss } from "./miss.js";
import { play } from "./playback.js";
import { checkReplayOptions, type ReplayOptions } from "./replay-options.js";
import { RequestLookup } from "./request-lookup.js";
import { Turns } from "./turns.js";
import { wireJson } from "./wire-json.js";

/** Answers calls from a store. */
export class Replayer {
  readonly #catalogue: Catalogue;
  readonly #lookup: Lookup;
  readonly #redactor: Redactor | undefined;
  readonly #options: ReplayOptions;

  constructor(store: RecordingStore, options: ReplayOptions) {
    const { match = "exact", floatReadings = true, redact = {}, sequence = false } = options;
    checkReplayOptions(options);
    this.#options = options;
    this.#redactor = redact === false ? undefined : new Redactor(redact);
    this.#catalogue = new Catalogue(store, options.onFinding);
    const readings: ReadingOptions = { redactor: this.#redactor, floatReadings };
    const turns = sequence ? new Turns() : undefined;
    this.#lookup =
      match === "exact"
        ? new ExactLookup(store, readings, turns)
        : new RequestLookup(this.#catalogue, readings, turns);
  }

  /** Answers a call, always from the store. Rejects as `fetch` would: when it is aborted, or when that was recorded. */
  async answer(taken: TakenCall, testId: string | null): Promise<Response> {
    taken.signal?.throwIfAborted();
    let call: Call;
    try {
      call = await unlessAborted(callOf(taken), taken.signal);
    } catch (error) {
      if (error instanceof UnusableRequestError) return this.#refused(error.message);
      throw error;
    }
    let found: Found | undefined;
    try {
      found = await this.find(call, testId);
      if (!found) return await this.#missed(call, testId);
    } catch (error) {
      return isBadTestId(error) ? this.#refused(error.message) : this.unreadable(error);
    }
    try {
      return await this.play(found, call);
    } catch (error) {
      // What fetch rejects with is the caller's: an abort, and a connection that broke when it was recorded.
      if (call.signal?.aborted || error instanceof TypeError) throw error;
      return this.unreadable(error);
    }
  }

  /** The recording that answers a call. */
  find(call: Call, testId: string | null): Promise<Found | undefined> {
    return this.#lookup.find(call, testId);
  }

  /** Makes a recording known that was just put into the store. */
  add(stored: StoredRecording): void {
    this.#catalogue.add(stored);
  }

  /** Sends what was found. */
  async play({ stored, isLast }: Found, call: Call): Promise<Response> {
    call.signal?.throwIfAborted();
    await this.#examine(stored);
    const answer = answerOf(stored.recording, call.body);
    if (answer.kind === "none") throw new TypeError(answer.message);
    const headers = { "x-waybill-recording": encodeURI(wellFormed(fileId(stored.folder, stored.fileName))) };
    // The recorded error is what was left after all retries; with a sequel, the retry has an answer of its own.
    const isFinal = answer.kind === "whole" && answer.status >= 400 && isLast;
    return play(answer, isFinal ? { ...headers, ...noRetry } : headers, call.signal, this.#options);
  }

  /** Answers that the store failed. */
  unreadable(error: unknown): Response {
    const message = `the recordings cannot be read: ${wordsOf(error)}`;
    tell(this.#options.onFinding, { code: "recording-unreadable", message });
    return problem(500, "recording_unreadable", message);
  }

  /** Tells what is odd about a recording. Hashing takes time: only if somebody listens. */
  async #examine({ folder, fileName, recording }: StoredRecording): Promise<void> {
    const { onFinding } = this.#options;
    if (!onFinding) return;
    const file = fileId(folder, fileName);
    const unknown = envelopesOf(recording).find(({ type }) => !isKnownType(type));
    if (unknown) {
      const message = `${file}: ${unknown.path} has the unknown type ${JSON.stringify(unknown.type)}; its data was sent as it is`;
      tell(onFinding, { code: "unknown-type", file, message });
    }
    if (fileName.startsWith("models-")) return;
    const turn = turnOf(fileName);
    const hashes = await hashesOf(recording);
    const names = hashes.map((hash) => turnName(hash.fileName, turn));
    if (names.includes(fileName)) return;
    const message = `${file}: the name is not the hash of its request, which is ${names[0]}: it was edited or renamed`;
    tell(onFinding, { code: "edited-recording", file, message });
  }

  async #missed(call: Call, testId: string | null): Promise<Response> {
    const { match = "exact", onFinding } = this.#options;
    const miss = await missOf(call, testId, this.#catalogue, this.#redactor, match);
    const message = wordsOfMiss(miss);
    tell(onFinding, { code: "recording-not-found", file: miss.nearest?.file, message });
    return problem(404, "recording_not_found", message, miss);
  }

  #refused(message: string): Response {
    tell(this.#options.onFinding, { code: "unusable-request", message });
    return problem(400, "unusable_request", message);
  }
}

/** What is awaited, or the abort of the signal if that comes first: a body may never end. */
async function unlessAborted<T>(awaited: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return awaited;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([awaited, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Text that can stand in a header: half of a pair, which a test's id may hold, is replaced. */
function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

/** Tells SDKs that asking again will not help. */
const noRetry = { "x-should-retry": "false" };

/** An error that SDKs show: OpenAI's members, and more about it. */
function problem(status: number, code: string, message: string, more: object = {}): Response {
  const error = { message, type: "replay_error", param: null, code, ...more };
  return new Response(wireJson({ error }), {
    status,
    headers: { ...noRetry, "content-type": "application/json" },
  });
}
