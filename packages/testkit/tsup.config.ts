import { defineConfig } from "tsup";

import { base } from "../../tsup.base.js";

export default defineConfig({
  ...base,
  platform: "node",
  entry: ["src/index.ts", "src/command-line.ts"],
});
