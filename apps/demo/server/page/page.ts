import { createHash } from "node:crypto";

import { Hono } from "hono";

import { pageHtml } from "./page-html.js";
import { pageScript } from "./page-script.js";
import { pageStyle } from "./page-style.js";

/** Nothing runs and nothing is loaded that is not of this server, and no text becomes HTML or a script. */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Headers of every file of the page. */
export const pageHeaders = {
  "content-security-policy": contentPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "cache-control": "no-cache",
} as const;

const files: readonly [path: string, type: string, text: string][] = [
  ["/", "text/html; charset=utf-8", pageHtml],
  ["/page.js", "text/javascript; charset=utf-8", pageScript],
  ["/page.css", "text/css; charset=utf-8", pageStyle],
];

/** The plain page: totals, deliveries and the live list. */
export function createPage(): Hono {
  const app = new Hono();
  for (const [path, type, text] of files) {
    const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 20)}"`;
    const headers = { ...pageHeaders, "content-type": type, etag };
    app.get(path, (context) =>
      context.req.header("if-none-match") === etag
        ? new Response(null, { status: 304, headers })
        : new Response(text, { headers }),
    );
  }
  return app;
}
