import { defineConfig, type Options } from "tsup";

import { base } from "../../tsup.base.js";
import { schemaNames } from "./src/schema-names.js";

const subpaths = [...schemaNames, "detect", "emit", "errors", "pointer", "registry", "schemas", "thrown"].map(
  (name) => `src/${name}.ts`,
);

const code: Options = {
  ...base,
  dts: false,
  clean: false,
  esbuildOptions(options) {
    // The validators are most of the package, and shorter they are read faster. White space stays: with it esbuild would
    // take away the annotations by which bundlers know what they may drop.
    options.minifySyntax = true;
    options.minifyIdentifiers = true;
  },
};

export default defineConfig([
  // The root in one file, because a program pays for every file it loads; the subpaths share chunks, because what they
  // are for is loading little.
  { ...code, entry: ["src/index.ts"], splitting: false },
  { ...code, entry: subpaths, splitting: true },
  {
    ...base,
    entry: ["src/index.ts", ...subpaths],
    dts: { ...(base.dts as object), only: true },
    clean: false,
  },
]);
