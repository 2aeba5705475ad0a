import { defineConfig } from "tsup";

import { base } from "../../tsup.base.js";

export default defineConfig({
  ...base,
  entry: { index: "src/index.ts", catalog: "src/catalog/all.ts", "catalog/openai": "src/catalog/openai.ts" },
});
