import { ALPHANUMERIC, AUTHORITY, endOfRun, isOf, PARAMETER, standsAt } from "./characters.js";
import { unitBefore, type Detector } from "./scan.js";
import { afterTokens, withoutTokens } from "./token.js";

/*
 * Secrets in addresses, at the first colon.
 */

/** User and password of `scheme://user:password@host`. A user alone is left to the other detectors. */
export const addressPassword: Detector = (scan, at) => {
  const { text } = scan;
  if (text.charCodeAt(at + 1) !== 0x2f || text.charCodeAt(at + 2) !== 0x2f) return undefined;
  if (!isOf(unitBefore(scan, at), ALPHANUMERIC) || standsAt(text, at - 6, "mailto")) return undefined;
  const start = at + 3;
  const host = text.slice(start, endOfRun(text, start, AUTHORITY, 512)).lastIndexOf("@");
  if (host < 0 || !withoutTokens(text, start, start + host).includes(":")) return undefined;
  return { start, end: start + host, kind: "url" };
};

const slack = "//hooks.slack.com/";

/** What lets anybody write to a channel: the path of a webhook of Slack. */
export const webhook: Detector = ({ text }, at) => {
  if (text.charCodeAt(at + 3) !== 0x68 || !standsAt(text, at + 1, slack)) return undefined;
  const path = at + 1 + slack.length;
  const kind = ["services/", "workflows/", "triggers/"].find((each) => standsAt(text, path, each));
  if (kind === undefined) return undefined;
  const start = afterTokens(text, path + kind.length);
  const end = endOfRun(text, start, PARAMETER);
  return end - start < 16 ? undefined : { start, end, kind: "slack-webhook" };
};
