import { gzipSync } from "node:zlib";

import { buildSync } from "esbuild";

/** What an import may take, gzipped. */
export const budgets: Record<string, number> = {
  "@waybill/core/chat-completion-chunk: checkChatCompletionChunk": 4000,
  "@waybill/stream: all": 12 * 1024,
  "@waybill/cost: createCostEngine alone, without catalog": 8 * 1024,
  "@waybill/cost/catalog: openai, anthropic and gemini": 8 * 1024,
  "@waybill/exporter-otlp: all": 6 * 1024,
};

/** What an application bundles when it imports these names of an entry and nothing else of Waybill. */
export type Measured = { what: string; minified: number; gzip: number };

const formats = [
  ["chat-completion-chunk", "ChatCompletionChunk"],
  ["chat-completion", "ChatCompletion"],
  ["chat-completion-request", "ChatCompletionRequest"],
  ["usage", "Usage"],
  ["standard-logging-payload", "StandardLoggingPayload"],
  ["langfuse-batch", "LangfuseBatch"],
  ["recording", "Recording"],
] as const;

const imports: [what: string, code: string][] = [
  ...formats.map(([entry, type]): [string, string] => [
    `@waybill/core/${entry}: check${type}`,
    `export { check${type} } from "@waybill/core/${entry}"`,
  ]),
  ["@waybill/core/emit: all", 'export * from "@waybill/core/emit"'],
  ["@waybill/core/registry: all", 'export * from "@waybill/core/registry"'],
  ["@waybill/core/schemas: all, with TypeBox", 'export * from "@waybill/core/schemas"'],
  ["@waybill/core: all", 'export * from "@waybill/core"'],
  ["@waybill/core: checkUsage alone", 'export { checkUsage } from "@waybill/core"'],
  ["@waybill/stream: all", 'export * from "@waybill/stream"'],
  ["@waybill/stream: accumulate alone", 'export { accumulate } from "@waybill/stream"'],
  ["@waybill/cost: all, without catalog", 'export * from "@waybill/cost"'],
  [
    "@waybill/cost: createCostEngine alone, without catalog",
    'export { createCostEngine } from "@waybill/cost"',
  ],
  [
    "@waybill/cost: createCostEngine with the openai catalog",
    'export { createCostEngine } from "@waybill/cost"; export * from "@waybill/cost/catalog/openai"',
  ],
  ["@waybill/cost/budget: all", 'export * from "@waybill/cost/budget"'],
  [
    "@waybill/cost/catalog: openai, anthropic and gemini",
    ["openai", "anthropic", "gemini"]
      .map((name) => `export * from "@waybill/cost/catalog/${name}"`)
      .join("\n"),
  ],
  ["@waybill/cost/catalog/history", 'export * from "@waybill/cost/catalog/history"'],
  ["@waybill/cost/catalog: all", 'export * from "@waybill/cost/catalog"'],
  ["@waybill/recordings: all", 'export * from "@waybill/recordings"'],
  ["@waybill/fetch: instrumentFetch, with the catalog", 'export { instrumentFetch } from "@waybill/fetch"'],
  ["@waybill/fetch/bare: instrumentFetch", 'export { instrumentFetch } from "@waybill/fetch/bare"'],
  ["@waybill/payload: all", 'export * from "@waybill/payload"'],
  ["@waybill/payload: buildPayload alone", 'export { buildPayload } from "@waybill/payload"'],
  ["@waybill/pipeline: all", 'export * from "@waybill/pipeline"'],
  ["@waybill/exporter-otlp: all", 'export * from "@waybill/exporter-otlp"'],
  ["@waybill/exporter-otlp: toOtlpTraces alone", 'export { toOtlpTraces } from "@waybill/exporter-otlp"'],
  ["@waybill/exporter-langfuse: all", 'export * from "@waybill/exporter-langfuse"'],
];

/** Bundles and minifies each import with esbuild, dependencies within Waybill included. */
export function measureBundles(): Measured[] {
  return imports.map(([what, contents]) => {
    const { outputFiles } = buildSync({
      stdin: { contents, resolveDir: import.meta.dirname },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "neutral",
      write: false,
      logLevel: "silent",
    });
    const bytes = outputFiles[0]?.contents ?? new Uint8Array();
    return { what, minified: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
  });
}

/** The sizes as the table of docs/sizes.md. */
export function toTable(sizes: readonly Measured[]): string {
  const rows = sizes.map(
    ({ what, minified, gzip }) => `| \`${what}\` | ${minified} | ${gzip} | ${verdict(gzip, budgets[what])} |`,
  );
  return ["| import | minified | gzip | budget |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function verdict(gzip: number, budget: number | undefined): string {
  if (budget === undefined) return "";
  return gzip <= budget ? `${budget}` : `${budget}, missed by ${gzip - budget}`;
}

/** The sizes that a table states, by import. */
export function fromTable(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(/^\| `(.+?)` +\| +\d+ +\| +(\d+) +\|/gm)].map(([, what, gzip]) => [
      what ?? "",
      Number(gzip),
    ]),
  );
}
