import { createContext, runInContext } from "node:vm";

import { chatChunks, sseBytes } from "@waybill/testkit";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";

/** An application's bundle for browsers, as a script that leaves its exports in `waybill`. */
function bundle(contents: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    format: "iife",
    globalName: "waybill",
    platform: "browser",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

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
    const code = bundle('export * from "@waybill/stream"');
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

describe("@waybill/cost", () => {
  it("prices, audits and keeps budgets where there are only web standards, and no code from strings", async () => {
    const code = bundle(`
      export * from "@waybill/cost";
      export * from "@waybill/cost/budget";
      export { openai } from "@waybill/cost/catalog/openai";
    `);
    const context = createContext(
      { ...web, crypto: globalThis.crypto },
      { codeGeneration: { strings: false, wasm: false } },
    );
    const result = (await runInContext(
      `${code}; (async () => {
        const { createCostEngine, createBudget, audit, openai } = waybill;
        const engine = createCostEngine({ catalog: [openai] });
        const usage = { prompt_tokens: 10, completion_tokens: 20, cost: 0.000225 };
        const { exact } = engine.price({ model: "gpt-4o", usage });
        const { verdict } = audit({ object: "chat.completion", model: "gpt-4o", choices: [], usage }, { engine });
        const { remaining } = await createBudget({ limits: { me: "1" } }).reserve("me", exact);
        return JSON.stringify({ exact, verdict, remaining, node: typeof Buffer + typeof process });
      })()`,
      context,
    )) as string;
    expect(JSON.parse(result)).toEqual({
      exact: "0.000225",
      verdict: "match",
      remaining: "0.999775",
      node: "undefinedundefined",
    });
  });
});

describe("@waybill/pipeline", () => {
  it("delivers by both exporters where there are only web standards, and no code from strings", async () => {
    const code = bundle(`
      export { createPipeline } from "@waybill/pipeline";
      export { buildPayload, redact } from "@waybill/payload";
      export { otlpExporter } from "@waybill/exporter-otlp";
      export { langfuseExporter } from "@waybill/exporter-langfuse";
    `);
    const sent: string[] = [];
    const answer = async (url: string): Promise<Response> => {
      sent.push(new URL(url).pathname);
      return Response.json({});
    };
    const more = {
      AbortController,
      AbortSignal,
      Blob,
      CompressionStream,
      Headers,
      URL,
      answer,
      clearTimeout,
      console,
      crypto: globalThis.crypto,
      queueMicrotask,
    };
    const context = createContext({ ...web, ...more }, { codeGeneration: { strings: false, wasm: false } });
    const result = (await runInContext(
      `${code}; (async () => {
        const { createPipeline, buildPayload, redact, otlpExporter, langfuseExporter } = waybill;
        const keys = { publicKey: "pk-lf-1", secretKey: "sk-lf-1", baseUrl: "https://langfuse.example.com" };
        const exporters = [
          otlpExporter({ endpoint: "https://otlp.example.com", fetch: answer, compression: "gzip" }),
          langfuseExporter({ ...keys, fetch: answer }),
        ];
        const pipeline = createPipeline({ exporters });
        const payload = buildPayload({
          request: { model: "gpt-4o", messages: [{ role: "user", content: "sk-abcdefghijklmnopqrstuvwxyz0123" }] },
          response: { id: "a", choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
          startTime: 1, endTime: 2, provider: "openai", apiBase: "https://api.openai.com/v1",
        });
        const { status } = await pipeline.accept(redact(payload));
        const { sent, dropped } = await pipeline.close();
        return JSON.stringify({ status, sent, dropped, node: typeof Buffer + typeof process });
      })()`,
      context,
    )) as string;
    expect(JSON.parse(result)).toEqual({
      status: "buffered",
      sent: 2,
      dropped: 0,
      node: "undefinedundefined",
    });
    expect(sent.toSorted()).toEqual(["/api/public/otel/v1/traces", "/v1/traces"]);
  });
});

describe("@waybill/fetch", () => {
  it("accounts for a call where there are only web standards, and no code from strings", async () => {
    const globals = {
      ...web,
      Headers,
      Request,
      URL,
      crypto,
      bytes: sseBytes(chatChunks({ chunks: 50, usage: true })),
    };
    const context = createContext(globals, { codeGeneration: { strings: false, wasm: false } });
    const code = bundle('export { instrumentFetch } from "@waybill/fetch"');
    const seen = (await runInContext(
      `${code}; (async () => {
        const records = [];
        const base = async () => new Response(new ReadableStream({ start(c) { c.enqueue(bytes); c.close(); } }));
        const fetch = waybill.instrumentFetch(base, { onPayload: (payload) => records.push(payload) });
        const body = JSON.stringify({ model: "gpt-4o", stream: true, messages: [] });
        const response = await fetch("https://api.openai.com/v1/chat/completions", { method: "POST", body });
        const { length } = new Uint8Array(await response.arrayBuffer());
        const [{ status, waybill: { cost } }] = records;
        return JSON.stringify({ status, cost: cost.status, isWhole: length === bytes.length, node: typeof Buffer + typeof process });
      })()`,
      context,
    )) as string;
    expect(JSON.parse(seen)).toEqual({
      status: "success",
      cost: "priced",
      isWhole: true,
      node: "undefinedundefined",
    });
  });
});
