import { accountOf, type KeyInfo, type Scope } from "../keys/key-record.js";
import { invalidApiKey, scopeMissing, type Refusal } from "./errors.js";

/** Who asks. */
export type Identity =
  /** Brought nothing. */
  | { kind: "nobody" }
  /** Brought something that is not valid here, or is no longer. */
  | { kind: "stranger" }
  | { kind: "key"; key: KeyInfo }
  /** Has the admin token, or a session that was made with it. */
  | { kind: "admin" };

/** What is open to everybody who reaches the server. */
export type Openness = { proxy: boolean; page: boolean };

/** What a route asks for; `public` asks for nothing. */
export type Need = Scope | "public";

/** Whether somebody may use a route: nothing, or the answer that says no. Keys have their scopes, the admin has them all. */
export function refusalFor(identity: Identity, need: Need, open: Openness): Refusal | undefined {
  if (need === "public") return undefined;
  switch (identity.kind) {
    case "admin":
      return undefined;
    case "key":
      return hasScope(identity.key, need) ? undefined : scopeMissing(need);
    default:
      return (need === "proxy" ? open.proxy : open.page) ? undefined : invalidApiKey();
  }
}

/** Who may change accounts may read them, too. */
export function hasScope({ scopes }: KeyInfo, need: Scope): boolean {
  return scopes.includes(need) || (need === "read" && scopes.includes("admin"));
}

/** The name under which somebody's requests are counted: what an address sends is one client. */
export function clientOf(identity: Identity, address: string | undefined): string {
  return identity.kind === "key" ? `key:${accountOf(identity.key.id)}` : `address:${address ?? "unknown"}`;
}
