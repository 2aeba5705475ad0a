import type { StandardLoggingPayload } from "@waybill/core";

import { membersOf, textOf } from "../ledger/members.js";

/** The id that the ledger knows a payload by. */
export function idOf({ id, litellm_call_id: callId }: StandardLoggingPayload): string | null {
  return textOf(id, callId);
}

/** Records begin with their id as Waybill writes them. */
const first = /^\{"id":("(?:[^"\\]|\\.)*")[,}]/;
/** A longer text is not read only to learn its id. */
const LONGEST = 256 * 1024;

/** The same of a record as JSON text; null when that would take too long, or there is none. */
export function idInText(text: string): string | null {
  try {
    const quoted = first.exec(text.slice(0, 2000))?.[1];
    if (quoted !== undefined) return textOf(JSON.parse(quoted));
    return text.length > LONGEST ? null : idOf(membersOf(JSON.parse(text)) as StandardLoggingPayload);
  } catch {
    return null;
  }
}
