import type { Options } from "tsup";

/** What every package builds alike; each `tsup.config.ts` spreads this and lists its entries. */
export const base: Options = {
  format: ["esm"],
  target: "es2022",
  platform: "neutral",
  // tsup 8 sets baseUrl for the d.ts build, which TypeScript 6 rejects without this.
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
  clean: true,
  sourcemap: true,
};
