/** What was met while replaying or recording that a caller cannot see from its answer. */
export type RecordingFinding = {
  code: /** No recording answers the request; the message says what is nearest. */
    | "recording-not-found"
    /** A file that may have the answer cannot be read. */
    | "recording-unreadable"
    /** The file's own request does not have the hash that is its name: it was edited or renamed. */
    | "edited-recording"
    /** A type in an envelope that is not known. The data was sent as it is. */
    | "unknown-type"
    /** The request cannot be looked up: it has no JSON body. */
    | "unusable-request"
    /** The call went through and was not recorded. */
    | "not-recorded"
    /** An event of a stream was not recorded, since it is not JSON. */
    | "event-skipped";
  /** Folder and name of the recording that it is about. */
  file?: string | undefined;
  message: string;
};

/** Hears of findings. What it throws is lost: it must not change an answer. */
export type OnFinding = (finding: RecordingFinding) => void;

/** Tells a finding to who listens. */
export function tell(onFinding: OnFinding | undefined, finding: RecordingFinding): void {
  try {
    onFinding?.(finding);
  } catch {
    // Whoever listens is not part of the call.
  }
}
