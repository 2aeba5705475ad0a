import type { RecordingStore } from "../store/recording-store.js";
import { takeCall } from "./call.js";
import { currentTest, type ReplayOptions, type TestId } from "./replay-options.js";
import { Replayer } from "./replayer.js";

/** How a `fetch` answers from recordings. */
export type ReplayFetchOptions = ReplayOptions & { testId?: TestId | undefined };

/**
 * A `fetch` that answers from recordings and never from the network. What is not recorded is answered 404, with the
 * nearest recording and where it differs; a request that cannot be looked up 400; a file that cannot be read 500.
 * @throws WaybillError `bad-option`
 */
export function createReplayFetch(store: RecordingStore, options: ReplayFetchOptions = {}): typeof fetch {
  const replayer = new Replayer(store, options);
  return async (input, init) => replayer.answer(takeCall(input, init), currentTest(options.testId));
}
