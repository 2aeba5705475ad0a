import { createHash } from "node:crypto";

import { Hono } from "hono";

import { cacheControl, pageHeaders } from "../access/page-headers.js";
import { pageHtml } from "./page-html.js";
import { pageScript } from "./page-script.js";
import { pageStyle } from "./page-style.js";

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
    const headers = { ...pageHeaders, "cache-control": cacheControl(false), "content-type": type, etag };
    app.get(path, (context) =>
      context.req.header("if-none-match") === etag
        ? new Response(null, { status: 304, headers })
        : new Response(text, { headers }),
    );
  }
  return app;
}
