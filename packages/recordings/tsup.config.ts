import { defineConfig } from "tsup";

import { base } from "../../tsup.base.js";

export default defineConfig({
  ...base,
  // What both entries need is in one file that both load: how a recording was spelled is remembered in there.
  entry: ["src/index.ts", "src/node.ts"],
  external: [/^node:/],
  // Not every runtime that has Node's modules knows them without it.
  removeNodeProtocol: false,
});
