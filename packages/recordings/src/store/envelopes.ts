import { pointer, type Recording } from "@waybill/core";

/** An SDK object in a recorded answer, and where it stands. */
export type Envelope = { type: unknown; data: Record<string, unknown>; path: string };

/** The envelopes of an answer in order. Raw objects and lines are none. */
export function envelopesOf({ response: { body } }: Recording): Envelope[] {
  const items: [item: unknown, path: string][] = Array.isArray(body)
    ? body.map((item: unknown, index) => [item, pointer("/response/body", index)])
    : [[body, "/response/body"]];
  return items.flatMap(([item, path]) => {
    const members = membersOf(item);
    const isEnvelope = "__type__" in members && "__data__" in members;
    return isEnvelope ? [{ type: members["__type__"], data: membersOf(members["__data__"]), path }] : [];
  });
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
