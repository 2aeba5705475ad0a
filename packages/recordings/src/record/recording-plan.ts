import type { Recording } from "@waybill/core";

import { requestHash } from "../hash/request-hash.js";
import { splitUrl } from "../hash/url-path.js";
import type { Call } from "../replay/call.js";
import { isObject } from "../replay/copy-with.js";
import { endpointOf, maskedUrl } from "../replay/endpoint.js";
import type { Redactor } from "./redaction.js";
import { respelled } from "./respell.js";

/** The endpoints whose answers are kept in envelopes, chunk by chunk, with the types of what they answer. */
const inferenceTypes: Readonly<Record<string, { stream?: string; whole: string }>> = {
  "chat/completions": {
    stream: "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
    whole: "openai.types.chat.chat_completion.ChatCompletion",
  },
  completions: { whole: "openai.types.completion.Completion" },
  embeddings: { whole: "openai.types.create_embedding_response.CreateEmbeddingResponse" },
  models: { whole: "openai.types.model.Model" },
};

/** What is known of a recording before there is an answer. */
export type RecordingPlan = {
  hash: string;
  testId: string | null;
  request: Recording["request"];
  /** The types of the envelopes; undefined for a call that is kept as raw HTTP. */
  types: { stream: string; whole: string } | undefined;
  isModels: boolean;
};

/** Plans the recording of a call, without any of its secrets. */
export async function planOf(
  call: Call,
  testId: string | null,
  redactor: Redactor | undefined,
): Promise<RecordingPlan> {
  const endpoint = endpointOf(call.url);
  const types = Object.hasOwn(inferenceTypes, endpoint) ? inferenceTypes[endpoint] : undefined;
  const url = redactor ? await redactor.url(call.url) : call.url;
  const body = respelled((redactor ? await redactor.value(call.body) : call.body) ?? {});
  const isModels = endpoint === "models";
  // Only bodies that are objects have a model, and a place in a recording of a model's call.
  if (types && isObject(body) && (!isModels || call.method === "GET")) {
    const bare = bareUrl(url);
    return {
      hash: await requestHash({ url: bare, body, testId }),
      testId,
      request: {
        method: "POST",
        url: bare,
        headers: {},
        body,
        endpoint: `/v1/${endpoint}`,
        model: typeof body["model"] === "string" ? body["model"] : "",
      },
      types: { whole: types.whole, stream: types.stream ?? types.whole },
      isModels,
    };
  }
  const { method } = call;
  return {
    hash: await requestHash({ method, url, body, testId }, { recipe: "http" }),
    testId,
    request: { test_id: testId, url, method, payload: body },
    types: undefined,
    isModels: false,
  };
}

/** The address of a model without what is not hashed. */
function bareUrl(url: string): string {
  const masked = maskedUrl(url);
  const { path } = splitUrl(masked);
  return masked.slice(0, masked.indexOf(path) + path.length);
}
