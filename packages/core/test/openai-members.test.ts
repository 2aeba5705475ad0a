import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { formats } from "../scripts/formats.js";
import { toJsonSchema, type JsonSchema } from "../scripts/json-schema.js";
import { corpusFile, hasCorpus } from "./documents.js";

type Components = Record<string, JsonSchema>;

/** Members of a schema of ours at a path; "*" stands for the items of an array. */
function membersAt(name: string, path: string[]): string[] {
  const root = toJsonSchema(formats.find((format) => format.name === name)?.accept ?? ({} as never));
  let schema = root;
  for (const step of path) {
    const next = step === "*" ? schema.items : (schema.properties as Components)[step];
    schema = next as JsonSchema;
    if (typeof schema.$ref === "string") {
      schema = (root.$defs as Components)[schema.$ref.replace("#/$defs/", "")] as JsonSchema;
    }
  }
  return Object.keys(schema.properties ?? {});
}

/** Where OpenAI's description has members that ours must know. */
const places: [component: string, inside: string[], format: string, path: string[]][] = [
  ["CompletionUsage", [], "usage", []],
  ["CompletionUsage", ["prompt_tokens_details"], "usage", ["prompt_tokens_details"]],
  ["CompletionUsage", ["completion_tokens_details"], "usage", ["completion_tokens_details"]],
  ["ResponseUsage", [], "usage", []],
  ["ResponseUsage", ["input_tokens_details"], "usage", ["input_tokens_details"]],
  ["ResponseUsage", ["output_tokens_details"], "usage", ["output_tokens_details"]],
  ["CreateChatCompletionStreamResponse", [], "chat-completion-chunk", []],
  ["CreateChatCompletionStreamResponse", ["choices", "*"], "chat-completion-chunk", ["choices", "*"]],
  ["ChatCompletionStreamResponseDelta", [], "chat-completion-chunk", ["choices", "*", "delta"]],
  [
    "ChatCompletionMessageToolCallChunk",
    [],
    "chat-completion-chunk",
    ["choices", "*", "delta", "tool_calls", "*"],
  ],
  ["ChatCompletionTokenLogprob", [], "chat-completion-chunk", ["choices", "*", "logprobs", "content", "*"]],
  ["CreateChatCompletionResponse", [], "chat-completion", []],
  ["CreateChatCompletionResponse", ["choices", "*"], "chat-completion", ["choices", "*"]],
  ["ChatCompletionResponseMessage", [], "chat-completion", ["choices", "*", "message"]],
  ["CreateChatCompletionRequest", [], "chat-completion-request", []],
  ["ChatCompletionStreamOptions", [], "chat-completion-request", ["stream_options"]],
  ["ChatCompletionRequestAssistantMessage", [], "chat-completion-request", ["messages", "*"]],
  ["ChatCompletionRequestToolMessage", [], "chat-completion-request", ["messages", "*"]],
];

describe.skipIf(!hasCorpus)(`OpenAI's own description${hasCorpus ? "" : " (skipped: no corpus)"}`, () => {
  const { components } = hasCorpus
    ? (JSON.parse(readFileSync(corpusFile("openai/chat-completions.openapi.json"), "utf8")) as {
        components: { schemas: Components };
      })
    : { components: { schemas: {} } };

  /** Members of a component: of its parts too, and of what it refers to. */
  function described(schema: JsonSchema | undefined, path: string[] = []): string[] {
    if (!schema) return [];
    if (typeof schema.$ref === "string")
      return described(components.schemas[schema.$ref.split("/").at(-1) ?? ""], path);
    const parts = [...((schema.allOf ?? []) as JsonSchema[]), ...((schema.anyOf ?? []) as JsonSchema[])];
    const [step, ...rest] = path;
    const properties = (schema.properties ?? {}) as Components;
    const own =
      step === undefined
        ? Object.keys(properties)
        : described(step === "*" ? (schema.items as JsonSchema) : properties[step], rest);
    return [...own, ...parts.flatMap((part) => described(part, path))];
  }

  it.each(places)(
    "has no member in %s %j that the schema %s does not describe",
    (component, inside, format, path) => {
      const theirs = described(components.schemas[component], inside);
      expect(theirs.length).toBeGreaterThan(0);
      const ours = membersAt(format, path);
      expect(theirs.filter((name) => !ours.includes(name))).toEqual([]);
    },
  );
});
