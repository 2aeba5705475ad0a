import OpenAI, { APIConnectionError, BadRequestError, NotFoundError } from "openai";
import { describe, expect, it } from "vitest";

import { createReplayFetch, memoryStore, readRecording, recordingChunks } from "../src/index.js";
import type { ReplayFetchOptions } from "../src/index.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles } from "./corpus.js";

const seeds = seedFiles.map(({ text }) => readRecording(text));
const store = memoryStore(seeds);
const ask = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hello" }] };

/** A client of the openai package that has no network. */
function clientOf(recordings: object[], options: ReplayFetchOptions = { match: "request" }): OpenAI {
  const known = memoryStore(recordings.map((recording) => readRecording(JSON.stringify(recording))));
  return new OpenAI({ apiKey: "none", fetch: createReplayFetch(known, options) });
}

const chatRequest = (body: object) => ({
  method: "POST",
  url: "https://api.openai.com/v1/v1/chat/completions",
  headers: {},
  body,
  endpoint: "/v1/chat/completions",
  model: "gpt-4o",
});

describe("the openai package with a replaying fetch", () => {
  it.each([
    ["the recorded base URL, by the hash", "https://api.openai.com/v1/v1", "exact"],
    ["an ordinary base URL, by the request", "https://api.openai.com/v1", "request"],
    ["any other base URL, by the request", "http://gateway.invalid/openai/v9", "request"],
  ] as const)("gets every seed at %s", async (_, baseURL, match) => {
    for (const seed of seeds) {
      const testId = match === "exact" ? () => seed.test_id ?? null : null;
      const client = new OpenAI({
        apiKey: "none",
        baseURL,
        fetch: createReplayFetch(store, { match, testId }),
      });
      const stream = await client.chat.completions.create(
        seed.request.body as OpenAI.ChatCompletionCreateParamsStreaming,
      );
      const chunks: unknown[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      expect(chunks).toEqual(recordingChunks(seed));
    }
  });

  it("shows what is nearest when nothing is recorded, and does not try again", async () => {
    const client = clientOf(seeds);
    const messages = [{ role: "user" as const, content: "Which planet?" }];
    const failed = client.chat.completions.create({ model: "gpt-4o", messages, stream: true });
    await expect(failed).rejects.toThrow(NotFoundError);
    await expect(failed).rejects.toThrow(
      /no recording answers POST .*cc0156eadb58.*\/body\/messages\/0\/content: asked "Which planet\?", recorded "Which planet has rings/,
    );
    await expect(failed).rejects.toMatchObject({
      code: "recording_not_found",
      error: { nearest: { differences: [{ path: "/body/messages/0/content" }] } },
    });
  });

  it("throws a recorded error status as its class", async () => {
    const exception = {
      category: "provider_sdk",
      provider: "openai",
      type: "BadRequestError",
      message: "Error code: 400",
      status_code: 400,
      body: { message: "Invalid service_tier", type: "invalid_request_error", param: null, code: null },
    };
    const client = clientOf([
      {
        request: chatRequest({ ...ask, stream: true }),
        response: { body: null, is_streaming: false, is_exception: true, exception_data: exception },
      },
    ]);
    const failed = client.chat.completions.create({ ...ask, stream: true });
    await expect(failed).rejects.toThrow(BadRequestError);
    await expect(failed).rejects.toMatchObject({ status: 400, type: "invalid_request_error" });
  });

  it("throws a recorded connection failure as one", async () => {
    const exception = { category: "builtin", type: "ConnectionError", message: "refused" };
    const client = clientOf([
      {
        request: chatRequest(ask),
        response: { body: null, is_exception: true, exception_data: exception },
      },
    ]);
    const failed = client.chat.completions.create(ask, { maxRetries: 0 });
    await expect(failed).rejects.toThrow(APIConnectionError);
  });

  it("gets the chunks of a stream that failed on the way, and then the error", async () => {
    const data = { id: "rec-1", object: "chat.completion.chunk", choices: [] };
    const client = clientOf([
      {
        request: chatRequest({ ...ask, stream: true }),
        response: {
          body: [{ __type__: "openai.types.chat.X", __data__: data }],
          is_streaming: true,
          is_exception: true,
          exception_data: { category: "unknown", type: "APIError", message: "overloaded" },
        },
      },
    ]);
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    const chunks: unknown[] = [];
    const reading = (async () => {
      for await (const chunk of stream) chunks.push(chunk);
    })();
    await expect(reading).rejects.toThrow("overloaded");
    expect(chunks).toEqual([data]);
  });

  it("gets embeddings, which the library asks for in base64 and decodes", async () => {
    const embedding = [0.5, -1, 0.25];
    const client = clientOf(
      [
        {
          request: {
            method: "POST",
            url: "https://api.openai.com/v1/embeddings",
            headers: {},
            body: { model: "text-embedding-3-small", input: "hi", encoding_format: "float" },
            endpoint: "/v1/embeddings",
          },
          response: {
            body: {
              __type__: "openai.types.create_embedding_response.CreateEmbeddingResponse",
              __data__: { object: "list", data: [{ object: "embedding", index: 0, embedding }] },
            },
            is_streaming: false,
          },
        },
      ],
      {},
    );
    const request = { model: "text-embedding-3-small", input: "hi" };
    const decoded = await client.embeddings.create(request);
    expect(Array.from(decoded.data[0]?.embedding ?? [])).toEqual(embedding);
    const asked = await client.embeddings.create({ ...request, encoding_format: "float" });
    expect(asked.data[0]?.embedding).toEqual(embedding);
  });

  it("lists the models of all recorded lists", async () => {
    const url = "https://api.openai.com/v1/models";
    const list = (...ids: string[]) => ({
      test_id: null,
      request: { method: "POST", url, headers: {}, body: {}, endpoint: "/v1/models", model: "" },
      response: {
        body: ids.map((id) => ({ __type__: "openai.types.model.Model", __data__: { id, object: "model" } })),
        is_streaming: false,
      },
    });
    for (const match of ["exact", "request"] as const) {
      const client = clientOf([list("b", "a"), list("c", "b")], { match });
      const ids: string[] = [];
      for await (const { id } of client.models.list()) ids.push(id);
      expect(ids).toEqual(["a", "b", "c"]);
    }
  });
});

describe.skipIf(!hasCorpus)(`the openai package and the corpus${corpusNote}`, () => {
  const recordings = corpusFiles
    .map(({ name, text }) => ({ name, recording: readRecording(text) }))
    .filter(
      ({ recording: { request, response } }) =>
        request.endpoint === "/v1/chat/completions" && response.is_streaming === true,
    );

  it.each(recordings)("gets every chunk of $name", async ({ recording }) => {
    // Some requests were sent to several hosts: each recording is alone here.
    const fetch = createReplayFetch(memoryStore([recording]), { match: "request" });
    const client = new OpenAI({ apiKey: "none", fetch });
    const stream = await client.chat.completions.create(
      recording.request.body as OpenAI.ChatCompletionCreateParamsStreaming,
    );
    const chunks: unknown[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks).toEqual(recordingChunks(recording));
  });
});
