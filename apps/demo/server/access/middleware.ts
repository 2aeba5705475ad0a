import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";

import { apiError, apiErrorOf, type ApiError } from "./api-error.js";
import type { Authenticator } from "./authenticate.js";
import { answerPreflight, corsHeaders } from "./cors.js";
import { rateLimitExceeded, refusal as refusalOf, type Refusal } from "./errors.js";
import { clientOf, refusalFor, type Identity, type Need } from "./identity.js";
import { checkOrigin, type OwnAddress } from "./origin.js";
import { apiHeaders } from "./page-headers.js";
import type { RateLimiter } from "./rate-limit.js";
import { hasCsrf, type Sessions } from "./session.js";

/* The rules of this folder as middleware of hono. They decide nothing themselves. */

/** What the routes of the page's API find in their context. */
export type ApiVariables = { requestId: string; identity: Identity };
type Env = { Bindings: HttpBindings; Variables: ApiVariables };

/** What the page's API is guarded with. */
export type ApiGuards = {
  own: OwnAddress;
  authenticator: Authenticator;
  sessions: Sessions;
  limiter: RateLimiter;
  newId?: () => string;
};

/**
 * Every request of the page's API: host and origin, how often, who. A write by a session needs `x-waybill-csrf` with the
 * session's word, and one without any sign-in some text in it, which no foreign page can send.
 */
export function apiGuard({
  own,
  authenticator,
  sessions,
  limiter,
  newId,
}: ApiGuards): MiddlewareHandler<Env> {
  return async (c, next) => {
    const requestId = newId?.() ?? crypto.randomUUID();
    c.set("requestId", requestId);
    const { host, origin, "sec-fetch-site": site, cookie, "x-waybill-csrf": csrf } = headersOf(c);
    const verdict = checkOrigin({ host, origin, site }, own);
    if (!verdict.ok) return answer(c, 403, apiError(verdict.code, verdict.message, requestId));

    const identity = authenticator.identify(c.req.raw.headers);
    const session = identity.kind === "nobody" ? sessions.find(cookie) : undefined;
    c.set("identity", session ? { kind: "admin" } : identity);
    const taken = limiter.take(clientOf(identity, c.env?.incoming?.socket.remoteAddress));
    if (!taken.ok) return refuse(c, rateLimitExceeded(taken.afterMs));

    const isWrite = !["GET", "HEAD"].includes(c.req.method);
    // A key or a token in a header is sent by nobody unasked; a cookie and an address are.
    if (isWrite && identity.kind === "nobody" && !(session ? hasCsrf(session, csrf) : csrf)) {
      const hint = "send the header x-waybill-csrf with the csrf of GET /api/session";
      return answer(
        c,
        403,
        apiError("csrf", "the request lacks the word of its session", requestId, { hint }),
      );
    }
    await next();
    // Whatever a route answers with, also a response that it made itself.
    for (const [name, value] of Object.entries({ ...apiHeaders, "x-request-id": requestId }))
      if (!c.res.headers.has(name)) c.header(name, value);
    return undefined;
  };
}

/** A route of the page's API that not everybody may use. Stands behind `apiGuard`. */
export function apiNeeds(need: Need, authenticator: Authenticator): MiddlewareHandler<Env> {
  return async (c, next) => {
    const refusal = refusalFor(c.get("identity"), need, authenticator.open());
    return refusal ? refuse(c, refusal) : next();
  };
}

/** A query of the ledger: so many at a time for each client. Stands behind `apiGuard`. */
export function oneOfFew(limiter: RateLimiter): MiddlewareHandler<Env> {
  return async (c, next) => {
    const leave = limiter.enter(clientOf(c.get("identity"), c.env?.incoming?.socket.remoteAddress));
    if (!leave) return refuse(c, rateLimitExceeded(1000));
    try {
      return await next();
    } finally {
      leave();
    }
  };
}

/** CORS of `/v1`. Its answers are written past hono, so that the headers are set where they are written. */
export function cors(origins: readonly string[]): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    const headers = headersOf(c);
    const { origin } = headers;
    if (c.req.method === "OPTIONS" && headers["access-control-request-method"] !== undefined) {
      const preflight = answerPreflight(
        {
          origin,
          method: headers["access-control-request-method"],
          headers: headers["access-control-request-headers"],
          privateNetwork: headers["access-control-request-private-network"],
        },
        origins,
      );
      return new Response(null, preflight);
    }
    for (const [name, value] of Object.entries(corsHeaders(origin, origins))) {
      c.env?.outgoing?.setHeader(name, value);
      c.header(name, value);
    }
    return next();
  };
}

/**
 * `/v1` where no key is needed: any page that somebody looks at could make calls, which the gateway's own key would pay for.
 * Host and origin are held to this server and the origins that are configured; programs send no origin. Where a key is
 * needed, a page has none to send.
 */
export function callsFromHere(
  own: OwnAddress,
  authenticator: Pick<Authenticator, "open">,
  origins: readonly string[],
): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    if (!authenticator.open().proxy) return next();
    const { host, origin, "sec-fetch-site": site } = headersOf(c);
    const verdict = checkOrigin({ host, origin, site }, own, origins);
    if (verdict.ok) return next();
    const { body, status } = refusalOf(403, verdict.code, callsCure[verdict.code] ?? verdict.message);
    return Response.json(body, { status });
  };
}

const callsCure: Partial<Record<string, string>> = {
  bad_origin:
    "calls need no key here, so that pages of other origins may make none; start the gateway with --cors-origin ORIGIN to allow one",
};

function refuse(c: Context<Env>, refusal: Refusal): Response {
  return answer(c, refusal.status, apiErrorOf(refusal, c.get("requestId")), refusal.headers);
}

function answer(
  c: Context<Env>,
  status: number,
  error: ApiError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const all = { ...apiHeaders, ...headers, "x-request-id": c.get("requestId") };
  return Response.json(error, { status, headers: all });
}

function headersOf(c: Context): Readonly<Record<string, string | undefined>> {
  return c.req.header();
}
