import { Type } from "@sinclair/typebox";

import type { Kind, Read } from "./kinds.js";

/** An address without anything secret in it: an upstream, to which paths are added. No slash at its end. */
export const upstreamAddress: Kind<string> = ofText(
  "URL",
  "^https?://",
  "an http or https address without user, password, query or fragment, such as https://api.openai.com/v1",
  (url) =>
    url.username === "" && url.password === "" && url.search === "" && url.hash === ""
      ? url.href.replace(/\/+$/, "")
      : undefined,
);

/** Where a page comes from: scheme, host and port. "*" and "null" are none. */
export const origin: Kind<string> = ofText(
  "ORIGIN",
  "^https?://[^/?#@]+/?$",
  "an origin such as https://app.example.com, without a path; every origin at once (*) is not offered",
  (url) =>
    url.username === "" && url.password === "" && url.pathname === "/" && url.search === "" && url.hash === ""
      ? url.origin
      : undefined,
);

function ofText(
  shape: string,
  pattern: string,
  wanted: string,
  accept: (url: URL) => string | undefined,
): Kind<string> {
  const fromText = (text: string): Read<string> => {
    // The URL parser drops tabs and line breaks in silence.
    const isPlain = /^https?:\/\/[\x21-\x7e]+$/i.test(text) && text.length <= 2048;
    const url = isPlain && URL.canParse(text) ? new URL(text) : undefined;
    const value = url && accept(url);
    return value === undefined ? { ok: false, wanted } : { ok: true, value };
  };
  return {
    shape,
    mayHoldSecret: true,
    schema: Type.String({ pattern, maxLength: 2048 }),
    fromText,
    fromJson: (value) => (typeof value === "string" ? fromText(value) : { ok: false, wanted }),
  };
}
