import { Hono } from "hono";

import { jsonAnswer } from "../answer.js";
import { ApiProblem } from "../api-problem.js";
import { queryOf, type Asked } from "../asking.js";
import { auditText } from "../audit-text.js";
import { readText } from "../read-body.js";

const MOST_BYTES = 16 * 1024 * 1024;
/** Documents that are looked at, or read, at the same time. */
const MOST_AT_ONCE = 4;

/** `POST /api/audit`: what a document of any of our formats says, and whether it adds up. Nothing of it is kept. */
export function auditRoute(parts: Asked): Hono {
  const { engine, now } = parts;
  let running = 0;
  return new Hono().post("/api/audit", async (context) => {
    queryOf(context, []);
    if (running >= MOST_AT_ONCE)
      throw new ApiProblem(503, "too_many_audits", `${MOST_AT_ONCE} documents are being read`, {
        hint: "try again",
      });
    running++;
    try {
      return jsonAnswer(await auditText(await readText(context.req.raw, MOST_BYTES), engine, now()));
    } finally {
      running--;
    }
  });
}
