import { WaybillError, type DeadLetter } from "@waybill/core";
import { Hono, type Context } from "hono";

import { idInText } from "../../delivery/call-id.js";
import { deliveryAnswer, type DeadLetters } from "../../delivery/delivery-answer.js";
import { jsonAnswer } from "../answer.js";
import { ApiProblem, badValue, quoted } from "../api-problem.js";
import { isoOf, queryOf, requireAdmin, type Asked } from "../asking.js";
import type { Query } from "../query.js";
import { readMembers } from "../read-body.js";
import type { DeadLettersAnswer, DeliveryAnswer } from "../schemas.js";

const MOST_LETTERS = 200;
const DEFAULT_LIMIT = 50;

/** What the sinks are at, and the records that they will never take. */
export function deliveryRoutes(parts: Asked): Hono {
  const { delivery, now } = parts;

  function overview(context: Context): Response {
    const query = queryOf(context, ["sink"]);
    const answer: DeliveryAnswer = deliveryAnswer(delivery, now());
    const name = query.one("sink");
    if (name === undefined) return jsonAnswer(answer);
    return jsonAnswer({ ...answer, sinks: answer.sinks.filter((sink) => sink.name === sinkOf(name)) });
  }

  function dead(context: Context): Response {
    const query = queryOf(context, ["sink", "cursor", "limit"]);
    const sink = sinkOf(query.one("sink"));
    const limit = query.count("limit", 1, MOST_LETTERS) ?? DEFAULT_LIMIT;
    const after = afterOf(query, sink);
    const letters = fromSpool((spool) =>
      spool.deadLetters(sink, { limit: limit + 1, ...(after === undefined ? {} : { after }) }),
    );
    const shown = letters.slice(0, limit);
    const last = letters.length > limit ? shown.at(-1) : undefined;
    const answer: DeadLettersAnswer = {
      sink,
      items: shown.map(letterOf),
      ...(last ? { next: Buffer.from(JSON.stringify(["dead", sink, last.key])).toString("base64url") } : {}),
      asOf: isoOf(now()),
    };
    return jsonAnswer(answer);
  }

  /** Without `keys` all of a sink's are meant. */
  async function settle(context: Context, action: "retry" | "purge"): Promise<Response> {
    requireAdmin(context, parts);
    const query = queryOf(context, action === "purge" ? ["sink"] : []);
    const { sink: named, keys, ...others } = await readMembers(context.req.raw);
    const [other] = Object.keys(others);
    if (other !== undefined)
      throw new ApiProblem(
        400,
        "unknown_parameter",
        `there is no member ${quoted(other)}; there are sink, keys`,
        {
          field: other.slice(0, 80),
        },
      );
    const sink = sinkOf(named ?? query.one("sink"));
    if (keys !== undefined && !isKeys(keys))
      throw badValue("keys", `is a list of up to ${MOST_KEYS} keys of dead letters`);
    const count = fromSpool((spool) =>
      action === "retry" ? spool.revive(sink, keys) : spool.purge(sink, keys),
    );
    return jsonAnswer({ sink, action, count, asOf: isoOf(now()) });
  }

  function sinkOf(name: unknown): string {
    const names = Object.keys(delivery.stats());
    if (typeof name === "string" && names.includes(name)) return name;
    const what =
      name === undefined
        ? "is missing"
        : typeof name === "string"
          ? `there is no ${quoted(name)}`
          : "is a name";
    throw badValue("sink", `${what}; there are ${names.join(", ")}`);
  }

  function fromSpool<T>(read: (spool: DeadLetters) => T): T {
    if (!delivery.spool)
      throw new ApiProblem(404, "no_spool", "without a spool no dead letters are kept", {
        hint: "start with --spool",
      });
    try {
      return read(delivery.spool);
    } catch (error) {
      if (!WaybillError.isInstance(error)) throw error;
      throw new ApiProblem(503, "spool_unavailable", error.message, { cause: error });
    }
  }

  return new Hono()
    .get("/api/delivery", overview)
    .get("/api/delivery/dead", dead)
    .delete("/api/delivery/dead", async (context) => settle(context, "purge"))
    .post("/api/delivery/dead/retry", async (context) => settle(context, "retry"))
    .post("/api/delivery/dead/purge", async (context) => settle(context, "purge"));
}

const MOST_KEYS = 1000;

function isKeys(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length > MOST_KEYS) return false;
  return value.every((key) => typeof key === "string" && key !== "" && key.length <= 200);
}

/** What is shown of a dead letter is why it died; what it says is in the ledger. */
function letterOf({
  key,
  id,
  code,
  reason,
  storedAt,
  diedAt,
  attempts,
  text,
}: DeadLetter): DeadLettersAnswer["items"][number] {
  const times = { storedAt: isoOf(storedAt), diedAt: isoOf(diedAt) };
  return {
    key,
    id: idInText(text) ?? id,
    code,
    reason: reason.slice(0, 512),
    ...times,
    attempts,
    characters: text.length,
  };
}

function afterOf(query: Query, sink: string): string | undefined {
  const text = query.one("cursor");
  if (text === undefined) return undefined;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    parts = undefined;
  }
  const [kind, ofSink, key] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (kind !== "dead" || typeof key !== "string")
    throw new ApiProblem(400, "bad_cursor", "this is no cursor of ours", { field: "cursor" });
  if (ofSink !== sink)
    throw new ApiProblem(400, "cursor_mismatch", "the cursor belongs to another sink", { field: "cursor" });
  return key;
}
