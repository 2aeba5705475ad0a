import type { StandardLoggingPayloadEmit } from "@waybill/core";
import type { Api } from "@waybill/fetch";
import { buildPayload } from "@waybill/payload";

import type { Refusal } from "../access/errors.js";
import type { GatewayContext } from "./call-context.js";

/** A call that did not reach the API. */
export type RefusedCall = {
  api: Api;
  /** The body, as far as it could be read. */
  request: Record<string, unknown>;
  refusal: Refusal;
  context: GatewayContext;
  provider: string;
  apiBase: string;
  /** Epoch milliseconds. */
  startTime: number;
  endTime: number;
};

const callTypes: Readonly<Record<Api, string>> = {
  chat: "acompletion",
  completions: "atext_completion",
  embeddings: "aembedding",
  responses: "aresponses",
  messages: "anthropic_messages",
};

/** The record of a call that the gateway refused: it cost nothing, because nobody was asked. */
export function refusalRecord(call: RefusedCall): StandardLoggingPayloadEmit {
  const { api, request, refusal, context, provider, apiBase, startTime, endTime } = call;
  const { message, code } = refusal.body.error;
  return buildPayload(
    {
      request,
      error: { message, code: String(refusal.status), class: code ?? undefined },
      startTime: startTime / 1000,
      endTime: endTime / 1000,
      provider,
      apiBase,
      context,
      // Nobody was asked, and so it is known what it cost.
      cost: { status: "free", cost: 0, exact: "0", prompt: 0, completion: 0, lines: [], usage: null },
      callType: callTypes[api],
    },
    { idFrom: "call" },
  );
}
