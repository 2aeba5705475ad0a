import type { StandardLoggingPayloadEmit } from "@waybill/core";

import { membersOf, textOf, type Members } from "./members.js";

type AdditionalHeaders = NonNullable<StandardLoggingPayloadEmit["hidden_params"]["additional_headers"]>;
type Name = Extract<keyof AdditionalHeaders, string>;

/** Where providers tell the rate limits. */
const rateLimits: readonly [name: Name, ...headers: string[]][] = [
  ["x_ratelimit_limit_requests", "x-ratelimit-limit-requests", "anthropic-ratelimit-requests-limit"],
  ["x_ratelimit_limit_tokens", "x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit"],
  [
    "x_ratelimit_remaining_requests",
    "x-ratelimit-remaining-requests",
    "anthropic-ratelimit-requests-remaining",
  ],
  ["x_ratelimit_remaining_tokens", "x-ratelimit-remaining-tokens", "anthropic-ratelimit-tokens-remaining"],
  ["x_ratelimit_reset_requests", "x-ratelimit-reset-requests", "anthropic-ratelimit-requests-reset"],
  ["x_ratelimit_reset_tokens", "x-ratelimit-reset-tokens", "anthropic-ratelimit-tokens-reset"],
];

const requestIds = [
  "x-request-id",
  "request-id",
  "x-amzn-requestid",
  "apim-request-id",
  "x-ms-request-id",
  "x-goog-request-id",
];

/** Headers by their names in lower case. */
export function headersOf(value: unknown): Members {
  return Object.fromEntries(
    Object.entries(membersOf(value)).map(([name, text]) => [name.toLowerCase(), text]),
  );
}

/**
 * The rate limits among the headers: whole numbers, and durations such as "6ms" as text. LiteLLM makes numbers of them
 * all, so it keeps none that is not whole.
 */
export function rateLimitsOf(headers: Members, isLitellm: boolean): AdditionalHeaders {
  const found: AdditionalHeaders = {};
  for (const [name, ...sources] of rateLimits) {
    const stated = sources.map((source) => headers[source]).find((value) => value !== undefined);
    const text = typeof stated === "number" ? String(stated) : textOf(stated)?.trim();
    if (text === undefined) continue;
    const isWhole = /^[0-9]{1,15}$/.test(text);
    const isReset = name.startsWith("x_ratelimit_reset");
    if (isWhole && (isLitellm || !isReset)) found[name] = Number(text);
    else if (!isLitellm) found[name] = text;
  }
  return found;
}

/** The provider's id of the request. */
export function requestIdOf(headers: Members): string | undefined {
  return requestIds.map((name) => textOf(headers[name])).find((id) => id !== undefined);
}
