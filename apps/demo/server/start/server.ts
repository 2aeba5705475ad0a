import type { HttpBindings } from "@hono/node-server";
import { createCostEngine } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";
import { createRedactor } from "@waybill/payload";
import { systemClock, type FlushReport } from "@waybill/pipeline";
import { Hono } from "hono";

import { createAuthenticator } from "../access/authenticate.js";
import { createDoor } from "../access/door.js";
import { callsFromHere, cors } from "../access/middleware.js";
import { DeliveryLog } from "../delivery/delivery-log.js";
import { watchedExporter } from "../delivery/watched-exporter.js";
import { createGateway } from "../gateway/gateway.js";
import { createAdmission } from "../keys/admission.js";
import { createKeyBudgets } from "../keys/budgets.js";
import { accountOf } from "../keys/key-record.js";
import { openKeyStore } from "../keys/key-store.js";
import { lockKeys } from "../keys/keys-lock.js";
import { createPastOutputs } from "../keys/past-outputs.js";
import type { LedgerRow } from "../ledger/ledger-row.js";
import { LiveCalls } from "../live/live-calls.js";
import { createPage } from "../page/page.js";
import type { Settings } from "../settings/settings.js";
import { sendOverHttp } from "../traffic/send-over-http.js";
import { startTraffic, type Traffic } from "../traffic/start-traffic.js";
import { bundledRecordings } from "../upstream/bundled-recordings.js";
import { allSteps } from "./all-steps.js";
import { openBooks, type Books } from "./books.js";
import { demoKeys } from "./demo-keys.js";
import { drained } from "./drained.js";
import { healthRoutes } from "./health.js";
import { InFlight } from "./in-flight.js";
import { listen } from "./listen.js";
import { notFound } from "./not-found.js";
import { pageApi } from "./page-api.js";
import type { Progress } from "./progress.js";
import type { StopReport } from "./summary.js";
import { upstreamOf } from "./upstream.js";

/** A server that answers. */
export type RunningServer = {
  /** Where it is reached, without a slash at the end. */
  address: string;
  books: Books;
  /** How many recordings there are; none with a real upstream. */
  recordings: number;
  /** Calls that were in the ledger before. */
  calls: number;
  /** Takes no more calls, lets those under way come to their end, and delivers what there is. */
  stop: (times: { drainMs: number; deliverMs: number }) => Promise<StopReport>;
  /** Cuts off what is under way. */
  cut: () => void;
};

/** How long records that an earlier process left are waited for, so that budgets know of them. Milliseconds. */
const LEFT_OVER_MS = 5000;

/**
 * Starts the whole: books, gateway, page and, on recordings, traffic.
 * @throws WaybillError for whatever cannot be opened or listened on
 */
