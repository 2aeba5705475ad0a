/*
 * The regular expressions of the published schemas. They mean the same in ECMAScript, Python and RE2 (no look-around, no
 * \d, which is Unicode-wide elsewhere; scripts/json-schema.ts sees to Python's $), have no nested quantifiers, and every string that carries one has a maxLength.
 */

const date =
  "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))" +
  "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
const hour = "(?:[01][0-9]|2[0-3])";

/** The patterns by what they ask for. */
export const patterns = {
  dateTime: `^${date}T${hour}:[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]+)?)?(?:Z|[+-]${hour}:[0-5][0-9])$`,
  utcTime: `^${date}T${hour}:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3,9}Z$`,
  decimal: "^-?[0-9]+(?:\\.[0-9]+)?$",
  environment: "^[a-z0-9_-]+$",
  oneLine: "^[^\\r]*$",
  toolChoice: "^(?:none|auto|required)$",
  functionChoice: "^(?:none|auto)$",
} as const;

/** What each pattern asks for, in words; the generator writes these into the validators in place of the pattern. */
export const patternMeanings: Record<keyof typeof patterns, string> = {
  dateTime: "an ISO 8601 time with a zone, such as 2026-01-02T03:04:05.678Z",
  utcTime: "an ISO 8601 time in UTC with milliseconds, such as 2026-01-02T03:04:05.678Z",
  decimal: "a decimal number without exponent, such as 0.000575",
  environment: "lower-case letters, digits, hyphens and underscores",
  oneLine: "text without a carriage return",
  toolChoice: '"none", "auto" or "required"',
  functionChoice: '"none" or "auto"',
};
