import { readFileSync } from "node:fs";

import { Value } from "@sinclair/typebox/value";
import { describe, expect, it } from "vitest";

import { ConfigFileSchema, configSchemaText } from "../../server/settings/config-schema.js";
import { optionList } from "../../server/settings/options.js";
import { readSettings } from "../../server/settings/read-settings.js";

function isRead(config: unknown): boolean {
  const readFile = (path: string) => (path.endsWith("config.json") ? JSON.stringify(config) : "x".repeat(24));
  return readSettings({ args: [], env: {}, cwd: "/", readFile }).ok;
}

describe("the published schema", () => {
  it("is fresh: npx tsx apps/demo/scripts/write-config-schema.ts", () => {
    const file = new URL("../../waybill.config.schema.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(configSchemaText()));
  });

  it.each<[string, object]>([
    ["nothing", {}],
    ["its own address", { $schema: "./waybill.config.schema.json" }],
    ["a port", { port: 80 }],
    ["a size in words", { maxBody: "1MiB" }],
    ["a size in bytes", { maxBody: 4096 }],
    ["a secret in a file", { adminToken: { file: "t" } }],
    [
      "an upstream",
      { upstream: { url: "https://a.test/v1", apiKey: { file: "k" }, timeouts: { idle: "3min" } } },
    ],
    ["origins", { cors: { origins: ["https://a.test"] } }],
    ["budgets", { budgets: { zone: "Asia/Tokyo", unpriced: "allow" } }],
    ["traffic", { traffic: { on: false, rate: 0.5, seed: 0 } }],
    ["sinks", { sinks: { otlp: { endpoint: "https://o.test" } } }],
  ])("and the reader take %s", (_, config) => {
    expect([Value.Check(ConfigFileSchema, config), isRead(config)]).toEqual([true, true]);
  });

  it.each<[string, object]>([
    ["an unknown key", { prot: 1 }],
    ["a secret in plain text", { adminToken: "x".repeat(24) }],
    ["a secret with more than a file", { adminToken: { file: "t", text: "x" } }],
    ["a port as text", { port: "80" }],
    ["half a port", { port: 80.5 }],
    ["a rate of nothing", { traffic: { rate: 0 } }],
    ["a time without unit", { shutdown: { drain: "25" } }],
    ["a policy that is none", { budgets: { unpriced: "maybe" } }],
    ["an upstream of another scheme", { upstream: { url: "ftp://a.test" } }],
    ["origins that are no list", { cors: { origins: "https://a.test" } }],
    ["a path of nothing", { ledger: "" }],
    ["null", { port: null }],
  ])("and the reader refuse %s", (_, config) => {
    expect([Value.Check(ConfigFileSchema, config), isRead(config)]).toEqual([false, false]);
  });

  it("has a member for every option", () => {
    for (const [, { member }] of optionList) {
      const value = member
        .split(".")
        .reduce<unknown>(
          (schema, step) => (schema as { properties: Record<string, unknown> }).properties[step],
          ConfigFileSchema,
        );
      expect(value, member).toHaveProperty("description");
    }
  });
});