export async function startServer(
  settings: Settings,
  {
    version,
    progress,
    warn,
    now = Date.now,
  }: { version: string; progress: Progress; warn: (text: string) => void; now?: () => number },
): Promise<RunningServer> {
  const isReal = settings.upstream.kind === "real";
  const withContent = settings.content === "full";
  const engine = createCostEngine({ catalog, overrides: settings.prices });
  const redactor = createRedactor({ messages: withContent ? "keep" : "redact" });
  const inFlight = new InFlight();
  let isDraining = false;

  let log: DeliveryLog | undefined;
  let onAppended: (rows: LedgerRow[]) => void = () => {};
  const books = await openBooks(settings, {
    engine,
    progress,
    now,
    watch: (exporter, ledger) =>
      watchedExporter(exporter, (log ??= new DeliveryLog(ledger, { without: ["ledger"], onFailed: warn }))),
    onAppended: (rows) => onAppended(rows),
    onEvent: (event) => log?.onPipelineEvent(event),
    warn,
  });
  const { ledger, pipeline } = books;
  const deliveries = (log ??= new DeliveryLog(ledger, { without: ["ledger"], onFailed: warn }));
  await progress.step("records left in the spool", () => atMost(LEFT_OVER_MS, pipeline.flush()));

  const keysLock = await lockKeys(settings.keysFile);
  const keys = await progress.step("keys", () => openKeyStore(settings.keysFile, { now }));
  const spentSince = async (id: string, from: number | null): Promise<string> => {
    const sums = await ledger.spentByKey(from === null ? {} : { from });
    return sums.find(({ keyId }) => keyId === accountOf(id))?.spent ?? "0";
  };
  const budgets = createKeyBudgets({ zone: settings.zone, now, keyOf: (id) => keys.get(id), spentSince });
  const pastOutputs = createPastOutputs();
  const p95Of = (id: string, model: string) => pastOutputs.p95(id, model);
  const { unpricedPolicy } = settings;
  const admission = createAdmission({ engine, budgets, unpricedPolicy, p95Of });
  const authenticator = createAuthenticator({
    keys,
    adminToken: settings.adminToken,
    isLoopback: settings.isLoopback,
    // The demo's own keys are for its traffic: whoever tries it out needs none.
    needsKey: () => !settings.isLoopback || (isReal && keys.size > 0),
    now,
  });
  const door = createDoor({ authenticator, admission, keys });

  const recordings = isReal ? [] : await progress.step("recordings", () => bundledRecordings());
  const calls = new LiveCalls({ engine, redactor, withContent, now });
  const gateway = createGateway({
    upstream: upstreamOf(settings.upstream, recordings),
    engine,
    redactor,
    door,
    record: (payload) => {
      const hash = payload.metadata.user_api_key_hash;
      const id = typeof hash === "string" ? door.keyIdOf(hash) : undefined;
      const { model, model_parameters: parameters, completion_tokens: tokens } = payload;
      if (id !== undefined) pastOutputs.add({ keyId: id, model, parameters, tokens });
      // What is dropped before it is ever tried is told by another name.
      deliveries.knows(payload);
      void pipeline.accept(payload);
    },
    live: {
      start: (call, { hash, alias, lastFour }) => {
        const key = hash === null ? null : { id: hash, alias, lastFour };
        calls.start(call, { key, tags: call.context.tags ?? [] });
      },
      end: (id) => calls.end(id),
    },
    payloadText: (id) => ledger.payloadText(id),
    limits: { maxBodyBytes: settings.maxBody, ...settings.upstreamTimeouts },
    isDraining: () => isDraining,
    includeUsage: !settings.asIs,
    ...(isReal ? {} : { tags: ["demo"] }),
    onEvent: (event) => {
      if (event.type === "failed") warn(`${event.what}: ${String(event.error)}`);
      if (event.type === "unrecognised")
        warn(`${event.method} ${event.url} passes through and is not counted`);
    },
  });

  let port = settings.port;
  const { api, feed } = pageApi({
    settings,
    version,
    books,
    engine,
    calls,
    deliveries,
    keys,
    budgets,
    authenticator,
    port: () => port,
    now,
    clock: systemClock,
  });
  onAppended = (rows) => feed.appended(rows);

  const app = new Hono<{ Bindings: HttpBindings }>();
  const own = { host: settings.host, port: () => port, publicHosts: settings.publicHosts };
  app.use("/v1/*", inFlight.middleware, cors(settings.corsOrigins));
  app.use("/v1/*", callsFromHere(own, authenticator, settings.corsOrigins));
  app.route("/", gateway);
  const running = () => inFlight.count;
  const hasMetrics = settings.metrics;
  app.route("/", healthRoutes({ ledger, pipeline, isDraining: () => isDraining, running, hasMetrics }));
  app.route("/", api);
  app.route("/", createPage());
  app.notFound(notFound);
  const listening = await progress.step("port", () => listen(app, settings));
  ({ port } = listening);
  const { server } = listening;
  const needsKeys = !settings.isLoopback || keys.size > 0;
  if (settings.upstream.kind === "real" && settings.upstream.apiKey === null && needsKeys)
    warn("no key for the upstream is set (OPENAI_API_KEY): calls will be refused by it");
  const address = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;

  let traffic: Traffic | undefined;
  if (settings.traffic.on) {
    const { rate, seed } = settings.traffic;
    const texts = await demoKeys(keys, (id) => spentSince(id, null));
    traffic = startTraffic({
      send: sendOverHttp(`${address}/v1`, texts),
      seed,
      ratePerMinute: rate,
      recordings,
    });
  }

  return {
    address,
    books,
    recordings: recordings.length,
    calls: (await ledger.span()).calls,
    async stop({ drainMs, deliverMs }) {
      isDraining = true;
      let records: FlushReport | null = null;
      const failed = await allSteps([
        ["live events", () => feed.close()],
        ["traffic", () => traffic?.stop()],
        ["calls under way", () => drained(server, inFlight, drainMs)],
        ["records", async () => (records = await pipeline.close({ deadlineMs: deliverMs }))],
        ["deliveries", () => deliveries.flush()],
      ]);
      const closed = await books.close();
      const released = await allSteps([["lock of the keys", () => keysLock.release()]]);
      return { records, failed: [...failed, ...closed, ...released] };
    },
    cut: () => server.closeAllConnections(),
  };
}

function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
