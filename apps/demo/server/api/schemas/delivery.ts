import { Type, type Static } from "@sinclair/typebox";

import { Count, exact, Instant, Milliseconds, nullable, oneOf, Text } from "./pieces.js";

const Reasons = Type.Record(Text, Count);

/** One sink: every record that it was to get is in exactly one of the seven counts behind `accepted`. */
export const SinkSchema = Type.Object(
  {
    name: Text,
    state: oneOf(["sending", "backing-off", "paused", "open", "probing", "closed"]),
    accepted: Count,
    sent: Count,
    rejected: Count,
    spooled: Count,
    buffered: Count,
    inFlight: Count,
    dead: Count,
    dropped: Count,
    difference: Type.Integer({ description: "accepted less the seven others; 0 when nothing is lost." }),
    retried: Count,
    recovered: Count,
    degraded: Count,
    unattributedRejected: Count,
    droppedBy: Reasons,
    rejectedBy: Reasons,
    oldestAgeMs: nullable(Milliseconds),
    deadLetters: nullable(
      Type.Integer({ minimum: 0, description: "In the spool, also of earlier runs; null without one." }),
    ),
    lastProblem: nullable(Type.Object({ at: Instant, code: nullable(Text), reason: Text }, exact)),
  },
  exact,
);
export type SinkAnswer = Static<typeof SinkSchema>;

const delivery = {
  sinks: Type.Array(SinkSchema),
  health: Type.Object(
    {
      memory: Type.Object({ records: Count, bytes: Count, limitRecords: Count, limitBytes: Count }, exact),
      spool: nullable(
        Type.Object({ bytes: Count, limitBytes: Count, state: oneOf(["ok", "failing"]) }, exact),
      ),
      refused: Type.Integer({ minimum: 0, description: "Records that the pipeline did not take." }),
    },
    exact,
  ),
  log: Type.Object(
    {
      noted: Count,
      written: Count,
      waiting: Count,
      lost: Type.Integer({ minimum: 0, description: "Events of deliveries that no timeline will show." }),
    },
    exact,
  ),
};
export const DeliverySchema = Type.Object({ ...delivery, asOf: Instant }, exact);
export type DeliveryAnswer = Static<typeof DeliverySchema>;

export const DeadLettersSchema = Type.Object(
  {
    sink: Text,
    items: Type.Array(
      Type.Object(
        {
          key: Text,
          id: Text,
          code: Text,
          reason: Text,
          storedAt: Instant,
          diedAt: Instant,
          attempts: Count,
          characters: Count,
        },
        exact,
      ),
    ),
    next: Type.Optional(Text),
    asOf: Instant,
  },
  exact,
);
export type DeadLettersAnswer = Static<typeof DeadLettersSchema>;

/** How many dead letters wait again, or are gone. */
export const DeadLettersDoneSchema = Type.Object(
  { sink: Text, action: oneOf(["retry", "purge"]), count: Count, asOf: Instant },
  exact,
);
