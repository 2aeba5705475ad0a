import { defineConfig } from "tsup";

import { base } from "../../tsup.base.js";

export default defineConfig({
  ...base,
  entry: ["src/index.ts"],
  external: [/^node:/],
  // Not every runtime that has Node's modules knows them without it.
  removeNodeProtocol: false,
});
