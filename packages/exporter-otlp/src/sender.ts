import type { ExportContext, ExportOutcome, StandardLoggingPayload } from "@waybill/core";

import { refusalOf, type Answer, type Reply } from "./answer.js";
import { deliverInParts } from "./deliver.js";
import { toJson } from "./json.js";
import { toOtlpSpan } from "./mapping.js";
import { membersOf, textOf } from "./members.js";
import { envelopeOf, type MappingOptions } from "./options.js";
import { createPost, type PostOptions } from "./post.js";

/** Payloads that were sent, that the other side did not keep, and that are not sent again. */
export type Loss = { signal: "traces" | "metrics"; payloads: number; reason: string };

/** What a sender is told beside where to send. */
export type SenderOptions = MappingOptions &
  PostOptions & {
    /** Most characters in one request; 4 Mi by default. */
    maxCharacters?: number | undefined;
    /** Hears of what is lost. */
    onLoss?: ((loss: Loss) => void) | undefined;
  };

/** Sends spans to one address. Every payload is written once, so that what is sent again has the same bytes. */
export function createTraceSender(
  url: string,
  options: SenderOptions,
): (payloads: readonly StandardLoggingPayload[], context?: Partial<ExportContext>) => Promise<ExportOutcome> {
  const { resource, scope } = envelopeOf(options);
  const head = `{"resourceSpans":[{"resource":${toJson(resource)},"scopeSpans":[{"scope":${toJson(scope)},"spans":[`;
  const post = createPost(url, options);
  return (payloads, context) =>
    deliverInParts(payloads, {
      write: (payload, withContent) => ({ text: toJson(toOtlpSpan(payload, options, withContent)) }),
      post: async (parcels) => {
        const body = `${head}${parcels.map(({ text }) => text).join(",")}]}]}]}`;
        const { reason = "", ...reply } = readAnswerOf(await post(body, context?.signal), parcels.length);
        const lost = reply.unattributedRejected;
        if (lost) tell(options.onLoss, { signal: "traces", payloads: lost, reason });
        return reply;
      },
      maxCharacters: options.maxCharacters,
    });
}

/** Tells of a loss. Whoever listens cannot change what became of the payloads, also not by throwing. */
export function tell(onLoss: SenderOptions["onLoss"], loss: Loss): void {
  try {
    onLoss?.(loss);
  } catch {
    // It was told.
  }
}

/** How a receiver's answer begins. An answer may have broken off inside of JSON: its status is known all the same. */
const ofReceiver = /^([[{"]|(ok|null|true)?$)/i;

/** What a receiver's answer says of so many payloads, and why it did not keep them. */
export function readAnswerOf(answer: Answer, payloads: number): Reply & { reason?: string } {
  const { status, text } = answer;
  // What is neither empty nor JSON nor "OK" is from somebody else, as a proxy that wants a login.
  const problem = status < 300 && !ofReceiver.test(text.trim()) ? "a page" : answer.problem;
  if (status < 200 || status > 299 || problem === "a page") {
    const refusal = refusalOf({ ...answer, problem });
    return { ...refusal, reason: refusal.outcome.reason ?? "" };
  }
  const { rejectedSpans, rejectedDataPoints, errorMessage } = partialSuccessOf(text);
  const told = Number(rejectedSpans ?? rejectedDataPoints);
  const rejected = Number.isInteger(told) ? Math.min(told, payloads) : 0;
  return {
    outcome: Array.from({ length: payloads }, () => ({ status: "accepted" })),
    ...(rejected > 0 ? { unattributedRejected: rejected, reason: textOf(errorMessage) ?? "" } : {}),
  };
}

function partialSuccessOf(text: string): Record<string, unknown> {
  try {
    return membersOf(membersOf(JSON.parse(text)).partialSuccess);
  } catch {
    return {};
  }
}
