import { defineConfig } from "tsup";

import { base } from "../../tsup.base.js";

export default defineConfig({
  ...base,
  entry: { index: "src/index.ts", budget: "src/budget.ts" },
  // These few lines of core are built in: a program pays for every file that it loads. Errors know each other by a marker.
  noExternal: [/^@waybill\/core\/(?:detect|errors|pointer)$/],
  esbuildOptions(options) {
    // Shorter code is read faster. White space stays: with it esbuild would take away the annotations by which bundlers know
    // what they may drop.
    options.minifySyntax = true;
    options.minifyIdentifiers = true;
  },
});
