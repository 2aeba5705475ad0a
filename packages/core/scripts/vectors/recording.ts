import { absent, type VectorTable } from "./define.js";

const chunk = {
  __type__: "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
  __data__: { id: "rec-1", choices: [], created: 0, model: "m", object: "chat.completion.chunk" },
};
const request = {
  method: "POST",
  url: "https://api.openai.com/v1/v1/chat/completions",
  headers: {},
  body: { model: "gpt-4o", messages: [], stream: true },
  endpoint: "/v1/chat/completions",
  model: "gpt-4o",
  provider_metadata: { openai_sdk_version: "2.5.0" },
};
const base = {
  test_id: "tests/test_a.py::test_b",
  request,
  response: { body: [chunk], is_streaming: true },
  id_normalization_mapping: {},
};
const failure = {
  body: null,
  is_streaming: false,
  is_exception: true,
  exception_data: {
    category: "provider_sdk",
    type: "BadRequestError",
    message: "no",
    provider: "openai",
    status_code: 400,
    body: null,
  },
  exception_message: "no",
};

export const accept: VectorTable = {
  base,
  right: {
    "/test_id": [null, absent],
    "/request": [{}],
    "/request/method": [absent, "post"],
    "/request/headers": [absent, null, { a: "b" }],
    "/request/body": [absent, {}, null, "text"],
    "/request/endpoint": [absent, "/api/tags"],
    "/request/model": ["", absent],
    "/request/provider_metadata": [absent, {}, null],
    "/response/body": [null, {}, [], ["data: {}", ""], [{ candidates: [] }], "text"],
    "/response/is_streaming": [false, absent],
    "/response/status": [200, 400],
    "/response/extra": [1],
    "/response": [failure, { body: null, is_exception: true, exception_message: "gone" }],
    "/id_normalization_mapping": [absent, { a: "b" }],
    "/unknown": [1],
  },
  valid: [
    [
      "an HTTP recording",
      {
        request: { test_id: null, url: "http://h/v1/messages", method: "POST", payload: { a: 1 } },
        response: { status: 400, body: { error: {} }, is_streaming: false },
      },
    ],
    [
      "a tool recording",
      {
        request: { test_id: "t", provider: "tavily", tool_name: "web_search", kwargs: { query: "q" } },
        response: {
          body: { __type__: "ogx_api.tools.ToolInvocationResult", __data__: {} },
          is_streaming: false,
        },
      },
    ],
    [
      "a file processor recording",
      {
        request: { test_id: "t", provider: "p", api: "file_processors", file_id: "f" },
        response: { body: { __type__: "x.ProcessFileResponse", __data__: {} } },
      },
    ],
    [
      "a Vertex stream",
      {
        request: {
          method: "POST",
          url: "vertexai:///generate_content_stream",
          body: { model: "gemini", contents: "hi" },
        },
        response: { body: [{ candidates: [] }], is_streaming: true },
      },
    ],
    [
      "a model list",
      {
        request: { ...request, endpoint: "/v1/models" },
        response: {
          body: [{ __type__: "openai.types.model.Model", __data__: { id: "m" } }],
          is_streaming: false,
        },
      },
    ],
    [
      "an embedding",
      {
        request: { ...request, endpoint: "/v1/embeddings" },
        response: {
          body: { __type__: "x.CreateEmbeddingResponse", __data__: { data: [] } },
          is_streaming: false,
        },
      },
    ],
    [
      "an SSE passthrough",
      {
        request: { url: "http://h", method: "POST", payload: {} },
        response: { body: ["event: ping", "data: {}", ""], is_streaming: true },
      },
    ],
    ["a whole failure", { request, response: failure }],
    [
      "the stack's own error",
      { request, response: { ...failure, exception_data: { category: "ogx", status_code: 404 } } },
    ],
    [
      "a failure in the middle of a stream",
      { request, response: { ...failure, body: [chunk], is_streaming: true } },
    ],
  ],
  wrong: {
    "": [null, [], "x", 5],
    "/test_id": [5, {}],
    "/request": [absent, null, [], "x"],
    "/request/method": [5, {}],
    "/request/url": [5, {}],
    "/request/headers": [[], "x"],
    "/request/endpoint": [5, {}],
    "/request/model": [5, {}],
    "/request/provider_metadata": ["x", []],
    "/request/kwargs": ["x", []],
    "/request/tool_name": [5],
    "/request/provider": [{}],
    "/request/api": [5],
    "/request/file_id": [5],
    "/request/test_id": [5],
    "/response": [absent, null, [], "x"],
    "/response/body": [absent, 5, true],
    "/response/status": ["200", 1.5],
    "/response/is_streaming": ["true", 1],
    "/response/is_exception": ["no", 1],
    "/response/exception_data": ["x", []],
    "/response/exception_message": [5, {}],
    "/id_normalization_mapping": [[], "x"],
  },
  invalid: [
    [
      "an exception's status as text",
      "/response/exception_data/status_code",
      { request, response: { body: null, exception_data: { status_code: "400" } } },
    ],
    [
      "an exception's category as a number",
      "/response/exception_data/category",
      { request, response: { body: null, exception_data: { category: 1 } } },
    ],
  ],
};

