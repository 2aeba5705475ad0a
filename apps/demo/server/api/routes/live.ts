import type { HttpBindings } from "@hono/node-server";
import { Hono, type Context } from "hono";

import { clientOf, type Identity } from "../../access/identity.js";
import { withDelivery } from "../../delivery/latest-states.js";
import type { LiveRequest } from "../../live/live-feed.js";
import { MOST_OF_ONE, MOST_STREAMS } from "../../live/live-limits.js";
import { answerHeaders } from "../answer.js";
import { ApiProblem, badValue, quoted } from "../api-problem.js";
import { filtersOf, limitsOf, queryOf, type Asked } from "../asking.js";

/** `/api/live`: what happens, as server-sent events; of the calls that pass the filters, or of one call. */
export function liveRoute(parts: Asked): Hono {
  const { live, ledger } = parts;

  async function requested(context: Context): Promise<LiveRequest> {
    const isOne = new URL(context.req.url).searchParams.has("call");
    if (!isOne) {
      const { query, filters } = filtersOf(context, parts, ["since"]);
      return { filters, lastSeq: lastSeqOf(context.req.header("last-event-id") ?? query.one("since")) };
    }
    const query = queryOf(context, ["call", "since"]);
    const id = query.one("call") ?? "";
    if (live.calls.get(id)) return { call: id };
    const limits = limitsOf(context, parts);
    const found = await ledger.byId(id, limits);
    if (!found)
      throw new ApiProblem(404, "call_not_found", `there is no call ${quoted(id)}`, { field: "call" });
    const [row] = await withDelivery(ledger, [found.row], limits);
    return { call: id, row };
  }

  return new Hono().get("/api/live", async (context) => {
    const { outgoing, incoming } = (context.env ?? {}) as Partial<HttpBindings>;
    const identity = context.get("identity" as never) as Identity | undefined;
    const client = identity && clientOf(identity, incoming?.socket.remoteAddress);
    const stream = live.feed.open({ ...(await requested(context)), client, cut: () => outgoing?.destroy() });
    if (!stream)
      throw new ApiProblem(
        503,
        "too_many_streams",
        `${MOST_STREAMS} pages are watching already, or ${MOST_OF_ONE} of yours`,
        {
          hint: "close some of them, or ask /api/calls every few seconds",
        },
      );
    return new Response(stream, {
      headers: {
        ...answerHeaders,
        "content-type": "text/event-stream; charset=utf-8",
        // Proxies that collect answers would keep the events back.
        "x-accel-buffering": "no",
      },
    });
  });
}

/** The id of the last event that a client has; browsers send it on their own when they connect again. */
function lastSeqOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw badValue("since", `is the id of an event, not ${quoted(text)}`, "leave it out");
}
