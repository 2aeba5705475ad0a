import { describe, expect, it } from "vitest";

import { operationOf, providerOf, serverOf } from "../src/provider.js";

describe("the operation", () => {
  it.each([
    ["completion", "chat"],
    ["acompletion", "chat"],
    ["aresponses", "chat"],
    ["responses", "chat"],
    ["anthropic_messages", "chat"],
    ["text_completion", "text_completion"],
    ["atext_completion", "text_completion"],
    ["embedding", "embeddings"],
    ["aembedding", "embeddings"],
    ["aimage_generation", "image_generation"],
    ["atranscription", "transcription"],
    ["arerank", "rerank"],
    ["amoderation", "moderation"],
    ["agenerate_content", "generate_content"],
    ["audio_speech", "audio_speech"],
    ["Some_Kind", "some_kind"],
  ])("of %s is %s", (callType, operation) => {
    expect(operationOf(callType)).toBe(operation);
  });
});

describe("the provider", () => {
  it.each([
    ["openai", "openai"],
    ["text-completion-openai", "openai"],
    ["azure", "azure.ai.openai"],
    ["azure_text", "azure.ai.openai"],
    ["azure_ai", "azure.ai.inference"],
    ["vertex_ai", "gcp.vertex_ai"],
    ["vertex_ai-anthropic_models", "gcp.vertex_ai"],
    ["gemini", "gcp.gemini"],
    ["bedrock", "aws.bedrock"],
    ["bedrock_converse", "aws.bedrock"],
    ["sagemaker_chat", "aws.sagemaker"],
    ["mistral", "mistral_ai"],
    ["codestral", "mistral_ai"],
    ["xai", "x_ai"],
    ["moonshot", "moonshot_ai"],
    ["watsonx_text", "ibm.watsonx.ai"],
    ["cohere_chat", "cohere"],
    ["anthropic", "anthropic"],
    ["groq", "groq"],
    ["custom_openai", "custom_openai"],
    ["My_Own", "my_own"],
  ])("%s is %s", (own, name) => {
    expect(providerOf(own)).toBe(name);
  });

  it.each([
    ["api.openai.com", "openai"],
    ["api.anthropic.com", "anthropic"],
    ["my.openai.azure.com", "azure.ai.openai"],
    ["bedrock-runtime.us-east-1.amazonaws.com", "aws.bedrock"],
    ["us-central1-aiplatform.googleapis.com", "gcp.gen_ai"],
    ["api.mistral.ai", "mistral_ai"],
    ["api.deepseek.com", "deepseek"],
    ["llm.example.com", "unknown"],
    ["localhost", "unknown"],
    ["127.0.0.1", "unknown"],
    ["", "unknown"],
  ])("at %s without a name is %s", (host, name) => {
    expect(providerOf(undefined, host)).toBe(name);
  });
});

describe("the server", () => {
  it.each([
    ["https://api.openai.com/v1?key=secret", { host: "api.openai.com", port: 443 }],
    ["http://127.0.0.1/v1", { host: "127.0.0.1", port: 80 }],
    ["http://127.0.0.1:8080", { host: "127.0.0.1", port: 8080 }],
    ["https://user:password@example.com:444", { host: "example.com", port: 444 }],
    ["api.openai.com", {}],
    ["data:text/plain,a", {}],
    ["", {}],
    [undefined, {}],
  ])("of %s", (address, server) => {
    expect(serverOf(address)).toEqual(server);
  });
});
