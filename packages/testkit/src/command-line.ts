#!/usr/bin/env node
import { parseArgs } from "node:util";

import type { LangfuseMode } from "./langfuse/ingestion.js";
import { startLangfuseStub } from "./langfuse/stub.js";
import { startOpenAIStub } from "./openai/stub.js";
import { startOtlpCollectorStub } from "./otlp/stub.js";

/* waybill-stub: a stub as a program, for trying things out by hand and for tests in other languages. */

const usage = `Usage: waybill-stub langfuse|otlp|openai [options]

  --port N            port on 127.0.0.1; any that is free by default
  --max-body-bytes N  largest body; 413 beyond
  --mode MODE         langfuse: v3 (default), v4 (takes no batches), dual
  --public-key KEY    langfuse: pk-lf-stub by default
  --secret-key KEY    langfuse: sk-lf-stub by default
  --api-key KEY       openai: the only key that is right; any by default
  --model NAME        openai: a model that there is, once for each; any by default
  --help

Prints where it listens, and on SIGINT or SIGTERM what it got.`;

const modes: Record<string, LangfuseMode> = { v3: "legacy", v4: "events_only", dual: "dual" };

type Running = { lines: string[]; report: () => string; close: () => Promise<void> };

async function start(args: readonly string[]): Promise<Running | undefined> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: "string" },
      "max-body-bytes": { type: "string" },
      mode: { type: "string", default: "v3" },
      "public-key": { type: "string" },
      "secret-key": { type: "string" },
      "api-key": { type: "string" },
      model: { type: "string", multiple: true },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  const shared = {
    ...numberOf("port", values.port, 65_535),
    ...numberOf("maxBodyBytes", values["max-body-bytes"], Number.MAX_SAFE_INTEGER),
  };
  const [kind] = positionals;
  if (kind === "otlp" && positionals.length === 1) {
    const stub = await startOtlpCollectorStub(shared);
    return {
      lines: [`OTLP collector: ${stub.endpoint}`],
      report: () =>
        `${stub.requests.length} requests, ${stub.spans.length} spans, ${stub.points.length} points`,
      close: () => stub.close(),
    };
  }
  if (kind === "openai" && positionals.length === 1) {
    const stub = await startOpenAIStub({
      ...shared,
      ...(values["api-key"] === undefined ? {} : { apiKey: values["api-key"] }),
      ...(values.model === undefined ? {} : { models: values.model }),
    });
    return {
      lines: [`OpenAI: ${stub.baseUrl}`, `OPENAI_BASE_URL=${stub.baseUrl}`],
      report: () => `${stub.requests.length} requests`,
      close: () => stub.close(),
    };
  }
  const mode = Object.hasOwn(modes, values.mode) ? modes[values.mode] : undefined;
  if (kind !== "langfuse" || positionals.length !== 1) throw new TypeError("say langfuse, otlp or openai");
  if (mode === undefined) throw new TypeError(`--mode ${values.mode}: expected v3, v4 or dual`);
  const stub = await startLangfuseStub({
    ...shared,
    mode,
    ...(values["public-key"] === undefined ? {} : { publicKey: values["public-key"] }),
    ...(values["secret-key"] === undefined ? {} : { secretKey: values["secret-key"] }),
  });
  return {
    lines: [
      `Langfuse (${values.mode}): ${stub.baseUrl}`,
      `LANGFUSE_PUBLIC_KEY=${stub.publicKey}`,
      `LANGFUSE_SECRET_KEY=${stub.secretKey}`,
    ],
    report: () => {
      const { accepted, rejected } = stub.verdicts;
      const events = `${accepted} events accepted, ${rejected} rejected`;
      return `${stub.requests.length} requests, ${events}, ${stub.stored.rows.length} spans`;
    },
    close: () => stub.close(),
  };
}

function numberOf(name: string, text: string | undefined, most: number): Record<string, number> {
  if (text === undefined) return {};
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value > most)
    throw new TypeError(`${name}: ${text} is no number up to ${most}`);
  return { [name]: value };
}

try {
  const running = await start(process.argv.slice(2));
  if (running) {
    console.log(running.lines.join("\n"));
    const stop = (): void => {
      console.log(running.report());
      void running.close();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
