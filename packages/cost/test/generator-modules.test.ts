import { describe, expect, it } from "vitest";

import { indexModule, shardModule } from "../scripts/shard-module.js";
import { bareName, inOrder, shardOf } from "../scripts/shards.js";
import { catalog } from "../src/catalog/all.js";

/** What a generated module exports; its code is one `export const`. */
async function load(code: string): Promise<Record<string, unknown>> {
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as Record<string, unknown>;
}

describe("the module of a shard", () => {
  it("exports the shard under its name in camel case, with its JSON", async () => {
    const text = `{"id":"exa_ai","models":{"it's \\\\ \\"x\\"":{"prices":[]}}}`;
    const { files, name } = shardModule("exa_ai", text);
    const { exaAi } = (await load(files[0]?.[1] ?? "")) as { exaAi: { id: string; json: string } };
    expect([name, files.map(([file]) => file)]).toEqual(["exaAi", ["exa_ai.js", "exa_ai.d.ts"]]);
    expect(exaAi.id).toBe("exa_ai");
    expect(JSON.parse(exaAi.json)).toEqual(JSON.parse(text));
  });

  it("leaves out what no rule charges by", async () => {
    const { files } = shardModule("a", '{"prices":[{"rates":{"in":"1"},"other":{"hours":"3"}}]}');
    const { a } = (await load(files[0]?.[1] ?? "")) as { a: { json: string } };
    expect(a.json).toBe('{"prices":[{"rates":{"in":"1"}}]}');
  });

  it("imports nothing, so that a bundle has what it names", () => {
    const modules = [shardModule("a", "{}"), shardModule("b", "{}")];
    for (const [, text] of [...modules.flatMap(({ files }) => files), ...indexModule(modules)])
      expect(text).not.toMatch(/^import/m);
  });
});

describe("the shards", () => {
  it("are looked up in this order: the well-known ones, the others by name, the history", () => {
    const ids = catalog.map(({ id }) => id);
    expect(ids.slice(0, 6)).toEqual(["openai", "anthropic", "gemini", "vertex_ai", "azure", "bedrock"]);
    expect(ids.at(-1)).toBe("history");
    expect(inOrder(["zai", "history", "ai21", "openai"])).toEqual(["openai", "ai21", "zai", "history"]);
    for (const { id, json } of catalog) expect(JSON.parse(json)).toMatchObject({ schema: 1, id });
  });

  it.each([
    ["vertex_ai-language-models", "vertex_ai"],
    ["bedrock_converse", "bedrock"],
    ["fireworks_ai-embedding-models", "fireworks_ai"],
    ["cohere_chat", "cohere"],
    ["azure_text", "azure"],
    ["azure_ai", "azure_ai"],
    ["text-completion-openai", "openai"],
    ["text-completion-codestral", "codestral"],
    ["xai", "xai"],
  ])("of LiteLLM's provider %s is %s", (provider, shard) => {
    expect(shardOf(provider)).toBe(shard);
  });

  it.each([
    ["xai/grok-4", "xai", undefined, "grok-4"],
    ["bedrock_mantle/openai.gpt-5.4", "bedrock", "bedrock_mantle", "openai.gpt-5.4"],
    ["gpt-4o", "openai", undefined, "gpt-4o"],
    ["azure/eu/gpt-4o", "azure", undefined, "eu/gpt-4o"],
  ])("take their own name from %s", (key, shard, provider, name) => {
    expect(bareName(key, shard, provider)).toBe(name);
  });
});
