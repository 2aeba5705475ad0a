import type { ItemOutcome } from "@waybill/core";
import { refusalOf, type Answer, type Reply } from "@waybill/exporter-otlp/http";

import { listOf, membersOf } from "./members.js";

/** The code of payloads that a server refuses because it takes OTLP alone. */
export const SERVER_REQUIRES_OTLP = "server_requires_otlp";

type Verdict = { status: number; reason: string };
type Verdicts = { accepted: Set<unknown>; refused: Map<unknown, Verdict> };

/** What an answer says of parcels of events: one verdict for each event, or one for all. */
export function readBatchAnswer(answer: Answer, parcels: readonly { ids: readonly string[] }[]): Reply {
  const { status, problem } = answer;
  if (status < 200 || status > 299) return refusalOf(answer);
  if (problem !== undefined) {
    // Some of it may be stored. The same ids make a second delivery harmless.
    const reason = `answered ${status}: ${problem}`;
    return { outcome: parcels.map(() => ({ status: "retry", reason })) };
  }
  const verdicts = readVerdicts(answer.text);
  // A success that is no list of verdicts is somebody else's: the address is wrong.
  if (!verdicts) return refusalOf({ ...answer, problem: "no answer of Langfuse's ingestion" });
  return { outcome: parcels.map(({ ids }) => outcomeOf(ids, verdicts)) };
}

function readVerdicts(text: string): Verdicts | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { successes, errors } = membersOf(body);
  if (!Array.isArray(successes) && !Array.isArray(errors)) return undefined;
  const refused = listOf(errors).map((error): [unknown, Verdict] => {
    const { id, status, message, error: detail } = membersOf(error);
    const words = [message, detail].filter((part) => typeof part === "string").join(": ");
    return [id, { status: Number(status), reason: words.slice(0, 500) || "refused without a reason" }];
  });
  return {
    accepted: new Set(listOf(successes).map((success) => membersOf(success).id)),
    refused: new Map(refused),
  };
}

/** One payload is accepted when all of its events are; it is sent again when one of them failed on the server's side. */
function outcomeOf(ids: readonly string[], { accepted, refused }: Verdicts): ItemOutcome {
  const failed = ids.flatMap((id) => refused.get(id) ?? []);
  const final = failed.find(({ status }) => status < 500 && status !== 429);
  if (final) {
    const isType = final.reason.startsWith("Event type not accepted");
    const code = isType ? SERVER_REQUIRES_OTLP : String(final.status);
    return { status: "rejected", code, reason: final.reason };
  }
  if (failed[0]) return { status: "retry", reason: failed[0].reason };
  return ids.every((id) => accepted.has(id))
    ? { status: "accepted" }
    : { status: "retry", reason: "the answer does not name all of its events" };
}
