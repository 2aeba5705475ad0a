import { WaybillError } from "@waybill/core/errors";

import type { LangfuseExporterOptions } from "./exporter.js";
import { isEnvironment } from "./options.js";

/** Environment variables by name: `process.env`, or what a platform has instead. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options that Langfuse's environment variables name; what they do not name is absent. `LANGFUSE_BASE_URL` comes before
 * `LANGFUSE_HOST`, and that before `LANGFUSE_BASEURL`.
 * @throws WaybillError `bad-option` for missing keys, and for a rate, a time or an environment that cannot be used
 */
export function langfuseOptionsFromEnv(env: Environment): LangfuseExporterOptions {
  const { LANGFUSE_PUBLIC_KEY: publicKey, LANGFUSE_SECRET_KEY: secretKey } = env;
  if (!publicKey || !secretKey)
    throw new WaybillError("bad-option", "LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY: both must be set");
  const environment = env.LANGFUSE_TRACING_ENVIRONMENT || undefined;
  if (environment !== undefined && !isEnvironment(environment))
    refuse("LANGFUSE_TRACING_ENVIRONMENT", environment);
  const seconds = numberOf(env, "LANGFUSE_TIMEOUT", (value) => value > 0);
  return {
    publicKey,
    secretKey,
    baseUrl: env.LANGFUSE_BASE_URL || env.LANGFUSE_HOST || env.LANGFUSE_BASEURL || undefined,
    release: env.LANGFUSE_RELEASE || undefined,
    environment,
    sampleRate: numberOf(env, "LANGFUSE_SAMPLE_RATE", (value) => value >= 0 && value <= 1),
    timeoutMs: seconds === undefined ? undefined : seconds * 1000,
  };
}

function numberOf(env: Environment, name: string, isUsable: (value: number) => boolean): number | undefined {
  const text = env[name];
  if (!text) return undefined;
  const value = Number(text);
  if (!isUsable(value)) refuse(name, text);
  return value;
}

function refuse(name: string, value: string): never {
  throw new WaybillError("bad-option", `${name}: ${value} cannot be used`);
}
