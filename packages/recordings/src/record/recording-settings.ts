import { WaybillError } from "@waybill/core";

/** What a recording `fetch` does with a call. */
export type RecordingMode = "live" | "replay" | "record" | "record-if-missing";

/** What llama-stack's environment variables say about recording. */
export type RecordingSettings = {
  mode: RecordingMode;
  /** The base folder, whose `recordings` hold what belongs to no test. */
  directory: string;
  /** Whether the stack runs in the test's process, or behind HTTP, where a header names the test. */
  stackConfigType: "library_client" | "server";
  debug: boolean;
};

const modes: readonly string[] = ["live", "replay", "record", "record-if-missing"] satisfies RecordingMode[];

/**
 * Reads the variables `OGX_TEST_INFERENCE_MODE`, `OGX_TEST_RECORDING_DIR`, `OGX_TEST_STACK_CONFIG_TYPE` and
 * `OGX_TEST_DEBUG` from an environment such as `process.env`. Their older names begin with `LLAMA_STACK_`.
 * @throws WaybillError `unknown-mode`, `unknown-stack-config-type`
 */
export function recordingSettings(env: Readonly<Record<string, string | undefined>>): RecordingSettings {
  const valueOf = (name: string): string | undefined =>
    env[`OGX_TEST_${name}`] ?? env[`LLAMA_STACK_TEST_${name}`];
  const stackConfigType = valueOf("STACK_CONFIG_TYPE") ?? "library_client";
  if (stackConfigType !== "library_client" && stackConfigType !== "server") {
    const message = `OGX_TEST_STACK_CONFIG_TYPE is library_client or server, not ${JSON.stringify(stackConfigType)}`;
    throw new WaybillError("unknown-stack-config-type", message);
  }
  return {
    mode: checkedMode(valueOf("INFERENCE_MODE") ?? "replay"),
    directory: valueOf("RECORDING_DIR") ?? "tests/integration/common",
    stackConfigType,
    debug: ["1", "true", "yes"].includes((valueOf("DEBUG") ?? "").toLowerCase()),
  };
}

/**
 * A mode by its name, in any case.
 * @throws WaybillError `unknown-mode`
 */
export function checkedMode(name: string): RecordingMode {
  const mode = name.toLowerCase();
  if (modes.includes(mode)) return mode as RecordingMode;
  const message = `there is no mode ${JSON.stringify(name)}: it is ${modes.join(", ")}`;
  throw new WaybillError("unknown-mode", message);
}
