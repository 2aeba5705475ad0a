import type { StoredRecording } from "../store/recording-store.js";
import type { Call } from "./call.js";

/** A recording that answers a call. */
export type Found = {
  stored: StoredRecording;
  /** Whether the same call will get the same answer again. */
  isLast: boolean;
};

/** A way to find the recording of a call. */
export type Lookup = {
  find(call: Call, testId: string | null): Promise<Found | undefined>;
};
