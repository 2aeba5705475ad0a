import { Type, type Static } from "@sinclair/typebox";

import { CallRowSchema, LivePatchSchema, LiveRowSchema } from "./call-row.js";
import { DeliverySchema } from "./delivery.js";
import { TotalsSchema } from "./figures.js";
import { Count, exact, Instant, Milliseconds, oneOf, Text } from "./pieces.js";

/** The first event. Every call that passes the filters and whose seq is above this one is told on this stream. */
export const HelloSchema = Type.Object(
  {
    seq: Count,
    now: Instant,
    limits: Type.Object(
      { rows: Count, text: Count, resume: Count, bytes: Count, tickMs: Milliseconds },
      exact,
    ),
  },
  exact,
);

/** Calls that begin, go on and end. */
export const CallsEventSchema = Type.Object(
  {
    start: Type.Array(LiveRowSchema, { maxItems: 50 }),
    patch: Type.Array(Type.Tuple([Text, LivePatchSchema]), { maxItems: 50 }),
    end: Type.Array(CallRowSchema, { maxItems: 50, description: "In the order of seq." }),
    gone: Type.Array(Text, {
      description: "Calls that ended and are not shown: they do not pass the filters, or have no record.",
    }),
    hidden: Type.Integer({
      minimum: 0,
      description: "Calls under way that pass the filters and have no row.",
    }),
  },
  exact,
);

/** Ends that were not told: load the list again. Both numbers are inside. */
export const GapSchema = Type.Object({ from: Count, to: Count, reason: oneOf(["missed", "slow"]) }, exact);

export const ByeSchema = Type.Object(
  { reason: oneOf(["shutdown", "slow", "ended"]), retryMs: Milliseconds },
  exact,
);

/** The data of each live event by its name. */
export const liveEventSchemas = {
  hello: HelloSchema,
  calls: CallsEventSchema,
  totals: TotalsSchema,
  delivery: DeliverySchema,
  gap: GapSchema,
  bye: ByeSchema,
} as const;

export type LiveEventName = keyof typeof liveEventSchemas;
export type LiveEventData<Name extends LiveEventName> = Static<(typeof liveEventSchemas)[Name]>;
export type CallsEvent = LiveEventData<"calls">;
