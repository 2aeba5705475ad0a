import { sha256 } from "@waybill/exporter-otlp/http";

/**
 * The id of an event: a UUID of version 8 made of what the event is of, so that a retry has the id of the first try. `kind`
 * is the type of the event; `revision` counts what is sent anew for one call.
 */
export function eventId(callId: string, sink: string, kind: string, revision = 0): string {
  const digits = sha256(JSON.stringify([callId, sink, kind, revision]));
  const variant = ((parseInt(digits.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}
