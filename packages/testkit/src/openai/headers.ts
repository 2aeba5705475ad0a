import { idOf } from "./reply.js";

/** The headers that OpenAI sends with every answer; a service that is not OpenAI's has another set. */
export function serviceHeaders(number: number, path: string): Record<string, string> {
  if (path === "/v1/messages") return { "request-id": idOf("req_01", number, 22) };
  return {
    "x-request-id": idOf("req_", number, 32),
    "openai-organization": "org-stub",
    "openai-processing-ms": "12",
    "openai-version": "2020-10-01",
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "2000000",
    "x-ratelimit-remaining-requests": String(Math.max(0, 10_000 - number)),
    "x-ratelimit-remaining-tokens": "1999000",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "30ms",
  };
}
