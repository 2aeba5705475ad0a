import {
  type ExportContext,
  type ExportOutcome,
  type ItemOutcome,
  type StandardLoggingPayload,
  WaybillError,
} from "@waybill/core";

import { toLangfuseBatch, type MappingOptions } from "./mapping.js";

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
  const url = endpointOf(options.baseUrl ?? "https://cloud.langfuse.com");
  const headers = {
    authorization: `Basic ${base64(`${publicKey}:${secretKey}`)}`,
    "content-type": "application/json",
    "x-langfuse-public-key": publicKey,
    "x-langfuse-sdk-name": "waybill",
  };

  return async function sendBatch(payloads, context): Promise<ExportOutcome> {
    if (payloads.length === 0) return { items: [] };
    const { batch, metadata } = toLangfuseBatch(payloads, options);
    let response: Response;
    let text: string;
    try {
      response = await send(url, {
        method: "POST",
        headers,
        body: JSON.stringify({ batch, metadata }),
        redirect: "error",
        signal: AbortSignal.any([
          AbortSignal.timeout(timeoutMs),
          ...(context?.signal ? [context.signal] : []),
        ]),
      });
      text = await readBounded(response);
    } catch (error) {
      // No answer: whether it was stored is unknown, and the same ids make a second delivery harmless.
      return { ...forAll(payloads, { status: "retry" }), pause: { ms: 0, reason: messageOf(error) } };
    }
    if (response.status === 207) return readVerdicts(text, batch.length / payloads.length, batch);
    if (response.status === 413 && payloads.length > 1) {
      const half = Math.ceil(payloads.length / 2);
      const first = await sendBatch(payloads.slice(0, half), context);
      const second = await sendBatch(payloads.slice(half), context);
      return { ...first, ...second, items: [...first.items, ...second.items] };
    }
    return readFailure(response, text, payloads);
  };
}

/** One payload is accepted when all of its events are; it is sent again when one of them failed on the server's side. */
function readVerdicts(text: string, eventsEach: number, batch: readonly { id: string }[]): ExportOutcome {
  const body = parse(text) as { successes?: Verdict[]; errors?: Verdict[] } | undefined;
  const accepted = new Set(body?.successes?.map(({ id }) => id));
  const errors = new Map(body?.errors?.map((verdict) => [verdict.id, verdict]));
  const items: ItemOutcome[] = [];
  for (let at = 0; at < batch.length; at += eventsEach) {
    const ids = batch.slice(at, at + eventsEach).map(({ id }) => id);
    const failed = ids.map((id) => errors.get(id)).filter((verdict) => verdict !== undefined);
    const refused = failed.find(({ status }) => status < 500);
    if (refused) {
      const reason = [refused.message, refused.error].filter((part) => typeof part === "string").join(": ");
      items.push({
        status: "rejected",
        code: String(refused.status),
        reason: reason || "refused without a reason",
      });
    } else {
      items.push(ids.every((id) => accepted.has(id)) ? { status: "accepted" } : { status: "retry" });
    }
  }
  return { items };
}

type Verdict = { id: string; status: number; message?: unknown; error?: unknown };

function readFailure(response: Response, text: string, payloads: Payloads): ExportOutcome {
  const { status } = response;
  const reason = `Langfuse answered ${status}: ${text.slice(0, 200).trim() || response.statusText}`;
  if (status === 429 || status >= 500) {
    const afterMs = retryAfterMs(response.headers.get("retry-after"));
    return {
      ...forAll(payloads, { status: "retry", ...(afterMs === undefined ? {} : { afterMs }) }),
      ...(afterMs === undefined ? {} : { pause: { ms: afterMs, reason } }),
    };
  }
  // Wrong keys, a suspended plan, a wrong address: the payloads are fine, so they are kept for later.
  if ([401, 403, 404].includes(status)) {
    return { ...forAll(payloads, { status: "retry" }), pause: { ms: 60_000, reason } };
  }
  return forAll(payloads, { status: "rejected", code: String(status), reason });
}

function forAll(payloads: Payloads, outcome: ItemOutcome): ExportOutcome {
  return { items: payloads.map(() => outcome) };
}

/** `Retry-After` is whole seconds or an HTTP date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^[0-9]+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
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
  return `${baseUrl.replace(/\/+$/, "")}/api/public/ingestion`;
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
