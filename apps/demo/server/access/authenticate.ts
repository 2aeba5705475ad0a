import { createHash, timingSafeEqual } from "node:crypto";

import { isUsable } from "../keys/key-record.js";
import type { KeyStore } from "../keys/key-store.js";
import type { Identity, Openness } from "./identity.js";

export type AuthenticatorOptions = {
  keys: Pick<KeyStore, "find" | "size">;
  adminToken: string | null;
  /** Whether only this machine reaches the server. */
  isLoopback: boolean;
  /** Whether calls need a key even so; by default they do as soon as there is one, and always off loopback. */
  needsKey?: () => boolean;
  /** Epoch milliseconds. */
  now?: () => number;
};

export type Authenticator = {
  /** Who sent a request, by `authorization: Bearer` or, as Anthropic's clients do, by `x-api-key`. */
  identify(headers: Headers): Identity;
  /** Whether a request carries a secret of ours, which must not go on to anybody. */
  holdsOwnSecret(headers: Headers): boolean;
  open(): Openness;
};

/**
 * Tells who sent a request. A wrong key takes the same way as a right one: each is compared with the admin token and looked
 * up by its HMAC, in constant time.
 */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { keys, adminToken, isLoopback, now = Date.now } = options;
  const { needsKey = () => !isLoopback || keys.size > 0 } = options;
  const isAdminToken = tokenCheck(adminToken);

  function identify(headers: Headers): Identity {
    const [credential] = credentialsOf(headers);
    if (credential === undefined) return { kind: "nobody" };
    const isAdmin = isAdminToken(credential);
    const key = keys.find(credential);
    if (isAdmin) return { kind: "admin" };
    return key && isUsable(key, now()) ? { kind: "key", key } : { kind: "stranger" };
  }

  return {
    identify,
    holdsOwnSecret: (headers) =>
      credentialsOf(headers).some((each) => each.startsWith("wb-") || isAdminToken(each)),
    open: () => ({ proxy: !needsKey(), page: isLoopback && adminToken === null }),
  };
}

/** Compares texts with a token, in a time that says nothing about either. Without a token nothing is right. */
export function tokenCheck(token: string | null): (text: string) => boolean {
  const wanted = digest(token ?? "");
  return (text) => {
    const isSame = timingSafeEqual(digest(text), wanted);
    return isSame && token !== null;
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** What a request brings as a key, the one that counts first. */
function credentialsOf(headers: Headers): string[] {
  const [, bearer] = /^Bearer +([^\s,]+) *$/i.exec(headers.get("authorization") ?? "") ?? [];
  const apiKey = headers.get("x-api-key")?.trim();
  return [bearer, apiKey].filter((each): each is string => each !== undefined && each !== "");
}
