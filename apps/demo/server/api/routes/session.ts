import { Hono } from "hono";

import { jsonAnswer } from "../answer.js";
import { isoOf, queryOf, type Asked } from "../asking.js";
import type { Session } from "../schemas.js";

/** `/api/session`: who asks, and whom. */
export function sessionRoute(parts: Asked): Hono {
  const { about, visitor, ledger, now } = parts;
  return new Hono().get("/api/session", (context) => {
    queryOf(context, []);
    const { role, authRequired } = visitor(context);
    const answer: Session = { ...about, role, authRequired, recovered: ledger.recovered, asOf: isoOf(now()) };
    return jsonAnswer(answer);
  });
}
