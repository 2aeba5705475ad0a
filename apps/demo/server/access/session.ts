import { createHash, randomBytes as nodeRandomBytes } from "node:crypto";

import { tokenCheck } from "./authenticate.js";

/** Somebody who has shown the admin token. Writes carry `csrf` in `x-waybill-csrf`. */
export type Session = { csrf: string; expiresAt: number };

export type Sessions = {
  /** A session for the admin token: its id is in the cookie alone. Undefined for anything else. */
  begin(token: string): { session: Session; cookie: string } | undefined;
  /** The session of a request's `cookie` header. */
  find(cookies: string | undefined): Session | undefined;
  /** Ends the session, and gives the cookie that takes it out of the browser. */
  end(cookies: string | undefined): string;
  readonly size: number;
};

export type SessionOptions = {
  adminToken: string | null;
  /** Cookies know no ports: two servers on one machine need cookies of two names. */
  cookieName?: string;
  /** Whether browsers reach the server by https. */
  isSecure?: boolean;
  /** How long a session lasts, in milliseconds; 12 hours by default. */
  lifetimeMs?: number;
  /** Epoch milliseconds. */
  now?: () => number;
  randomBytes?: (count: number) => Uint8Array;
};

/** More would be somebody who logs in without end; the oldest goes. */
const MAX_SESSIONS = 100;

/** Sessions of the page, kept in this process. The token travels once, and never in an address. */
export function createSessions(options: SessionOptions): Sessions {
  const { adminToken, cookieName = "waybill_session", isSecure = false, now = Date.now } = options;
  const { lifetimeMs = 12 * 3_600_000, randomBytes = nodeRandomBytes } = options;
  const isToken = tokenCheck(adminToken);
  // By the digest of the id: what lies in memory opens nothing.
  const sessions = new Map<string, Session>();
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
  const newText = () => Buffer.from(randomBytes(32)).toString("base64url");

  function lookUp(cookies: string | undefined): [digest: string, session: Session] | undefined {
    for (const id of idsIn(cookies, cookieName)) {
      const digest = digestOf(id);
      const session = sessions.get(digest);
      if (!session) continue;
      if (now() < session.expiresAt) return [digest, session];
      sessions.delete(digest);
    }
    return undefined;
  }

  return {
    begin(token) {
      if (!isToken(token)) return undefined;
      for (const [digest, { expiresAt }] of sessions) if (expiresAt <= now()) sessions.delete(digest);
      const [oldest] = sessions.keys();
      if (sessions.size >= MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      const id = newText();
      const session = { csrf: newText(), expiresAt: now() + lifetimeMs };
      sessions.set(digestOf(id), session);
      const cookie = `${cookieName}=${id}; ${attributes}; Max-Age=${Math.floor(lifetimeMs / 1000)}`;
      return { session, cookie };
    },
    find: (cookies) => lookUp(cookies)?.[1],
    end(cookies) {
      const found = lookUp(cookies);
      if (found) sessions.delete(found[0]);
      return `${cookieName}=; ${attributes}; Max-Age=0`;
    },
    get size() {
      return sessions.size;
    },
  };
}

/** Whether a write carries the session's word, which only the page itself can read. */
export function hasCsrf({ csrf }: Session, header: string | undefined): boolean {
  return tokenCheck(csrf)(header ?? "");
}

/** Others on this machine may set cookies of the same name: a few are tried. */
function idsIn(cookies = "", name: string): string[] {
  if (cookies.length > 16_384) return [];
  return cookies
    .split(";")
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(`${name}=`))
    .map((cookie) => cookie.slice(name.length + 1))
    .filter((id) => /^[\w-]{43}$/.test(id))
    .slice(0, 8);
}

function digestOf(id: string): string {
  return createHash("sha256").update(id).digest("hex");
}
