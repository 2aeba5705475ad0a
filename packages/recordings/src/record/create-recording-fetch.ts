import { wordsOf, type Recording } from "@waybill/core";

import { modelListDigest } from "../hash/model-list.js";
import { recordingFileName } from "../hash/request-hash.js";
import { currentVersion } from "../hash/request.js";
import { recordingLimits } from "../json/json-limits.js";
import { callOf, takeCall, type TakenCall } from "../replay/call.js";
import { UnusableRequestError } from "../replay/errors.js";
import { tell } from "../replay/finding.js";
import type { Found } from "../replay/lookup.js";
import { currentTest, type ReplayOptions, type TestId } from "../replay/replay-options.js";
import { Replayer } from "../replay/replayer.js";
import { Turns } from "../replay/turns.js";
import type { RecordingStore } from "../store/recording-store.js";
import { testFolder } from "../store/test-folder.js";
import { turnName } from "../store/turn-name.js";
import { observedResponse, type Seen } from "./observed-response.js";
import { failedResponse, recordedResponse, type RecordedResponse } from "./recorded-response.js";
import { planOf, type RecordingPlan } from "./recording-plan.js";
import { checkedMode, type RecordingMode } from "./recording-settings.js";
import { Redactor } from "./redaction.js";

/** How calls are recorded and replayed. */
export type RecordingFetchOptions = ReplayOptions & {
  /** `replay` by default. */
  mode?: RecordingMode | undefined;
  /** The test whose folder recordings go to; none is the base folder. */
  testId?: TestId | undefined;
  /** Whether streams keep the time of each event, for replay at that speed. Files then differ from run to run. */
  keepTiming?: boolean | undefined;
  /** Milliseconds on a clock that never goes back; `performance.now` by default. */
  now?: (() => number) | undefined;
};

/** A `fetch` that may record. */
export type RecordingFetch = typeof fetch & {
  /** Resolves when everything that was seen to its end is in the store. */
  flush(): Promise<void>;
};

/**
 * A `fetch` that keeps what another one answers. Callers get their answers as ever: nothing is delayed, altered or read
 * ahead, and no failure to record reaches them. Headers are not kept, and secrets are only kept as placeholders.
 * @throws WaybillError `unknown-mode`, `bad-option`
 */
export function createRecordingFetch(
  fetch: typeof globalThis.fetch,
  store: RecordingStore,
  options: RecordingFetchOptions = {},
): RecordingFetch {
  const recorder = new Recorder(fetch, store, options);
  const mode = checkedMode(options.mode ?? "replay");
  const recording: typeof fetch = async (input, init) => {
    if (mode === "live") return fetch(input, init);
    const taken = takeCall(input, init);
    const testId = currentTest(options.testId);
    if (mode === "replay") return recorder.replayer.answer(taken, testId);
    return mode === "record" ? recorder.record(taken, testId) : recorder.recordIfMissing(taken, testId);
  };
  return Object.assign(recording, { flush: () => recorder.flush() });
}

class Recorder {
  readonly replayer: Replayer;
  readonly #fetch: typeof globalThis.fetch;
  readonly #store: RecordingStore;
  readonly #options: RecordingFetchOptions;
  readonly #redactor: Redactor | undefined;
  readonly #turns: Turns | undefined;
  readonly #pending = new Set<Promise<void>>();

  constructor(fetch: typeof globalThis.fetch, store: RecordingStore, options: RecordingFetchOptions) {
    const { redact = {}, sequence = false, mode } = options;
    this.#fetch = fetch;
    this.#store = store;
    this.#options = options;
    this.#redactor = redact === false ? undefined : new Redactor(redact);
    this.#turns = sequence ? new Turns() : undefined;
    // Which of equal requests is missing only the recorder knows.
    this.replayer = new Replayer(
      store,
      mode === "record-if-missing" ? { ...options, sequence: false } : options,
    );
  }

