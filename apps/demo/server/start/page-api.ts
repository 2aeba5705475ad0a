import type { HttpBindings } from "@hono/node-server";
import type { CostEngine } from "@waybill/cost";
import type { Clock } from "@waybill/pipeline";
import { Hono, type MiddlewareHandler } from "hono";

import type { Authenticator } from "../access/authenticate.js";
import { apiGuard, apiNeeds, oneOfFew } from "../access/middleware.js";
import { createRateLimiter } from "../access/rate-limit.js";
import { createSessions } from "../access/session.js";
import { createApi } from "../api/create-api.js";
import { deliveryAnswer } from "../delivery/delivery-answer.js";
import type { DeliveryLog } from "../delivery/delivery-log.js";
import type { KeyBudgets } from "../keys/budgets.js";
import type { KeyStore } from "../keys/key-store.js";
import type { LiveCalls } from "../live/live-calls.js";
import { LiveFeed } from "../live/live-feed.js";
import type { Settings } from "../settings/settings.js";
import type { Books } from "./books.js";
import { keyAdmin } from "./key-admin.js";
import { signInRoutes } from "./sign-in.js";

type Parts = {
  settings: Settings;
  version: string;
  books: Books;
  engine: CostEngine;
  calls: LiveCalls;
  deliveries: DeliveryLog;
  keys: KeyStore;
  budgets: KeyBudgets;
  authenticator: Authenticator;
  /** The port it got, once it listens. */
  port: () => number;
  now: () => number;
  clock: Clock;
};

/** The page's API with everything that guards it, and the feed of its live events. */
export function pageApi(parts: Parts): { api: Hono<{ Bindings: HttpBindings }>; feed: LiveFeed } {
  const { settings, version, books, engine, calls, deliveries, keys, budgets, authenticator, now, clock } =
    parts;
  const { ledger, pipeline, spool } = books;
  const delivery = { stats: () => pipeline.stats(), health: () => pipeline.health(), log: deliveries, spool };
  const feed = new LiveFeed({
    calls,
    ledger,
    delivery: () => deliveryAnswer(delivery, now()),
    deliveryOf: (id) => deliveries.latest(id),
    clock,
  });
  const sessions = createSessions({ adminToken: settings.adminToken, now });
  const limiter = createRateLimiter();
  const own = { host: settings.host, port: parts.port, publicHosts: settings.publicHosts };
  const { upstream } = settings;

  const api = createApi({
    ledger,
    live: { calls, feed },
    delivery,
    keys: keyAdmin(keys, budgets, ledger),
    engine,
    now,
    about: {
      version,
      upstream: {
        kind: upstream.kind,
        host: upstream.kind === "real" ? new URL(upstream.url).host : null,
      },
      demo: settings.traffic.on,
      zone: settings.zone,
      retentionDays: settings.retentionDays,
      sinks: books.sinkNames,
    },
    visitor: (context) => {
      const { page } = authenticator.open();
      const identity = context.get("identity") as
        | { kind: string; key?: { scopes: readonly string[] } }
        | undefined;
      const isAdmin = page || identity?.kind === "admin" || identity?.key?.scopes.includes("admin") === true;
      return { role: isAdmin ? "admin" : "read", authRequired: !page };
    },
  });

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use("/api/*", apiGuard({ own, authenticator, sessions, limiter }) as MiddlewareHandler);
  app.route("/", signInRoutes(sessions));
  app.use("/api/*", exceptFor(["/api/session"], apiNeeds("read", authenticator) as MiddlewareHandler));
  app.use("/api/*", exceptFor(["/api/live", "/api/export"], oneOfFew(limiter) as MiddlewareHandler));
  app.route("/", api);
  return { api: app, feed };
}

/** Streams take no turn: they have a limit of their own. */
function exceptFor(paths: readonly string[], middleware: MiddlewareHandler): MiddlewareHandler {
  return (context, next) => (paths.includes(context.req.path) ? next() : middleware(context, next));
}
