import {
  type ExportContext,
  type ExportOutcome,
  type ItemOutcome,
  type StandardLoggingPayload,
  WaybillError,
  wordsOf,
} from "@waybill/core";

import { checkOptions, sdkMetadata, toEvents, type MappingOptions } from "./mapping.js";

/** Where and how to send. */
export type SenderOptions = MappingOptions & {
  /** Project keys, `pk-lf-…` and `sk-lf-…`. */
  publicKey: string;
  secretKey: string;
  /** https, or http on loopback. `https://cloud.langfuse.com` by default. */
  baseUrl?: string;
  /** Time for one request, in milliseconds; 10 seconds by default. */
  timeoutMs?: number;
  fetch?: typeof fetch;
};

type Payloads = readonly StandardLoggingPayload[];
type Send = (payloads: Payloads, context?: Partial<ExportContext>) => Promise<ExportOutcome>;

const MAX_RESPONSE_BYTES = 1024 * 1024;

/**
 * Sends payloads to the batch ingestion endpoint.
 * @throws WaybillError `insecure-url` for an address that is neither https nor loopback
 */
export function createBatchSender(options: SenderOptions): Send {
  const { publicKey, secretKey, timeoutMs = 10_000, fetch: send = fetch } = options;
  checkOptions(options);
  const url = endpointOf(options.baseUrl ?? "https://cloud.langfuse.com");
  const headers = {
    authorization: `Basic ${base64(`${publicKey}:${secretKey}`)}`,
    "content-type": "application/json",
    "x-langfuse-public-key": publicKey,
    "x-langfuse-sdk-name": "waybill",
  };

  async function post(
    parcels: readonly Parcel[],
    signal: AbortSignal | undefined,
  ): Promise<ItemOutcome[] | Failure> {
    let response: Response;
    let text: string;
    try {
      response = await send(url, {
        method: "POST",
        headers,
        body: bodyOf(parcels),
        redirect: "error",
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
      });
      text = await readBounded(response);
    } catch (error) {
      // No answer: whether it was stored is unknown, and the same ids make a second delivery harmless.
      return { outcome: { status: "retry" }, pause: { ms: 0, reason: wordsOf(error) } };
    }
    const verdicts = response.ok ? readVerdicts(text) : undefined;
    if (verdicts) return parcels.map(({ ids }) => outcomeOf(ids, verdicts));
    if (response.status !== 413 || parcels.length === 1) return readFailure(response, text);
    const half = Math.ceil(parcels.length / 2);
    const halves = [parcels.slice(0, half), parcels.slice(half)];
    const outcomes: ItemOutcome[] = [];
    for (const part of halves) {
      const result = await post(part, signal);
      if (Array.isArray(result)) outcomes.push(...result);
      else if (result.pause && result.outcome.status === "retry") {
        // The other side is gone: what it has accepted so far stays accepted, the rest waits.
        return [...outcomes, ...parcels.slice(outcomes.length).map(() => result.outcome)];
      } else outcomes.push(...part.map(() => result.outcome));
    }
    return outcomes;
  }

  return async function sendBatch(payloads, context): Promise<ExportOutcome> {
    const items: ItemOutcome[] = [];
    const parcels: Parcel[] = [];
    payloads.forEach((payload, index) => {
      const parcel = toParcel(payload, index, options);
      if ("code" in parcel) items[index] = parcel;
      else parcels.push(parcel);
    });
    if (parcels.length === 0) return { items };
    const result = await post(parcels, context?.signal);
    parcels.forEach(({ index }, place) => {
      items[index] = Array.isArray(result) ? (result[place] as ItemOutcome) : result.outcome;
    });
    return { items, ...(!Array.isArray(result) && result.pause ? { pause: result.pause } : {}) };
  };
}

/** The events of one payload as JSON text, with its place in the batch. */
type Parcel = { index: number; ids: string[]; json: string };

/** What holds for every payload of a request that failed as a whole. */
type Failure = { outcome: ItemOutcome; pause?: { ms: number; reason: string } };

