import { refusalOf } from "./event-check.js";
import type { EventFault } from "./faults.js";
import { isMembers, membersOf, type Members } from "./members.js";
import type { LangfuseStore } from "./store.js";

/** How a server writes: as version 3, as 4 that still takes batches, or as 4 that takes none. */
export type LangfuseMode = "legacy" | "dual" | "events_only";

/** What a request may do: all, or with the public key alone only scores and logs. */
export type Scope = "project" | "scores";

type Verdict = { id: string; status: number; message?: string; error?: string };
export type Verdicts = { successes: Verdict[]; errors: Verdict[] };

/** Takes the events of a batch in and says what became of each. */
export function ingest(
  batch: readonly unknown[],
  store: LangfuseStore,
  { mode, scope, fault }: { mode: LangfuseMode; scope: Scope; fault?: EventFault | undefined },
): Verdicts {
  const successes: Verdict[] = [];
  const errors: Verdict[] = [];
  // Refusals for the type come behind the others.
  const late: Verdict[] = [];
  batch.forEach((event, index) => {
    const { id: given, type } = membersOf(event);
    const id = typeof given === "string" ? given : "unknown";
    const error = refusalOf(event);
    const isFree = type === "score-create" || type === "sdk-log";
    if (error !== undefined) errors.push({ id, status: 400, message: "Invalid request data", error });
    else if (scope === "scores" && !isFree)
      errors.push({ id, status: 401, message: "Authentication error", error: "Access Scope Denied" });
    else if (mode === "events_only" && !isFree) {
      const reason = `${String(type)} is not accepted with LANGFUSE_MIGRATION_V4_WRITE_MODE=events_only`;
      late.push({ id, status: 400, message: "Event type not accepted", error: reason });
    } else if (fault && isMembers(event) && fault.refuse(event, index))
      errors.push({
        id,
        status: fault.status,
        ...(fault.message === undefined ? {} : { message: fault.message }),
      });
    // A log line is neither listed nor stored.
    else if (type !== "sdk-log") {
      store.store(event as { id: string; type: string; body: Members });
      successes.push({ id, status: 201 });
    }
  });
  return { successes, errors: [...errors, ...late] };
}
