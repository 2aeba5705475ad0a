import type { Server } from "node:http";

import type { HttpBindings } from "@hono/node-server";
import { addExact, createCostEngine } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";
import { createRedactor } from "@waybill/payload";
import type { FlushReport } from "@waybill/pipeline";
import { Hono } from "hono";

import { createGateway } from "../gateway/gateway.js";
import type { Upstream } from "../gateway/parts.js";
import { createAdmission } from "../keys/admission.js";
import { createKeyBudgets } from "../keys/budgets.js";
import { accountOf } from "../keys/key-record.js";
import { openKeyStore } from "../keys/key-store.js";
import { createPastOutputs } from "../keys/past-outputs.js";
import type { Settings } from "../settings/settings.js";
import { sendOverHttp } from "../traffic/send-over-http.js";
import { startTraffic, type Traffic } from "../traffic/start-traffic.js";
import { bundledRecordings } from "../upstream/bundled-recordings.js";
import { createBundledUpstream } from "../upstream/bundled-upstream.js";
import { openBooks, type Books } from "./books.js";
import { demoKeys } from "./demo-keys.js";
import { createDoor } from "./door.js";
import { healthRoutes } from "./health.js";
import { InFlight } from "./in-flight.js";
import { listen } from "./listen.js";
import type { Progress } from "./progress.js";

/** A server that answers. */
export type RunningServer = {
  /** Where it is reached, without a slash at the end. */
  address: string;
  books: Books;
  recordings: number;
  calls: number;
  /** Takes no more calls, lets those under way come to their end, and delivers what there is. */
  stop: (drainMs: number, deliverMs: number) => Promise<FlushReport>;
  /** Cuts off what is under way. */
  cut: () => void;
};

/**
 * Starts the whole: books, gateway, page and, on recordings, traffic.
 * @throws WaybillError for whatever cannot be opened or listened on
 */
export async function startServer(
  settings: Settings,
  { progress, warn, now = Date.now }: { progress: Progress; warn: (text: string) => void; now?: () => number },
): Promise<RunningServer> {
  const engine = createCostEngine({ catalog });
  const redactor = createRedactor({ messages: settings.content === "none" ? "redact" : "keep" });
  const inFlight = new InFlight();
  let isDraining = false;
  const books = await openBooks(settings, {
    engine,
    progress,
    now,
    watch: (exporter) => exporter,
    onAppended: () => {},
    onEvent: () => {},
    warn,
  });
  const { ledger, pipeline } = books;

  const keys = await progress.step("keys", () => openKeyStore(settings.keysFile, { now }));
  const spent = new Map<string, string>();
  for (const { keyId, spent: sum } of await ledger.spentByKey({}))
    if (keyId !== null) spent.set(keyId, addExact(spent.get(keyId) ?? "0", sum));
  const budgets = createKeyBudgets({
    zone: settings.zone,
    now,
    keyOf: (id) => keys.get(id),
    spentSince: async (id, from) => {
      const sums = await ledger.spentByKey(from === null ? {} : { from });
      return sums.find(({ keyId }) => keyId === accountOf(id))?.spent ?? "0";
    },
  });
  const pastOutputs = createPastOutputs();
  const admission = createAdmission({
    engine,
    budgets,
    unpricedPolicy: settings.unpricedPolicy,
    p95Of: (id) => pastOutputs.p95(id),
  });
  const isReal = settings.upstream.kind === "real";
  const door = createDoor({
    keys,
    admission,
    now,
    // The demo's own keys are for its traffic: whoever tries it out needs none.
    needsKey: () => !settings.isLoopback || (isReal && keys.size > 0),
  });

  const recordings = isReal ? [] : await progress.step("recordings", () => bundledRecordings());
  const gateway = createGateway({
    upstream: upstreamOf(settings, recordings),
    engine,
    redactor,
    door,
    record: (payload) => {
      const hash = payload.metadata.user_api_key_hash;
      const id = typeof hash === "string" ? door.keyIdOf(hash) : undefined;
      if (id !== undefined) pastOutputs.add(id, payload.completion_tokens);
      void pipeline.accept(payload);
    },
    live: { start: () => {}, end: () => {} },
    payloadText: (id) => ledger.payloadText(id),
    limits: {
      maxBodyBytes: settings.maxBody,
      headersMs: settings.upstreamTimeouts.headersMs,
      idleMs: settings.upstreamTimeouts.idleMs,
    },
    isDraining: () => isDraining,
    ...(isReal ? {} : { tags: ["demo"] }),
    onEvent: (event) => {
      if (event.type === "failed") warn(`${event.what}: ${String(event.error)}`);
      if (event.type === "unrecognised") warn(`${event.method} ${event.url} passes through and is not counted`);
    },
  });

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use("/v1/*", inFlight.middleware);
  app.route("/", gateway);
  app.route(
    "/",
    healthRoutes({
      ledger,
      pipeline,
      isDraining: () => isDraining,
      running: () => inFlight.count,
      hasMetrics: settings.metrics,
    }),
  );
  const { server, port } = await progress.step("port", () => listen(app, settings));
  const address = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;
  const { calls } = await ledger.span();
  const traffic = settings.traffic.on
    ? await trafficOf(settings, address, () =>
        demoKeys(keys, (id) => spent.get(accountOf(id)) ?? "0"),
      )
    : undefined;

  return {
    address,
    books,
    recordings: recordings.length,
    calls,
    async stop(drainMs, deliverMs) {
      isDraining = true;
      await traffic?.stop();
      await drained(server, inFlight, drainMs);
      const report = await pipeline.close({ deadlineMs: deliverMs });
      await ledger.checkpoint();
      await books.close();
      return report;
    },
    cut: () => server.closeAllConnections(),
  };
}

function upstreamOf(settings: Settings, recordings: ReturnType<typeof bundledRecordings>): Upstream {
  const { upstream } = settings;
  if (upstream.kind === "real")
    return { fetch, base: upstream.url, ...(upstream.apiKey === null ? {} : { key: upstream.apiKey }) };
  return { fetch: createBundledUpstream({ recordings }), base: "http://recordings.invalid/v1" };
}

async function trafficOf(
  { traffic: { rate, seed } }: Settings,
  address: string,
  keysByName: () => Promise<Record<string, string>>,
): Promise<Traffic> {
  const send = sendOverHttp(`${address}/v1`, await keysByName());
  return startTraffic({ send, seed, ratePerMinute: rate });
}

/** Waits for what is under way, and then for its connections; what is left at the end of the time is cut off. */
async function drained(server: Server, inFlight: InFlight, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainMs);
  });
  await Promise.race([inFlight.none(), deadline]);
  clearTimeout(timer);
  server.closeAllConnections();
  await Promise.all([closed, inFlight.none()]);
}

