/**
 * What was sent: a value, or its JSON text as a string. Python tells `1.0` from `1` and hashes them differently; the text
 * does too, as do values of `readJson` and `readRecording`, and values with `float(1)` in them. Nothing is `{}`.
 */
export type RequestBody = unknown;

/** A call of a model, or of any other HTTP interface. */
export type InferenceRequest = {
  /** The recorder puts down POST for everything, and so does the default. */
  method?: string | undefined;
  /** In full. */
  url: string;
  body?: RequestBody;
  /** The test that makes the call; none is null. */
  testId?: string | null | undefined;
};

/** A call of a tool. */
export type ToolRequest = { provider: string; toolName: string; kwargs: RequestBody };

/** A file that was given to a file processor. Such recordings were only made in April 2026. */
export type FileProcessorRequest = {
  fileId: string;
  testId?: string | null | undefined;
  chunkingStrategy?: unknown;
  options?: unknown;
};

/** A request of any recipe. */
export type RecordedRequest = InferenceRequest | ToolRequest | FileProcessorRequest;

/** What is hashed: `inference` knows models' endpoints, `http` takes the whole URL. */
export type Recipe = "inference" | "http" | "tool" | "file-processor";

/** Versions of the hash, from July 2025 to April 2026. */
export type HashVersion = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** The versions in the order in which a recording is looked up. */
export const hashVersions: readonly HashVersion[] = [7, 6, 5, 4, 3, 2, 1];

/** What new recordings are written with. */
export const currentVersion: HashVersion = 7;

/** How a request is hashed. */
export type HashOptions = {
  /** Version 7 if not given. The tool and file processor recipes never changed. */
  version?: HashVersion | undefined;
  /** Told from the request's members if not given; a request with a URL is taken for inference. */
  recipe?: Recipe | undefined;
};
