import { describe, expect, it } from "vitest";

import { apiErrorOf } from "../../server/access/api-error.js";
import * as errors from "../../server/access/errors.js";

const all: [errors.Refusal, status: number, type: string, code: string, cure: RegExp][] = [
  [
    errors.invalidJson("expected a value (line 2, column 3, byte 9)"),
    400,
    "invalid_request_error",
    "invalid_json",
    /line 2, column 3/,
  ],
  [errors.invalidApiKey(), 401, "authentication_error", "invalid_api_key", /Bearer wb-/],
  [errors.scopeMissing("read"), 403, "permission_error", "scope_missing", /scope read/],
  [errors.modelNotAllowed("gpt-4o"), 403, "permission_error", "model_not_allowed", /"gpt-4o"/],
  [errors.modelNotAllowed(""), 403, "permission_error", "model_not_allowed", /name no model/],
  [
    errors.modelUnpriced("m", "no price"),
    403,
    "permission_error",
    "model_unpriced",
    /--prices FILE.*\{"m":\{"input_cost_per_token".*--unpriced allow/,
  ],
  [
    errors.uncounted("docs"),
    403,
    "permission_error",
    "not_accountable",
    /"docs" has a budget.*a key without/,
  ],
  [errors.requestTooLarge(1024), 413, "invalid_request_error", "request_too_large", /1024 bytes/],
  [errors.budgetExceeded("spent"), 429, "insufficient_quota", "budget_exceeded", /spent/],
  [errors.rateLimitExceeded(1500), 429, "rate_limit_error", "rate_limit_exceeded", /2 s/],
  [
    errors.upstreamUnreachable("api.test", "ECONNREFUSED"),
    502,
    "upstream_error",
    "upstream_unreachable",
    /api\.test.*ECONNREFUSED.*--upstream/,
  ],
  [
    errors.upstreamTimeout("api.test", "connect", 1000),
    504,
    "upstream_error",
    "upstream_timeout",
    /\(connect\)/,
  ],
  [
    errors.upstreamTimeout("api.test", "headers", 1000),
    504,
    "upstream_error",
    "upstream_timeout",
    /\(headers\)/,
  ],
  [errors.upstreamTimeout("api.test", "idle", 1000), 504, "upstream_error", "upstream_timeout", /\(idle\)/],
  [errors.upstreamCut("api.test", "ECONNRESET"), 502, "upstream_error", "upstream_cut", /ECONNRESET/],
  [errors.budgetUnknown("locked"), 503, "server_error", "budget_unknown", /locked/],
  [errors.shuttingDown(), 503, "server_error", "shutting_down", /wait/],
];

describe("an error of ours", () => {
  it.each(all)(
    "%# says whose it is, what it is and what to do",
    ({ status: given, body }, status, type, code, cure) => {
      expect([given, body]).toEqual([
        status,
        { error: { message: expect.stringMatching(/^Waybill: /), type, code, param: body.error.param } },
      ]);
      expect(body.error.message).toMatch(cure);
    },
  );

  it("does not repeat a name without end", () => {
    const long = "x".repeat(1_000_000);
    for (const { body } of [
      errors.modelNotAllowed(long),
      errors.uncounted(long),
      errors.modelUnpriced(long, "no price"),
    ])
      expect(body.error.message.length).toBeLessThan(700);
  });

  it("tells clients when trying again is no use, and when it is", () => {
    expect(errors.budgetExceeded("x").headers).toEqual({ "x-should-retry": "false" });
    expect(errors.invalidApiKey().headers).toMatchObject({ "x-should-retry": "false" });
    expect(errors.rateLimitExceeded(100).headers).toEqual({ "retry-after": "1" });
  });

  it("has the page's shape where the page asks", () => {
    expect(apiErrorOf(errors.modelNotAllowed("m"), "r1")).toEqual({
      error: { code: "model_not_allowed", message: expect.any(String), field: "model", requestId: "r1" },
    });
  });
});
