import { defineConfig } from "tsup";

import { base } from "../../tsup.base.js";

export default defineConfig({
  ...base,
  platform: "node",
  dts: false,
  entry: ["server/main.ts"],
});