export const emit: VectorTable = {
  base,
  right: {
    "/test_id": [null, ""],
    "/request/body": [{}],
    "/request/endpoint": [""],
    "/request/model": [""],
    "/request/url": ["x"],
    "/request/provider_metadata": [absent, {}],
    "/request/extra": [1],
    "/response/body": [null, {}, [], [1]],
    "/response/is_streaming": [false],
    "/response/is_exception": [true, false],
    "/response/exception_message": ["no"],
    "/response/exception_data": [
      { category: "unknown", type: "E", message: "" },
      { category: "builtin", type: "ValueError", message: "no" },
      { category: "provider_sdk", type: "E", message: "m", provider: "openai", status_code: 400, body: null },
      { category: "ogx", type: "E", message: "m", status_code: 404 },
    ],
    "/response/extra": [null],
    "/id_normalization_mapping": [absent, { a: "b" }],
  },
  valid: [
    ["a plain answer", { test_id: null, request, response: { body: chunk, is_streaming: false } }],
    ["a failure", { test_id: null, request, response: failure }],
    [
      "a stream of two chunks",
      { test_id: null, request, response: { body: [chunk, chunk], is_streaming: true } },
    ],
    [
      "no provider metadata",
      {
        test_id: "t",
        request: { ...request, provider_metadata: {} },
        response: { body: null, is_streaming: false },
      },
    ],
    [
      "a model list",
      {
        test_id: null,
        request: { ...request, endpoint: "/v1/models", body: {}, model: "" },
        response: { body: [], is_streaming: false },
      },
    ],
    [
      "a failure on the way",
      { test_id: null, request, response: { ...failure, body: [chunk], is_streaming: true } },
    ],
    ["a long test id", { ...base, test_id: "t".repeat(1000) }],
    ["a test id of other letters", { ...base, test_id: "é😀" }],
    ["an embedding", { ...base, response: { body: { data: [] }, is_streaming: false } }],
    ["a text completion", { ...base, request: { ...request, endpoint: "/v1/completions" } }],
    ["another empty list", { ...base, test_id: null, response: { body: [], is_streaming: true } }],
    ["raw chunks", { ...base, response: { body: [{ id: "x" }], is_streaming: true } }],
    ["a body of null members", { ...base, request: { ...request, body: { model: null, stop: null } } }],
    ["another host", { ...base, request: { ...request, url: "http://127.0.0.1:1/v1/chat/completions" } }],
    ["nested body members", { ...base, request: { ...request, body: { a: [{ b: null }] } } }],
  ],
  wrong: {
    "": [null, []],
    "/test_id": [absent, 5],
    "/unknown": [1],
    "/request": [absent, null],
    "/request/method": [absent, "GET", "post"],
    "/request/url": [absent, "", null],
    "/request/headers": [absent, null],
    "/request/headers/authorization": ["Bearer x"],
    "/request/body": [absent, null, []],
    "/request/endpoint": [absent, null],
    "/request/model": [absent, null],
    "/request/provider_metadata": [null],
    "/response": [absent, []],
    "/response/body": [absent, "text"],
    "/response/is_streaming": [absent, null, "true"],
    "/response/is_exception": [null],
    "/response/exception_message": [null],
    "/response/exception_data": [null, "x"],
    "/id_normalization_mapping": [null, []],
  },
  invalid: [
    [
      "an exception without a category",
      "/response/exception_data/category",
      { ...base, response: { ...failure, exception_data: { type: "E", message: "" } } },
    ],
    [
      "an exception without a type",
      "/response/exception_data/type",
      { ...base, response: { ...failure, exception_data: { category: "c", message: "" } } },
    ],
    [
      "an exception's status as text",
      "/response/exception_data/status_code",
      {
        ...base,
        response: { ...failure, exception_data: { category: "c", type: "E", message: "", status_code: "4" } },
      },
    ],
    ["nothing but a body", "/test_id", { response: { body: null, is_streaming: false } }],
  ],
};
