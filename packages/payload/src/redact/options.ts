import { WaybillError } from "@waybill/core/errors";

import type { Base64Mode } from "./base64.js";
import type { PersonalKind } from "./personal.js";

/** What is taken out of a payload. */
export type RedactOptions = {
  /**
   * Key of the hashes in the tokens, as bytes or as text. One for an installation keeps equal secrets joinable there, and
   * nobody without it can test a guess. A random one by default, as long as the process runs.
   */
  key?: Uint8Array | string | undefined;
  /** Which looks are looked for: secrets by default, personal data only when asked for. */
  detectors?:
    | { secrets?: boolean | undefined; pii?: boolean | readonly PersonalKind[] | undefined }
    | undefined;
  /** Names of members whose texts are secrets, besides the known ones. */
  fields?: readonly string[] | undefined;
  /** `redact`: the words of prompt, answer and errors go; ids, counts, costs and times stay. `keep` by default. */
  messages?: "keep" | "redact" | undefined;
  /** Members of the payload that go wholly. Without some of them it is no payload that Waybill's emit schema accepts. */
  exclude?: readonly string[] | undefined;
  /** What becomes of long base64, such as images: `hash` by default. */
  base64?: Base64Mode | undefined;
};

export const personalKinds: readonly PersonalKind[] = ["email", "phone", "card", "iban", "ip"];

/** @throws WaybillError `bad-option` */
export function checkRedactOptions({
  key,
  messages,
  base64,
  detectors,
  exclude,
  fields,
}: RedactOptions): void {
  const refuse = (option: string, wanted: string) => {
    throw new WaybillError("bad-option", `${option}: ${wanted}`);
  };
  if (key !== undefined && key.length === 0) refuse("key", "is empty, so anybody could test a guess");
  if (messages !== undefined && !["keep", "redact"].includes(messages))
    refuse("messages", 'is "keep" or "redact"');
  if (base64 !== undefined && !["keep", "hash", "drop"].includes(base64))
    refuse("base64", 'is "keep", "hash" or "drop"');
  for (const [option, list] of Object.entries({ exclude, fields }))
    if (list !== undefined && !Array.isArray(list)) refuse(option, "is a list of names");
  const pii = detectors?.pii;
  if (Array.isArray(pii) && pii.some((kind) => !personalKinds.includes(kind as PersonalKind)))
    refuse("detectors.pii", `has kinds of ${personalKinds.join(", ")}`);
}
