import { wordsOf } from "@waybill/core/thrown";
import { Hono } from "hono";

import { answerHeaders, errorAnswer, isForeseen } from "./answer.js";
import type { ApiParts } from "./api-parts.js";
import { ApiProblem } from "./api-problem.js";
import type { Asked } from "./asking.js";
import { auditRoute } from "./routes/audit.js";
import { callRoutes } from "./routes/call.js";
import { callsRoute } from "./routes/calls.js";
import { deliveryRoutes } from "./routes/delivery.js";
import { exportRoute } from "./routes/export.js";
import { figuresRoutes } from "./routes/figures.js";
import { keysRoutes } from "./routes/keys.js";
import { liveRoute } from "./routes/live.js";
import { sessionRoute } from "./routes/session.js";

const HEADER = "x-request-id";

/** The API of the page. Whatever guards it comes first, and every answer has the id of its request. */
export function createApi(given: ApiParts): Hono {
  const parts: Asked = {
    ...given,
    now: given.now ?? Date.now,
    newId: given.newId ?? (() => crypto.randomUUID()),
  };
  const app = new Hono();
  app.use("/api/*", async (context, next) => {
    await next();
    if (!context.res.headers.has(HEADER)) context.res.headers.set(HEADER, parts.newId());
    for (const [name, value] of Object.entries(answerHeaders)) context.res.headers.set(name, value);
  });
  for (const guard of given.guard ?? []) app.use("/api/*", guard);
  for (const routes of [
    sessionRoute,
    callsRoute,
    callRoutes,
    figuresRoutes,
    auditRoute,
    deliveryRoutes,
    keysRoutes,
    exportRoute,
    liveRoute,
  ])
    app.route("/", routes(parts));
  app.all("/api/*", (context) => {
    throw new ApiProblem(
      404,
      "not_found",
      `there is no ${context.req.method} ${context.req.path.slice(0, 100)}`,
    );
  });
  app.onError((error) => {
    const requestId = parts.newId();
    if (!isForeseen(error)) console.error(`api: request ${requestId} failed: ${wordsOf(error)}`);
    return errorAnswer(error, requestId);
  });
  return app;
}