  async flush(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async recordIfMissing(taken: TakenCall, testId: string | null): Promise<Response> {
    taken.signal?.throwIfAborted();
    await this.flush();
    let call;
    try {
      call = await callOf(taken);
    } catch (error) {
      if (!(error instanceof UnusableRequestError)) throw error;
      return this.#passed(taken, error.message);
    }
    const plan = await planOf(call, testId, this.#redactor);
    const turn = this.#turns?.next(plan.hash, testId) ?? 1;
    let found: Found | undefined;
    try {
      found = turn === 1 ? await this.replayer.find(call, testId) : await this.#sequel(plan, turn);
    } catch (error) {
      return this.replayer.unreadable(error);
    }
    return found ? this.replayer.play(found, call) : this.#send(taken, Promise.resolve(plan), turn);
  }

  async record(taken: TakenCall, testId: string | null): Promise<Response> {
    const planning = callOf(taken).then((call) => planOf(call, testId, this.#redactor));
    return this.#send(taken, planning);
  }

  async #sequel({ hash, testId }: RecordingPlan, turn: number): Promise<Found | undefined> {
    const stored = await this.#store.find(turnName(recordingFileName(hash, currentVersion), turn), testId);
    return stored && { stored, isLast: false };
  }

  #passed(taken: TakenCall, reason: string): Promise<Response> {
    this.#tellNot(taken, reason);
    return this.#fetch(taken.input, taken.init);
  }

  /** Makes the call, and keeps what comes of it. */
  async #send(taken: TakenCall, planning: Promise<RecordingPlan>, turn?: number): Promise<Response> {
    const { now = () => performance.now(), mode } = this.#options;
    const start = now();
    const planned = planning.catch((error: unknown) => {
      this.#tellNot(taken, wordsOf(error));
      return undefined;
    });
    let response: Response;
    try {
      response = await this.#fetch(taken.input, taken.init);
    } catch (error) {
      // A network that happens to be down is no answer that is worth to be found next time.
      const isAnswer = mode === "record" && !taken.signal?.aborted;
      if (isAnswer)
        this.#run(planned.then((plan) => plan && this.#keep(plan, turn, failedResponse(wordsOf(error)))));
      throw error;
    }
    // Hashing is done long before an answer comes. With its plan ready, the recording is there when the caller sees the end.
    const plan = taken.streamsBody ? undefined : await planned;
    if (!taken.streamsBody && !plan) return response;
    return observedResponse(response, {
      signal: taken.signal,
      clock: () => now() - start,
      maxLength: recordingLimits.textLength,
      onEnd: (seen) => {
        if (plan) this.#end(taken, plan, turn, seen);
        else this.#run(planned.then((late) => late && this.#end(taken, late, turn, seen)));
      },
    });
  }

  /** Keeps an answer that is over. Never throws: it runs within the caller's reading. */
  #end(taken: TakenCall, plan: RecordingPlan, turn: number | undefined, seen: Seen): void {
    try {
      const { keepTiming = false, mode, onFinding } = this.#options;
      const reason = reasonAgainst(seen, mode);
      const response = reason ?? recordedResponse(plan, seen, keepTiming, onFinding);
      if (typeof response === "string") this.#tellNot(taken, response);
      else this.#run(this.#keep(plan, turn, response));
    } catch (error) {
      this.#tellNot(taken, wordsOf(error));
    }
  }

  async #keep(plan: RecordingPlan, turn: number | undefined, response: RecordedResponse): Promise<void> {
    const { testId, request, hash, isModels } = plan;
    const recording: Recording = {
      test_id: testId,
      request,
      // Without an await where there is nothing to wait for: the store has it in the same turn.
      response: this.#redactor?.secretsIn(response).size ? await this.#redactor.value(response) : response,
      id_normalization_mapping: {},
    };
    const isList = isModels && !response.is_exception;
    const plain = recordingFileName(
      hash,
      currentVersion,
      isList ? await modelListDigest(recording) : undefined,
    );
    const at = turn ?? this.#turns?.next(hash, testId) ?? 1;
    const fileName = isList ? plain : turnName(plain, at);
    await this.#store.put(fileName, testId, recording);
    this.replayer.add({ fileName, folder: testFolder(testId), recording });
  }

  /** Lets something run on that the caller does not wait for. */
  #run(work: Promise<unknown>): void {
    const done = work.then(
      () => undefined,
      (error: unknown) => tell(this.#options.onFinding, { code: "not-recorded", message: wordsOf(error) }),
    );
    this.#pending.add(done);
    void done.then(() => this.#pending.delete(done));
  }

  #tellNot({ method, url }: TakenCall, reason: string): void {
    const place = url.replace(/[?#].*$/s, "");
    tell(this.#options.onFinding, {
      code: "not-recorded",
      message: `${method} ${place} was not recorded: ${reason}`,
    });
  }
}

/** Why an answer cannot be recorded, by how it went. */
function reasonAgainst(
  { isCut, isTooLong, broke, contentType }: Seen,
  mode: RecordingMode | undefined,
): string | undefined {
  if (isCut) return "its caller closed it before the end";
  if (broke !== undefined && mode === "record-if-missing") return `it broke off: ${broke}`;
  if (isTooLong) return "the answer is too long";
  if (!/^$|^text\/|json|javascript|xml/.test(contentType)) return `the answer is no text, but ${contentType}`;
  return undefined;
}
