import type { StandardLoggingPayload } from "@waybill/core";
import { Hono, type Context } from "hono";

import { exportNames, exportOf } from "../../delivery/exports.js";
import { emptyStates } from "../../delivery/latest-states.js";
import { answerHeaders, jsonAnswer } from "../answer.js";
import { ApiProblem, quoted } from "../api-problem.js";
import { limitsOf, queryOf, type Asked } from "../asking.js";
import { wordOf } from "../query.js";
import { liveWaybillOf, waybillOf } from "../waybill.js";

/** One call: its waybill, its record, and what the record becomes at a sink. */
export function callRoutes(parts: Asked): Hono {
  const { ledger, live, engine, now, exports: options } = parts;

  async function waybill(context: Context): Promise<Response> {
    queryOf(context, []);
    const id = idOf(context);
    const open = live.calls.get(id);
    if (open) return jsonAnswer(liveWaybillOf(open, now()));
    const limits = limitsOf(context, parts);
    const [found, events] = await Promise.all([ledger.byId(id, limits), ledger.deliveriesOf([id], limits)]);
    if (!found) throw await unknownCall(id, parts);
    const delivery = emptyStates();
    for (const { sink, state } of events) delivery[sink] = state;
    const row = { ...found.row, delivery };
    return jsonAnswer(waybillOf(row, JSON.parse(found.payload), events, engine, now()));
  }

  async function payload(context: Context): Promise<Response> {
    const isDownload = downloads(context);
    const id = idOf(context);
    return document(await textOfRecord(context, id), `${id}.json`, isDownload);
  }

  async function exported(context: Context): Promise<Response> {
    const isDownload = downloads(context);
    const id = idOf(context);
    const name = wordOf("sink", context.req.param("sink") ?? "", exportNames);
    const record = JSON.parse(await textOfRecord(context, id)) as StandardLoggingPayload;
    return document(JSON.stringify(exportOf(name, record, options)), `${id}.${name}.json`, isDownload);
  }

  async function textOfRecord(context: Context, id: string): Promise<string> {
    const text = await ledger.payloadText(id, limitsOf(context, parts));
    if (text === null) throw await unknownCall(id, parts);
    return text;
  }

  return new Hono()
    .get("/api/calls/:id", waybill)
    .get("/api/calls/:id/payload", payload)
    .get("/api/calls/:id/exports/:sink", exported);
}

/** Ids come from outside, and may be anything that can stand in an address. */
function idOf(context: Context): string {
  const id = context.req.param("id") ?? "";
  if (id.length <= 1000) return id;
  throw new ApiProblem(404, "call_not_found", "no call has an id as long as this one");
}

function downloads(context: Context): boolean {
  return queryOf(context, ["download"]).word("download", ["0", "1"]) === "1";
}

/** Says what is held: most ids that are not there were there once. */
async function unknownCall(id: string, { ledger, live, about }: Asked): Promise<ApiProblem> {
  if (live.calls.get(id)) {
    const message = `the call ${quoted(id)} has not ended, and its record is not written`;
    return new ApiProblem(409, "call_not_ended", message, { hint: "wait for its end" });
  }
  const { calls, oldest, newest } = await ledger.span({ timeoutMs: 2000 });
  const held =
    oldest && newest
      ? `it holds ${calls} calls from ${oldest.startedAt} (${oldest.id}) to ${newest.startedAt} (${newest.id}), and keeps them ${about.retentionDays} days`
      : "it holds no call yet";
  return new ApiProblem(404, "call_not_found", `the call ${quoted(id)} is not in this ledger: ${held}`);
}

/** A document as it is, of any size. */
function document(text: string, name: string, isDownload: boolean): Response {
  const file = name.replace(/[^\w.-]/g, "_").slice(-150);
  return new Response(text, {
    headers: {
      ...answerHeaders,
      "content-type": "application/json; charset=utf-8",
      ...(isDownload ? { "content-disposition": `attachment; filename="${file}"` } : {}),
    },
  });
}
