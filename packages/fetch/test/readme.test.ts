import { readdirSync, readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

import * as aiSdkAnthropic from "@ai-sdk/anthropic";
import * as aiSdkOpenai from "@ai-sdk/openai";
import type { StandardLoggingPayload } from "@waybill/core";
import * as cost from "@waybill/cost";
import * as openaiPrices from "@waybill/cost/catalog/openai";
import * as pipelines from "@waybill/pipeline";
import { startOpenAIStub, type OpenAIStub } from "@waybill/testkit";
import * as ai from "ai";
import * as openai from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import * as bare from "../src/bare.js";
import * as waybillFetch from "../src/index.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const source = (file: string) => readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");

/** The example of the README that has these words. */
function example(words: string): string {
  const blocks = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code ?? "");
  const found = blocks.filter((code) => code.includes(words));
  if (found.length !== 1) throw new Error(`${found.length} examples have ${words}`);
  return found[0] ?? "";
}

let stub: OpenAIStub;
const delivered: StandardLoggingPayload[] = [];

/** Langfuse is not at hand: what would go there is kept. */
const langfuseExporter = () => ({
  name: "langfuse",
  export: async (batch: readonly StandardLoggingPayload[]) => {
    delivered.push(...batch);
    return { items: batch.map(() => ({ status: "accepted" as const })) };
  },
});

const modules: Readonly<Record<string, object>> = {
  "@ai-sdk/anthropic": aiSdkAnthropic,
  "@ai-sdk/openai": aiSdkOpenai,
  "@waybill/cost": cost,
  "@waybill/cost/catalog/openai": openaiPrices,
  "@waybill/exporter-langfuse": { langfuseExporter },
  "@waybill/fetch": waybillFetch,
  "@waybill/fetch/bare": bare,
  "@waybill/pipeline": pipelines,
  ai,
  openai,
};

/** What an example takes for granted, and what it prints. */
type Surroundings = Record<string, unknown> & { console: { log: (text: unknown) => void } };

const printed: unknown[] = [];

function surroundings(more: Record<string, unknown> = {}): Surroundings {
  const console = { log: (text: unknown) => void printed.push(text), warn: () => {} };
  return { console, publicKey: "pk-lf-a", secretKey: "sk-lf-a", ...more };
}

/** Runs an example as it stands; its imports come from the list above. `give` is what is asked of it at the end. */
async function run(code: string, given: Surroundings, give = "undefined"): Promise<unknown> {
  const body = code.replace(
    /^import (?:(\w+)|(\{[^}]*\})) from "([^"]+)";$/gm,
    (_, whole: string | undefined, named: string | undefined, name: string) => {
      if (!Object.hasOwn(modules, name)) throw new Error(`the example imports ${name}`);
      return `const ${named ?? `{ default: ${whole} }`} = modules[${JSON.stringify(name)}];`;
    },
  );
  const names = ["modules", ...Object.keys(given)].join(", ");
  const runs = runInThisContext(`(async ({ ${names} }) => { ${body}\nreturn ${give}; })`) as (
    scope: object,
  ) => Promise<unknown>;
  return runs({ modules, ...given });
}

beforeAll(async () => {
  stub = await startOpenAIStub();
  vi.stubEnv("OPENAI_BASE_URL", stub.baseUrl);
  vi.stubEnv("OPENAI_API_KEY", "any");
  vi.stubEnv("ANTHROPIC_BASE_URL", stub.baseUrl);
  vi.stubEnv("ANTHROPIC_API_KEY", "any");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stub.close();
});
beforeEach(() => {
  delivered.length = 0;
  printed.length = 0;
});

