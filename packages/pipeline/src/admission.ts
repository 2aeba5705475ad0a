import type { Issue, StandardLoggingPayload } from "@waybill/core";
import { checkStandardLoggingPayload } from "@waybill/core/standard-logging-payload";

import { isObject, type Members } from "./members.js";
import { snapshotOf } from "./snapshot.js";
import { markDegraded, stripContent } from "./strip-content.js";

/** A payload as JSON text that is fit to be sent, or why it is not. */
export type Admission =
  | { ok: true; id: string; text: string; issues: Issue[] }
  | { ok: false; issues: Issue[] };

/** How payloads are let in. */
export type AdmissionOptions = { strict: boolean; recordBytes: number; newId: () => string };

/**
 * Writes a payload as text, and looks whether it is one. The caller may go on with its objects (a chat appends to its list
 * of messages): what is sent later, or again, is what was handed in. What is no payload is refused when strict, and
 * otherwise made one from what can be read of it; `issues` say what is missing then. A record that is too large loses its
 * content, in either mode. Never throws.
 */
export function admit(value: unknown, options: AdmissionOptions): Admission {
  return admitSound(value, options) ?? admitOdd(value, options);
}

/** The way of nearly all payloads; undefined for one that takes more. */
function admitSound(value: unknown, { recordBytes, newId }: AdmissionOptions): Admission | undefined {
  try {
    const checked = checkStandardLoggingPayload(value);
    if (!checked.ok) return undefined;
    const text = JSON.stringify(value);
    // A bigint, a circle and a great depth are thrown; a toJSON of the payload's own would be another payload.
    if (text.length > recordBytes || "toJSON" in checked.value) return undefined;
    return { ok: true, id: idOf(checked.value) ?? newId(), text, issues: [] };
  } catch {
    return undefined;
  }
}

function admitOdd(value: unknown, { strict, recordBytes, newId }: AdmissionOptions): Admission {
  const issues: Issue[] = [];
  let snapshot = snapshotOf(value, recordBytes);
  const isTooLarge = snapshot === undefined;
  if (!snapshot) {
    issues.push(issue("too-large", `the record is over ${recordBytes} bytes: its content is left out`));
    snapshot = snapshotOf(withoutContent(value), recordBytes);
  }
  if (!snapshot)
    return { ok: false, issues: [issue("too-large", `over ${recordBytes} bytes without content`)] };
  for (const missing of snapshot.missing) issues.push(issue("not-json", missing));
  const checked = checkStandardLoggingPayload(snapshot.value);
  const isWhole = checked.ok && snapshot.missing.length === 0;
  if (!checked.ok) issues.push(...checked.issues);
  if (strict && !isWhole) return { ok: false, issues };
  const payload = checked.ok
    ? isWhole
      ? checked.value
      : markDegraded(checked.value, "members that are not JSON")
    : mend(snapshot.value, checked.issues, newId);
  const told = isWhole && !isTooLarge ? [] : issues;
  return { ok: true, id: idOf(payload) ?? newId(), text: JSON.stringify(payload), issues: told };
}

/** Takes the members out that the schema refuses, and puts in what no payload can be without. */
function mend(value: unknown, issues: readonly Issue[], newId: () => string): StandardLoggingPayload {
  const members: Members = isObject(value) ? { ...value } : {};
  for (const { path } of issues)
    delete members[(path.split("/")[1] ?? "").replaceAll("~1", "/").replaceAll("~0", "~")];
  const refused = issues.slice(0, 5).map(({ path, code }) => `${path || "the record"} ${code}`);
  if (typeof members["id"] !== "string" && typeof members["litellm_call_id"] !== "string")
    members["id"] = newId();
  // How the call ended is not known. A failure is what somebody looks into.
  members["status"] ??= "failure";
  return markDegraded(members as StandardLoggingPayload, `refused by the schema: ${refused.join(", ")}`);
}

/** A payload without its content, as far as it can be read. */
function withoutContent(value: unknown): unknown {
  try {
    return isObject(value) ? stripContent({ ...value } as StandardLoggingPayload) : undefined;
  } catch {
    return undefined;
  }
}

/** The id of a record in events and in the spool. */
export function idOf(payload: unknown): string | undefined {
  try {
    const { waybill, id, litellm_call_id: callId } = payload as Record<string, unknown>;
    const key = isObject(waybill) ? waybill["idempotencyKey"] : undefined;
    return [key, id, callId].find((each): each is string => typeof each === "string" && each !== "");
  } catch {
    return undefined;
  }
}

function issue(code: string, message: string): Issue {
  return { path: "", code, message };
}
