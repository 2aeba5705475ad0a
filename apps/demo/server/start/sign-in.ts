import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";

import { apiError } from "../access/api-error.js";
import { readBody } from "../access/body.js";
import type { Sessions } from "../access/session.js";

/** A token is short: what is longer is none. */
const MOST_BYTES = 4096;

/**
 * `POST /api/session` with `{ "token": "..." }`: the admin token for a session, whose id is in a cookie that no script can
 * read. `DELETE /api/session` ends it. Both stand behind the guard of the API, which counts the tries.
 */
export function signInRoutes(sessions: Sessions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post("/api/session", async (context) => {
    const body = await readBody(context.env.incoming, MOST_BYTES);
    const begun = body.ok ? sessions.begin(tokenIn(body.bytes)) : undefined;
    if (!begun) {
      const hint = "send the token that the server was started with";
      return context.json(
        apiError("wrong_token", "the token is not the admin token", crypto.randomUUID(), { hint }),
        401,
      );
    }
    context.header("set-cookie", begun.cookie);
    return context.json({ role: "admin", csrf: begun.session.csrf });
  });
  app.delete("/api/session", (context) => {
    context.header("set-cookie", sessions.end(context.req.header("cookie")));
    return context.body(null, 204);
  });
  return app;
}

function tokenIn(bytes: Buffer): string {
  try {
    const { token } = JSON.parse(bytes.toString("utf8")) as { token?: unknown };
    return typeof token === "string" ? token : "";
  } catch {
    return "";
  }
}
