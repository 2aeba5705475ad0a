import { defineConfig } from "tsup";

import { base } from "../../tsup.base.js";

export default defineConfig({
  ...base,
  entry: [
    "src/index.ts",
    "src/chat-completion-chunk.ts",
    "src/chat-completion.ts",
    "src/chat-completion-request.ts",
    "src/usage.ts",
    "src/standard-logging-payload.ts",
    "src/langfuse-batch.ts",
    "src/recording.ts",
    "src/emit.ts",
    "src/registry.ts",
    "src/schemas.ts",
  ],
});