describe("the examples of the README", () => {
  it.each([
    "new OpenAI({ fetch: accounted });\nawait openai.responses",
    "createOpenAI({",
    "createAnthropic({",
  ])("print what a call cost: %s", async (words) => {
    await run(example(words), surroundings());
    expect(printed).toEqual([expect.stringMatching(/^0\.000\d+$/)]);
  });

  it("begin with openai, the AI SDK and Anthropic", () => {
    const order = ['from "openai"', 'from "@ai-sdk/openai"', 'from "@ai-sdk/anthropic"', "npm install"];
    const places = order.map((words) => readme.indexOf(words));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
  });

  it("deliver what they recorded when the pipeline is closed", async () => {
    const code = example("// ... and when the program ends:").replace(
      "// ...",
      'await openai.responses.create({ model: "gpt-4o", input: "Hi" }); //',
    );
    await run(code, surroundings());
    expect(delivered).toMatchObject([{ call_type: "aresponses", status: "success" }]);
  });

  it("price by one shard", async () => {
    const given = surroundings({ pipeline: { accept: async (payload: never) => delivered.push(payload) } });
    const accounted = (await run(example("@waybill/fetch/bare"), given, "accounted")) as typeof fetch;
    const call = { method: "POST", body: '{"model":"gpt-4o","input":"Hi"}' };
    await (await accounted(`${stub.baseUrl}/responses`, call)).text();
    expect(delivered).toMatchObject([{ waybill: { cost: { status: "priced" } } }]);
  });

  it("say for whom a call is made", async () => {
    const request = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] };
    const given = surroundings({
      pipeline: { accept: async (payload: never) => delivered.push(payload) },
      request,
      currentUser: () => "ann",
      instrumentFetch: waybillFetch.instrumentFetch,
      OpenAI: openai.default,
    });
    await run(example("context: ({ api })"), given);
    expect(delivered).toMatchObject([
      {
        request_tags: ["shop", "chat"],
        end_user: "ann",
        session_id: "s-17",
        metadata: { user_api_key_team_id: "checkout" },
      },
    ]);
    const [sent] = stub.requests.slice(-1);
    expect(Object.keys(sent?.headers ?? {}).filter((name) => name.startsWith("x-waybill"))).toEqual([]);
  });

  it("keep an edge platform waiting until the record is handed in", async () => {
    const waited: Promise<unknown>[] = [];
    const given = surroundings({
      pipeline: { accept: async (payload: never) => delivered.push(payload) },
      instrumentFetch: waybillFetch.instrumentFetch,
      OpenAI: openai.default,
    });
    const code = example("export default {").replace("export default", "const worker =");
    const worker = (await run(code, given, "worker")) as {
      fetch: (request: Request, env: object, ctx: object) => Promise<Response>;
    };
    const ctx = { waitUntil: (promise: Promise<unknown>) => waited.push(promise) };
    const answer = await worker.fetch(new Request("http://worker.test"), { OPENAI_API_KEY: "any" }, ctx);
    expect(await answer.text()).toContain("You said");
    await Promise.all(waited);
    expect(waited.length).toBeGreaterThan(0);
    expect(delivered).toHaveLength(1);
  });

  it("hand a body on piece by piece", async () => {
    const pieces: Uint8Array[] = [];
    const given = surroundings({
      pipeline: { accept: async (payload: never) => delivered.push(payload) },
      observeFetch: waybillFetch.observeFetch,
      url: `${stub.baseUrl}/chat/completions`,
      headers: { "content-type": "application/json" },
      body: '{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]}',
      write: async (piece: Uint8Array) => pieces.push(piece),
    });
    await run(example("observeFetch(fetch, { pipeline })"), given);
    expect(Buffer.concat(pieces).toString()).toMatch(/data: \[DONE\]\n\n$/);
    expect(delivered).toMatchObject([{ end_user: "ann", waybill: { status: "complete" } }]);
  });
});

describe("the tables of the README", () => {
  const rowOf = (name: string) => new RegExp(`^\\| \`${name}\` +\\|`, "m");

  it("have every function that is exported", () => {
    for (const name of Object.keys({ ...waybillFetch, ...bare })) expect(readme).toContain(`\`${name}(`);
  });

  it("have every option", () => {
    const [type = ""] = /export type InstrumentOptions = \{[^]*?\n\};/.exec(source("options.ts")) ?? [];
    const names = [...type.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name ?? "");
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(readme).toMatch(rowOf(name));
  });

  it("have every event", () => {
    const names = [...source("events.ts").matchAll(/^ {2}\| \{ type: "([a-z-]+)"/gm)].map(
      ([, name]) => name ?? "",
    );
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) expect(readme).toMatch(rowOf(name));
  });

  it("have every header, and no other", () => {
    const code = readdirSync(new URL("../src/", import.meta.url))
      .filter((file) => file.endsWith(".ts"))
      .map(source)
      .join("\n");
    const read = [...code.matchAll(/"(x-waybill-[a-z-]*[a-z])"/g)].map(([, name]) => name);
    const rows = [...readme.matchAll(/^\| `(x-waybill-[a-z-]+)` +\|/gm)].map(([, name]) => name);
    expect(read.length).toBeGreaterThan(5);
    expect(new Set(rows)).toEqual(new Set(read));
  });

  it("have every path", () => {
    const paths = [...source("api.ts").matchAll(/^ {2}\["(\/[a-z/]+)", "[a-z]+"\],/gm)].map(
      ([, path]) => path ?? "",
    );
    expect(paths).toHaveLength(5);
    for (const path of paths) expect(readme).toMatch(rowOf(path));
  });
});
