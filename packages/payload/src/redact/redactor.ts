import { WaybillError } from "@waybill/core/errors";

import { Losses } from "../losses.js";
import type { Members } from "../members.js";
import { toPlain } from "../plain.js";
import { addressPassword, webhook } from "./addresses.js";
import { assignedValue, encodedParameter } from "./assigned-value.js";
import { base64Marker, dataUrl, isLongBase64 } from "./base64.js";
import { withoutContent } from "./content.js";
import { privateKey, schemeCredential, signedToken } from "./credentials.js";
import { secretFieldTest } from "./field-names.js";
import { headerLine } from "./header-line.js";
import { accessToken, capitalKey, prefixedKey } from "./key-prefixes.js";
import { KeyedHash, randomKey } from "./keyed-hash.js";
import { checkRedactOptions, personalKinds, type RedactOptions } from "./options.js";
import { personalTriggers } from "./personal.js";
import { quotedField } from "./quoted-fields.js";
import { createScanner, type Triggers } from "./scan.js";
import { tokenOf } from "./token.js";
import { Walker } from "./walker.js";

/** Takes secrets out of payloads and texts. */
export type Redactor = {
  /** The payload without secrets; what has none is shared, and the payload itself is never changed. */
  payload<Payload extends object>(payload: Payload): Payload;
  /** The text without secrets. */
  text(text: string): string;
};

/**
 * Prepares a redactor.
 * @throws WaybillError `bad-option` for an option that cannot be.
 */
export function createRedactor(options: RedactOptions = {}): Redactor {
  checkRedactOptions(options);
  const { detectors = {}, messages = "keep", exclude = [], base64 = "hash" } = options;
  const hash = new KeyedHash(keyBytes(options.key));
  const standIn = (secret: string, kind: string) => tokenOf(kind, hash.short(secret));
  const isSecret = secretFieldTest(options.fields ?? []);
  const mark = base64 === "keep" ? undefined : base64Marker(base64, hash);
  const once = createScanner(triggersOf(detectors, isSecret, mark), standIn);
  const scan = (value: string) => untilSettled(once, value);
  const text = (value: string) => (mark && isLongBase64(value) ? mark("data", value) : scan(value));
  const walker = new Walker(text, standIn, detectors.secrets === false ? () => false : isSecret);
  const excluded = new Set(exclude);

  return {
    text,
    payload<Payload extends object>(payload: Payload): Payload {
      // Not every payload is ours: what has circles or throws must not keep the secrets of the rest from going.
      let members = toPlain(payload, new Losses()) as Members;
      if (excluded.size > 0 && Object.keys(members).some((name) => excluded.has(name)))
        members = Object.fromEntries(Object.entries(members).filter(([name]) => !excluded.has(name)));
      if (messages === "redact") members = withoutContent(members);
      return walker.value(members, false) as Payload;
    },
  };
}

/**
 * Where one number touches another, the second is seen only when the first is gone, and a key in a value can hide what else
 * makes that a secret. A text without any is read once.
 */
function untilSettled(scan: (text: string) => string, text: string): string {
  let settled = text;
  for (let pass = 0; pass < 10; pass++) {
    const next = scan(settled);
    if (next === settled) break;
    settled = next;
  }
  return settled;
}

const prepared = /* @__PURE__ */ new WeakMap<RedactOptions, Redactor>();
let standard: Redactor | undefined;

/**
 * The payload without secrets. A new payload that shares what had none; the given one is not changed. Options are prepared
 * once for each object of options.
 * @throws WaybillError `bad-option` for an option that cannot be.
 */
export function redact<Payload extends object>(payload: Payload, options?: RedactOptions): Payload {
  if (!options) return (standard ??= createRedactor()).payload(payload);
  let redactor = prepared.get(options);
  if (!redactor) prepared.set(options, (redactor = createRedactor(options)));
  return redactor.payload(payload);
}

function triggersOf(
  { secrets = true, pii = false }: NonNullable<RedactOptions["detectors"]>,
  isSecret: (name: string) => boolean,
  mark: ReturnType<typeof base64Marker> | undefined,
): Triggers {
  const ofSecrets: Triggers = [
    ["-_", prefixedKey],
    ["A", capitalKey],
    [".", accessToken],
    ["J", signedToken],
    ["B", privateKey],
    ["Bb", schemeCredential],
    [":", addressPassword],
    [":", webhook],
    [":", quotedField(isSecret)],
    [":", headerLine],
    ["=", assignedValue(isSecret)],
    ["%", encodedParameter(isSecret)],
  ];
  const kinds = pii === true ? personalKinds : pii === false ? [] : pii;
  return [
    ...(mark ? ([[":", dataUrl(mark)]] as const) : []),
    ...(secrets ? ofSecrets : []),
    ...personalTriggers(new Set(kinds)),
  ];
}

function keyBytes(key: Uint8Array | string | undefined): Uint8Array {
  if (key === undefined) return randomKey();
  if (typeof key === "string") return new TextEncoder().encode(key);
  if (key instanceof Uint8Array) return key.slice();
  throw new WaybillError("bad-option", "key: text or bytes");
}
