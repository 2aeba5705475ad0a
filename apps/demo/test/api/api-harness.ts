import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { createCostEngine } from "@waybill/cost";
import { catalog } from "@waybill/cost/catalog";
import type { LiveCall } from "@waybill/fetch";
import type { ExporterStats, Health, Stats } from "@waybill/pipeline";
import type { Hono } from "hono";
import { expect } from "vitest";

import type { ApiParts, Visitor } from "../../server/api/api-parts.js";
import { createApi } from "../../server/api/create-api.js";
import { ApiErrorSchema, type ApiError } from "../../server/api/schemas.js";
import { deliveryAnswer, type DeliveryParts } from "../../server/delivery/delivery-answer.js";
import { DeliveryLog } from "../../server/delivery/delivery-log.js";
import { openLedger } from "../../server/ledger/duckdb/open-ledger.js";
import type { LedgerRecord } from "../../server/ledger/ledger-record.js";
import type { LedgerStore } from "../../server/ledger/ledger-store.js";
import { LiveCalls } from "../../server/live/live-calls.js";
import { LiveFeed } from "../../server/live/live-feed.js";
import { NOON, payloadOf, recordOf } from "../ledger/calls.js";
import { FakeClock } from "../live/fake-clock.js";

export const engine = createCostEngine({ catalog });

const idle: ExporterStats = {
  accepted: 12,
  sent: 7,
  rejected: 1,
  spooled: 1,
  buffered: 1,
  inFlight: 1,
  dead: 1,
  dropped: 0,
  retried: 3,
  recovered: 0,
  degraded: 0,
  unattributedRejected: 0,
  droppedBy: {},
  rejectedBy: { "400": 1 },
  oldestAgeMs: 1200,
  state: "sending",
};
const health: Health = {
  memory: { records: 1, bytes: 900, limitRecords: 2048, limitBytes: 8_388_608 },
  spool: { bytes: 4096, limitBytes: 1_000_000, state: "ok" },
  refused: 0,
};

export type Answer = { status: number; headers: Headers; text: string; body: unknown };

/** The API over a ledger of its own, with a clock that stands still an hour after the first calls. */
export type Harness = {
  api: Hono;
  ledger: LedgerStore;
  calls: LiveCalls;
  feed: LiveFeed;
  log: DeliveryLog;
  clock: FakeClock;
  /** Adds records, and tells the feed as the ledger's exporter does. */
  add: (records: readonly LedgerRecord[]) => Promise<void>;
  get: (path: string, init?: RequestInit) => Promise<Answer>;
  /** The body of an answer that is as its schema says. */
  read: <T>(path: string, schema: TSchema, init?: RequestInit) => Promise<T>;
  /** The refusal of a request. */
  refusal: (path: string, init?: RequestInit) => Promise<ApiError["error"] & { status: number }>;
  visitor: Visitor;
  stats: Stats;
  close: () => Promise<void>;
};

export async function harness(
  change: Partial<ApiParts> & { spool?: DeliveryParts["spool"] } = {},
): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), "waybill-api-"));
  const ledger = await openLedger(join(folder, "ledger.duckdb"), { threads: 1, memoryLimit: "256MB" });
  const clock = new FakeClock((NOON + 3600) * 1000);
  const now = (): number => clock.now();
  const log = new DeliveryLog(ledger, { clock, onFailed: () => {} });
  const calls = new LiveCalls({ engine, now });
  const stats: Stats = { langfuse: idle, otlp: { ...idle, oldestAgeMs: null } };
  const { spool = null, ...parts } = change;
  const delivery: DeliveryParts = { stats: () => stats, health: () => health, log, spool };
  const feed = new LiveFeed({
    calls,
    ledger,
    clock,
    delivery: () => deliveryAnswer(delivery, now()),
    deliveryOf: (id) => log.latest(id),
  });
  const visitor: Visitor = { role: "admin", authRequired: false };
  let ids = 0;
  const api = createApi({
    ledger,
    live: { calls, feed },
    delivery,
    keys: null,
    about: {
      version: "0.1.0",
      upstream: { kind: "recordings", host: null },
      demo: true,
      zone: "UTC",
      retentionDays: 30,
      sinks: ["langfuse", "otlp"],
    },
    visitor: () => visitor,
    engine,
    now,
    newId: () => `request-${++ids}`,
    ...parts,
  });
  const get = async (path: string, init?: RequestInit): Promise<Answer> => {
    const response = await api.request(`http://127.0.0.1:4400${path}`, init);
    const text = await response.text();
    const isJson = /^application\/json(?:;|$)/.test(response.headers.get("content-type") ?? "");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  };
  return {
    api,
    ledger,
    calls,
    feed,
    log,
    clock,
    get,
    visitor,
    stats,
    async add(records) {
      const before = ledger.newestSeq();
      await ledger.append(records);
      feed.appended(await ledger.since(before, 10_000));
    },
    async read<T>(path: string, schema: TSchema, init?: RequestInit) {
      const answer = await get(path, init);
      expect([answer.status < 300, answer.status < 300 ? "" : answer.text]).toEqual([true, ""]);
      expect(faultsOf(schema, answer.body)).toEqual([]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      return answer.body as T;
    },
    async refusal(path, init) {
      const { status, body, headers } = await get(path, init);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(faultsOf(ApiErrorSchema, body)).toEqual([]);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      const { error } = body as ApiError;
      expect(headers.get("x-request-id")).toBe(error.requestId);
      return { ...error, status };
    },
    async close() {
      feed.close();
      await ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function faultsOf(schema: TSchema, value: unknown): string[] {
  return [...Value.Errors(schema, value)].map(
    ({ path, message, value: found }) => `${path}: ${message}, found ${JSON.stringify(found)?.slice(0, 80)}`,
  );
}

/** A call that is under way, whose answer grows as it is told. */
export function liveCall(
  id: string,
  change: Partial<LiveCall> & { text?: string } = {},
): LiveCall & { say: (text: string) => void } {
  let { text = "" } = change;
  let chunks = text === "" ? 0 : 1;
  return {
    id,
    api: "chat",
    provider: "openai",
    request: {
      model: "gpt-4o",
      stream: true,
      messages: [{ role: "user", content: "Which planet has rings?" }],
    },
    context: { traceId: "trace-1", tags: ["demo"] },
    startTime: (NOON + 3599) * 1000,
    progress: () => ({ text, chunks, firstTokenMs: chunks > 0 ? 120 : null }),
    say(more) {
      text += more;
      chunks++;
    },
    ...change,
  };
}

/** Puts one call with its whole payload into the ledger, whose record reached Langfuse at the second try. */
export async function addWaybill(
  { add, ledger }: Pick<Harness, "add" | "ledger">,
  id: string,
): Promise<void> {
  const [started, ended] = [(NOON + 3500) * 1e6, (NOON + 3502) * 1e6];
  await add([recordOf({ id, payload: JSON.stringify(payloadOf({ id })), started, ended })]);
  const at = NOON * 1000;
  const event = { id, sink: "langfuse" };
  await ledger.noteDeliveries([
    { ...event, at, attempt: 1, state: "retry", code: "503", reason: "unavailable" },
    { ...event, at: at + 5, attempt: 2, state: "delivered", code: null, reason: null },
  ]);
}