/** One payload that cannot be written must not hold up the others. */
function toParcel(
  payload: StandardLoggingPayload,
  index: number,
  options: MappingOptions,
): Parcel | (ItemOutcome & { code: string }) {
  try {
    const events = toEvents(payload, options);
    const json = events.map((event) => JSON.stringify(event)).join(",");
    return { index, ids: events.map(({ id }) => id), json };
  } catch (error) {
    return { status: "rejected", code: "unmappable", reason: `cannot be written as JSON: ${wordsOf(error)}` };
  }
}

function bodyOf(parcels: readonly Parcel[]): string {
  const count = parcels.reduce((sum, { ids }) => sum + ids.length, 0);
  const metadata = JSON.stringify(sdkMetadata(count));
  return `{"batch":[${parcels.map(({ json }) => json).join(",")}],"metadata":${metadata}}`;
}

type Verdict = { id: string; status: number; message?: unknown; error?: unknown };
type Verdicts = { accepted: Set<string>; errors: Map<string, Verdict> };

/** A verdict for each event; undefined when the answer is none of Langfuse's. */
function readVerdicts(text: string): Verdicts | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { successes, errors } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  if (!Array.isArray(successes) && !Array.isArray(errors)) return undefined;
  return {
    accepted: new Set(verdictsOf(successes).map(({ id }) => id)),
    errors: new Map(verdictsOf(errors).map((verdict) => [verdict.id, verdict])),
  };
}

function verdictsOf(list: unknown): Verdict[] {
  const items: unknown[] = Array.isArray(list) ? list : [];
  return items.filter((item): item is Verdict => typeof (item as Verdict | null)?.id === "string");
}

/** One payload is accepted when all of its events are; it is sent again when one of them failed on the server's side. */
function outcomeOf(ids: readonly string[], { accepted, errors }: Verdicts): ItemOutcome {
  const failed = ids.map((id) => errors.get(id)).filter((verdict) => verdict !== undefined);
  const refused = failed.find(({ status }) => status < 500);
  if (refused) {
    const reason = [refused.message, refused.error].filter((part) => typeof part === "string").join(": ");
    return { status: "rejected", code: String(refused.status), reason: reason || "refused without a reason" };
  }
  return ids.every((id) => accepted.has(id)) ? { status: "accepted" } : { status: "retry" };
}

/** Time for a person to look: wrong keys, a suspended plan, an address that is not Langfuse's. */
const LONG_PAUSE_MS = 60_000;

function readFailure(response: Response, text: string): Failure {
  const { status } = response;
  const reason = `Langfuse answered ${status}: ${text.slice(0, 200).trim() || response.statusText}`;
  if (status === 408 || status === 429 || status >= 500) {
    const afterMs = retryAfterMs(response.headers.get("retry-after"));
    if (afterMs === undefined) return { outcome: { status: "retry" } };
    return { outcome: { status: "retry", afterMs }, pause: { ms: afterMs, reason } };
  }
  // The payloads are fine, so they are kept for later.
  if (response.ok || [401, 403, 404].includes(status)) {
    return { outcome: { status: "retry" }, pause: { ms: LONG_PAUSE_MS, reason } };
  }
  return { outcome: { status: "rejected", code: String(status), reason } };
}

/** A server that names a later time than this is asked again after it. */
const MAX_RETRY_AFTER_MS = 60 * 60 * 1000;

/** `Retry-After` is whole seconds or an HTTP date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^[0-9]+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

/** An endless answer must not fill the memory of whoever sends logs. */
async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > MAX_RESPONSE_BYTES) throw new WaybillError("response-too-large", "the answer is over 1 MiB");
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

function endpointOf(baseUrl: string): string {
  if (!URL.canParse(baseUrl))
    throw new WaybillError("bad-url", `baseUrl: ${JSON.stringify(baseUrl)} is not a URL`);
  const { protocol, hostname } = new URL(baseUrl);
  const isLoopback = hostname === "localhost" || hostname === "[::1]" || /^127\.[0-9.]+$/.test(hostname);
  if (protocol !== "https:" && !(protocol === "http:" && isLoopback)) {
    throw new WaybillError(
      "insecure-url",
      `baseUrl: ${baseUrl} would send keys and prompts in the clear; use https`,
    );
  }
  return new URL("api/public/ingestion", baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`).href;
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
