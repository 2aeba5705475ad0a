import { WaybillError } from "@waybill/core";

import { systemClock, type Clock } from "../upstream/clock.js";
import type { TrafficCall } from "./plan-traffic.js";

/** With what calls are made. */
export type SendOptions = { fetch?: typeof globalThis.fetch | undefined; clock?: Clock | undefined };

/** The longest that is waited before a second try. */
const LONGEST_RETRY_MS = 30_000;

/**
 * Makes calls to a gateway as applications do: with the key of that name, reading each answer to its end, leaving in the
 * middle where that is planned, and trying once more after a 429 that says when. An answer that says no is an answer.
 * @param baseUrl with the `/v1`
 */
export function sendOverHttp(
  baseUrl: string,
  keyByName: Readonly<Record<string, string>>,
  { fetch = globalThis.fetch, clock = systemClock }: SendOptions = {},
): (call: TrafficCall, signal: AbortSignal) => Promise<void> {
  const base = baseUrl.replace(/\/$/, "");

  async function attempt(call: TrafficCall, signal: AbortSignal): Promise<number | undefined> {
    const key = Object.hasOwn(keyByName, call.key) ? keyByName[call.key] : undefined;
    const leaving = new AbortController();
    const response = await fetch(`${base}${call.path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...call.headers,
      },
      body: JSON.stringify(call.body),
      signal: AbortSignal.any([signal, leaving.signal]),
    });
    await read(response, call, leaving);
    return retryDelay(response);
  }

  return async (call, signal) => {
    const delay = await attempt(call, signal);
    if (delay === undefined) return;
    await clock.wait(delay, signal);
    if (!signal.aborted) await attempt(call, signal);
  };
}

/** Reads an answer, and goes away when as many events were read as planned. */
async function read(response: Response, call: TrafficCall, leaving: AbortController): Promise<void> {
  const decoder = new TextDecoder();
  let events = 0;
  try {
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      events += decoder.decode(piece, { stream: true }).split("\n\n").length - 1;
      if (response.ok && call.leavesAfter !== undefined && events >= call.leavesAfter) {
        leaving.abort();
        return;
      }
    }
  } catch (error) {
    // Who left hears that he left, and what was to be cut was cut.
    if (!leaving.signal.aborted && call.kind !== "cut") throw error;
  }
  if (response.status === 401)
    throw new WaybillError("bad-key", `the gateway does not know the key of ${call.key}`);
}

/** How long to wait before the second try; undefined when there is to be none. */
function retryDelay({ status, headers }: Response): number | undefined {
  if (status !== 429 || headers.get("x-should-retry") === "false") return undefined;
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds * 1000), LONGEST_RETRY_MS) : undefined;
}
