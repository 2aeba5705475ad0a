import { wordsOf } from "@waybill/core/thrown";
import { langfuseOptionsFromEnv } from "@waybill/exporter-langfuse";
import { otlpOptionsFromEnv } from "@waybill/exporter-otlp/environment";
import { endpointOf } from "@waybill/exporter-otlp/http";

import type { Values } from "./options.js";
import type { SettingsProblem } from "./problem.js";
import type { Settings } from "./settings.js";
import type { Environment } from "./values.js";

/** Where records are delivered, by the variables of Langfuse and of OpenTelemetry, and by the members of the file below them. */
export function readSinks(
  values: Values,
  env: Environment,
): { sinks: Settings["sinks"]; problems: SettingsProblem[]; warnings: string[] } {
  const problems: SettingsProblem[] = [];
  const warnings: string[] = [];
  const attempt = <Sink>(place: string, read: () => Sink): Sink | null => {
    try {
      return read();
    } catch (error) {
      problems.push({ place, message: wordsOf(error) });
      return null;
    }
  };

  const { langfusePublicKey, langfuseSecretKey, langfuseBaseUrl, otlpEndpoint, otlpHeaders } = values;
  const hasLangfuse = langfusePublicKey !== undefined || langfuseSecretKey !== undefined;
  if (!hasLangfuse && langfuseBaseUrl !== undefined)
    warnings.push("an address of Langfuse is set without keys: the stub stands in for it");
  const langfuse = hasLangfuse
    ? attempt("LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY", () => {
        const options = langfuseOptionsFromEnv({
          ...env,
          LANGFUSE_PUBLIC_KEY: langfusePublicKey,
          LANGFUSE_SECRET_KEY: langfuseSecretKey,
          LANGFUSE_BASE_URL: langfuseBaseUrl,
        });
        if (options.baseUrl !== undefined) endpointOf(options.baseUrl);
        return options;
      })
    : null;

  const tracesEndpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const otlp =
    otlpEndpoint !== undefined || tracesEndpoint
      ? attempt("OTEL_EXPORTER_OTLP_*", () => {
          const options = otlpOptionsFromEnv({
            ...env,
            OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
            OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders,
          });
          for (const address of [options.endpoint, options.tracesEndpoint])
            if (address !== undefined) endpointOf(address, "", options.allowHttp);
          return options;
        })
      : null;
  return { sinks: { langfuse, otlp }, problems, warnings };
}
