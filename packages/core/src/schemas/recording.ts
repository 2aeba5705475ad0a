import { Type, type Static } from "@sinclair/typebox";

import { anyJson, anyObject, maybe, nullable } from "./nullable.js";

const Text = (description: string) => maybe(Type.String({ description }));

/** A recorded call in llama-stack's (now OGX's) format, every variant of it. */
export const RecordingSchema = Type.Object(
  {
    test_id: Text("The test that made the call; null for calls outside a test."),
    request: Type.Object(
      {
        test_id: Text("HTTP, tool and file processor recordings keep it here too."),
        method: Text("HTTP method; POST in all known files."),
        url: Text("Base URL and endpoint."),
        headers: maybe(anyObject({ description: "Always empty: nothing secret is recorded." })),
        body: Type.Optional(anyJson({ description: "The request's body." })),
        payload: Type.Optional(anyJson({ description: "HTTP recordings: the request's body." })),
        endpoint: Text("Logical path."),
        model: Text('The body\'s model, or "".'),
        provider_metadata: maybe(anyObject()),
        provider: Text("Tool and file processor recordings."),
        tool_name: Text("Tool recordings."),
        kwargs: maybe(anyObject({ description: "Tool recordings: the arguments." })),
        api: Text("File processor recordings."),
        file_id: Text("File processor recordings."),
      },
      { description: "What was asked. Its canonical form is hashed into the file's name." },
    ),
    response: Type.Object(
      {
        status: maybe(Type.Integer({ description: "HTTP recordings: the status." })),
        body: Type.Union([Type.Array(Type.Unknown()), anyObject(), Type.String(), Type.Null()], {
          description:
            "An envelope {__type__, __data__}, an array of envelopes (a stream, or a model list), raw objects, the lines of an SSE stream, or null.",
        }),
        is_streaming: maybe(
          Type.Boolean({ description: "Whether the body is a stream; an array alone is not." }),
        ),
        is_exception: maybe(Type.Boolean({ description: "Whether the call failed." })),
        exception_data: maybe(
          Type.Object({
            category: Text("provider_sdk, ogx, builtin or unknown."),
            type: Text("Class of the exception."),
            message: Text("Its message."),
            provider: Text("openai, ollama or unknown."),
            status_code: maybe(Type.Integer()),
            body: Type.Optional(anyJson({ description: "The inner error object." })),
          }),
        ),
        exception_message: Text("Message of the exception."),
      },
      { description: "What came back." },
    ),
    id_normalization_mapping: maybe(anyObject({ description: "Original ids by normalised id." })),
  },
  {
    $id: "urn:waybill:schema:recording:1",
    title: "Recording",
    description:
      "One recorded call in the format of llama-stack (now OGX): inference, HTTP, tool and file processor calls, their streams and their errors. Unknown members are kept.",
    examples: [
      {
        test_id: "tests/test_chat.py::test_stream",
        request: {
          method: "POST",
          url: "https://api.openai.com/v1/v1/chat/completions",
          headers: {},
          body: { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], stream: true },
          endpoint: "/v1/chat/completions",
          model: "gpt-4o",
        },
        response: {
          body: [
            {
              __type__: "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
              __data__: { id: "rec-cc0156eadb58", created: 0, object: "chat.completion.chunk", choices: [] },
            },
          ],
          is_streaming: true,
        },
        id_normalization_mapping: {},
      },
    ],
  },
);

/** The recording that Waybill writes: an inference call. */
export const RecordingEmitSchema = Type.Object(
  {
    test_id: nullable(Type.String()),
    request: Type.Object({
      ...RecordingSchema.properties.request.properties,
      method: Type.Literal("POST"),
      url: Type.String({ minLength: 1 }),
      headers: Type.Object({}, { additionalProperties: false, description: "Always empty." }),
      body: anyObject(),
      endpoint: Type.String(),
      model: Type.String(),
      provider_metadata: Type.Optional(anyObject()),
    }),
    response: Type.Object({
      ...RecordingSchema.properties.response.properties,
      body: nullable(Type.Union([Type.Array(Type.Unknown()), anyObject()])),
      is_streaming: Type.Boolean(),
      is_exception: Type.Optional(Type.Boolean()),
      exception_data: Type.Optional(
        Type.Object({
          category: Type.String(),
          type: Type.String(),
          message: Type.String(),
          provider: Type.Optional(Type.String()),
          status_code: Type.Optional(Type.Integer()),
          body: Type.Optional(anyJson()),
        }),
      ),
      exception_message: Type.Optional(Type.String()),
    }),
    id_normalization_mapping: Type.Optional(anyObject()),
  },
  {
    $id: "urn:waybill:schema:recording.emit:1",
    title: "Recording (emit)",
    description: "The recording that Waybill writes: one inference call, without headers.",
    additionalProperties: false,
  },
);

/** A recorded call in llama-stack's format. */
export type Recording = Static<typeof RecordingSchema>;
/** The recording that Waybill writes. */
export type RecordingEmit = Static<typeof RecordingEmitSchema>;
