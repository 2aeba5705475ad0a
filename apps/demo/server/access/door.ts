import type { Caller, Door } from "../gateway/parts.js";
import type { CallAdmission } from "../keys/admission.js";
import { accountOf, type KeyInfo } from "../keys/key-record.js";
import type { KeyStore } from "../keys/key-store.js";
import type { Authenticator } from "./authenticate.js";
import { invalidApiKey, uncounted } from "./errors.js";
import { refusalFor } from "./identity.js";

/** The way into the gateway: who may call, and what is held for the call. */
export function createDoor(parts: {
  authenticator: Authenticator;
  admission: CallAdmission;
  keys: Pick<KeyStore, "get">;
}): Door & { keyIdOf: (account: string) => string | undefined } {
  const { authenticator, admission, keys } = parts;
  /** Ids of keys by the name that records have for them. */
  const idOf = new Map<string, string>();

  function callerOf(key: KeyInfo | null, isOwnKey: boolean): Caller {
    if (!key) return { hash: null, alias: null, lastFour: null, isOwnKey };
    const { id, name, lastFour } = key;
    const hash = accountOf(id);
    idOf.set(hash, id);
    return { hash, alias: name, lastFour, isOwnKey: true };
  }

  return {
    keyIdOf: (account) => idOf.get(account),
    authenticate(headers) {
      const identity = authenticator.identify(headers);
      const refusal = refusalFor(identity, "proxy", authenticator.open());
      if (refusal) return { ok: false, refusal };
      const isOwnKey = authenticator.holdsOwnSecret(headers);
      // Also where any key works, one of ours that is wrong is a mistake.
      if (identity.kind === "stranger" && isOwnKey) return { ok: false, refusal: invalidApiKey() };
      return { ok: true, caller: callerOf(identity.kind === "key" ? identity.key : null, isOwnKey) };
    },
    admitUncounted({ hash }) {
      const key = hash === null ? undefined : keys.get(idOf.get(hash) ?? "");
      return key?.budget || key?.models ? uncounted(key.name) : undefined;
    },
    async admit(caller, { api, model, request, text }) {
      const key = caller.hash === null ? null : keys.get(idOf.get(caller.hash) ?? "");
      // It was removed a moment ago.
      if (key === undefined) return { ok: false, refusal: invalidApiKey() };
      const admitted = await admission.admit({ key, model, request, text, api });
      if (!admitted.ok) return admitted;
      const { reservation, remaining, estimate } = admitted;
      return {
        ok: true,
        admission: {
          remaining,
          held: reservation && (estimate?.exact ?? null),
          settle: (exact) => admission.settle(reservation, exact),
          release: () => admission.release(reservation),
        },
      };
    },
  };
}
