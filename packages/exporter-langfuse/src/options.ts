import type { StandardLoggingPayload } from "@waybill/core";
import { WaybillError } from "@waybill/core/errors";

/** What is written about a call, in both forms. */
export type MappingOptions = {
  /** Prompts, answers, tools and texts of errors; true by default, since they are what Langfuse is looked at for. */
  content?: boolean | undefined;
  /** Most characters of an input or an output as JSON; 400,000 by default. Longer texts inside of it are cut. */
  maxContent?: number | undefined;
  /** Langfuse environment, e.g. "production": up to 40 of a-z, 0-9, `-` and `_`, not beginning with `langfuse`. */
  environment?: string | undefined;
  /** Release of the application. At most 200 characters are sent, of the version too. */
  release?: string | undefined;
  /** Version of the application. */
  version?: string | undefined;
  /**
   * Where tokens and cost are unknown, Langfuse counts the tokens of the texts itself and shows the result like a fact. True
   * keeps it from that, by a cost of 0. That is then no fact either: `metadata.usage_source` is "missing" both ways.
   */
  suppressServerEstimate?: boolean | undefined;
};

/** How payloads are mapped, and who hears of those that cannot be. */
export type BatchOptions = MappingOptions & {
  /** Called for a payload that is left out: it is no object, has no id, or throws when it is read. */
  onUnmappable?: ((index: number, reason: string) => void) | undefined;
};

/** Most characters of what Langfuse keeps of a trace: names, users, sessions, tags. */
const MAX_TRACE_TEXT = 200;

/** The server's rule for names of environments; it makes anything else "default" in silence. */
const environmentName = /^(?!langfuse)[a-z0-9_-]{1,40}$/;

/** Whether the server keeps an environment of this name. */
export function isEnvironment(name: unknown): name is string {
  return typeof name === "string" && environmentName.test(name);
}

/** @throws WaybillError `bad-option` for an environment that the server would not keep. */
export function checkMappingOptions({ environment }: MappingOptions): void {
  if (environment === undefined || isEnvironment(environment)) return;
  throw new WaybillError(
    "bad-option",
    `environment: ${JSON.stringify(environment)} is not up to 40 of a-z, 0-9, - and _`,
  );
}

/** A text that stands on a trace. */
export function traceText(text: string | undefined): string | undefined {
  return text?.slice(0, MAX_TRACE_TEXT) || undefined;
}

/** @throws TypeError when the payload has no id. */
export function callIdOf({ id, litellm_call_id }: StandardLoggingPayload): string {
  const found = [id, litellm_call_id].find((each) => typeof each === "string" && each !== "");
  if (typeof found !== "string") throw new TypeError("neither id nor litellm_call_id");
  return found;
}
