import { createContext, runInContext } from "node:vm";

import { chatChunks, sseBytes } from "@waybill/testkit";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";

const { outputFiles } = buildSync({
  stdin: { contents: 'export * from "@waybill/stream"', resolveDir: import.meta.dirname },
  bundle: true,
  format: "iife",
  globalName: "waybill",
  platform: "browser",
  write: false,
});
const code = outputFiles[0]?.text ?? "";

/** What browsers and workers have, and nothing of Node's. */
const web = {
  TextDecoder,
  TextEncoder,
  ReadableStream,
  Response,
  setTimeout,
  structuredClone,
  performance,
  atob,
  btoa,
};

describe("@waybill/stream", () => {
  it("reads a stream where there are only web standards, and no code from strings", async () => {
    const context = createContext(
      { ...web, bytes: sseBytes(chatChunks({ chunks: 50, usage: true })) },
      {
        codeGeneration: { strings: false, wasm: false },
      },
    );
    const result = (await runInContext(
      `${code}; (async () => {
        const body = new ReadableStream({ start(c) { c.enqueue(bytes); c.close(); } });
        const { status, usage, diagnostics } = await waybill.accumulate(new Response(body));
        return JSON.stringify({ status, hasUsage: usage !== null, diagnostics, node: typeof Buffer + typeof process });
      })()`,
      context,
    )) as string;
    expect(JSON.parse(result)).toEqual({
      status: "complete",
      hasUsage: true,
      diagnostics: [],
      node: "undefinedundefined",
    });
  });
});
