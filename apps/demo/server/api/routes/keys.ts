import { Hono, type Context } from "hono";

import { jsonAnswer } from "../answer.js";
import type { KeyAdmin, KeyRefusal } from "../api-parts.js";
import { ApiProblem } from "../api-problem.js";
import { isoOf, queryOf, requireAdmin, type Asked } from "../asking.js";
import { readMembers } from "../read-body.js";

const statuses: Readonly<Record<string, number>> = {
  "bad-input": 400,
  "unknown-key": 404,
  "name-taken": 409,
  "changed-by-others": 409,
  "too-many-keys": 409,
};

/** The virtual keys. Whatever changes them is for admins; the text of a key is told once. */
export function keysRoutes(parts: Asked): Hono {
  const { now } = parts;
  const asOf = (): string => isoOf(now());

  function admin(context: Context): KeyAdmin {
    queryOf(context, []);
    requireAdmin(context, parts);
    return keys();
  }

  function keys(): KeyAdmin {
    if (parts.keys) return parts.keys;
    throw new ApiProblem(404, "no_keys", "this server has no keys", { hint: "start it with a file of keys" });
  }

  return new Hono()
    .get("/api/keys", async (context) => {
      queryOf(context, []);
      return jsonAnswer({ items: (await parts.keys?.list()) ?? [], asOf: asOf() });
    })
    .post("/api/keys", async (context) => {
      const made = await admin(context).create(await readMembers(context.req.raw));
      if (!made.ok) throw refused(made);
      return jsonAnswer({ key: made.key, item: made.item, asOf: asOf() }, 201);
    })
    .post("/api/keys/:id/rotate", async (context) => {
      const made = await admin(context).rotate(context.req.param("id"));
      if (!made.ok) throw refused(made);
      return jsonAnswer({ key: made.key, item: made.item, asOf: asOf() });
    })
    .patch("/api/keys/:id", async (context) => {
      const store = admin(context);
      const changed = await store.update(context.req.param("id"), await readMembers(context.req.raw));
      if (!changed.ok) throw refused(changed);
      return jsonAnswer({ item: changed.item, asOf: asOf() });
    })
    .delete("/api/keys/:id", async (context) => {
      const removed = await admin(context).remove(context.req.param("id"));
      if (!removed.ok) throw refused(removed);
      return jsonAnswer({ item: removed.item, asOf: asOf() });
    });
}

function refused({ code, message, field }: KeyRefusal): ApiProblem {
  return new ApiProblem(statuses[code] ?? 503, code.replaceAll("-", "_"), message, { field });
}
