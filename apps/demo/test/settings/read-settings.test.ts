import { resolve } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { configRows, configTable } from "../../server/settings/print.js";
import { problemLine } from "../../server/settings/problem.js";
import { readSettings, type SettingsResult } from "../../server/settings/read-settings.js";
import type { Settings } from "../../server/settings/settings.js";

type World = { args?: string[]; env?: Record<string, string>; files?: Record<string, unknown> };

const cwd = resolve("/work-of-somebody");
const token = "0123456789abcdef01234567";

function read({ args = [], env = {}, files = {} }: World): SettingsResult {
  const readFile = (path: string) => {
    const file = Object.entries(files).find(([name]) => resolve(cwd, name) === path);
    if (!file) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    return typeof file[1] === "string" ? file[1] : JSON.stringify(file[1]);
  };
  return readSettings({ args, env, cwd, readFile });
}

function settingsOf(world: World): Settings {
  const result = read(world);
  if (!result.ok) throw new Error(result.problems.map(problemLine).join("\n"));
  return result.settings;
}

function problemsOf(world: World): string {
  const result = read(world);
  return result.ok ? "none" : result.problems.map(problemLine).join("\n");
}

const config = (value: unknown) => ({ "waybill.config.json": value });

describe("settings", () => {
  it("have a default each, which serves recordings on loopback", () => {
    expect(settingsOf({})).toEqual({
      host: "127.0.0.1",
      isLoopback: true,
      port: 4400,
      portChosen: false,
      publicHosts: [],
      open: false,
      metrics: false,
      maxBody: 10_485_760,
      upstream: { kind: "recordings" },
      allowHttpUpstream: false,
      asIs: false,
      upstreamTimeouts: { headersMs: 600_000, idleMs: 300_000 },
      keySeenAndNotUsed: false,
      adminToken: null,
      keysFile: resolve(cwd, ".waybill/demo-keys.json"),
      corsOrigins: [],
      zone: "UTC",
      unpricedPolicy: "refuse",
      prices: {},
      pricesFile: null,
      ledger: resolve(cwd, ".waybill/demo.duckdb"),
      spool: resolve(cwd, ".waybill/demo-spool"),
      content: "full",
      retentionDays: 30,
      traffic: { on: true, rate: 14, seed: 1 },
      sinks: { langfuse: null, otlp: null },
      shutdown: { drainMs: 25_000, deliverMs: 5000 },
    });
  });

  const all: World = {
    args: ["--port", "1"],
    env: { WAYBILL_PORT: "2", WAYBILL_RATE: "5" },
    files: config({ port: 3, traffic: { rate: 6, seed: 7 } }),
  };
  it("come from the flag, then the environment, then the file, each value for itself", () => {
    const result = read(all);
    expect(result).toMatchObject({
      ok: true,
      settings: { port: 1, portChosen: true, traffic: { rate: 5, seed: 7 } },
      sources: {
        port: { kind: "flag", place: "--port" },
        rate: { kind: "environment", place: "WAYBILL_RATE" },
        seed: { kind: "file", place: "waybill.config.json /traffic/seed" },
      },
    });
  });

  it.each<[string, World, Partial<Settings>]>([
    [
      "a port that is chosen, also the standard one",
      { args: ["--port=4400"] },
      { portChosen: true, port: 4400 },
    ],
    ["an empty variable as none", { env: { WAYBILL_PORT: "" } }, { portChosen: false }],
    [
      "a real upstream, which has a ledger and keys of its own and no traffic",
      { args: ["--upstream", "https://api.openai.com/v1/"], env: { OPENAI_API_KEY: "sk-1" } },
      {
        upstream: { kind: "real", url: "https://api.openai.com/v1", apiKey: "sk-1" },
        ledger: resolve(cwd, ".waybill/ledger.duckdb"),
        keysFile: resolve(cwd, ".waybill/keys.json"),
        keySeenAndNotUsed: false,
        traffic: { on: false, rate: 14, seed: 1 },
      },
    ],
    [
      "OPENAI_BASE_URL as an upstream without a key",
      { env: { OPENAI_BASE_URL: "http://127.0.0.1:9/v1" } },
      { upstream: { kind: "real", url: "http://127.0.0.1:9/v1", apiKey: null } },
    ],
    [
      "a lone OPENAI_API_KEY as seen and not used",
      { env: { OPENAI_API_KEY: "sk-1" } },
      { upstream: { kind: "recordings" }, keySeenAndNotUsed: true },
    ],
    [
      "an upstream off loopback in the clear when that is asked for",
      { args: ["--upstream=http://10.0.0.7/v1", "--allow-http-upstream"] },
      { upstream: { kind: "real", url: "http://10.0.0.7/v1", apiKey: null } },
    ],
    [
      "an address of everybody with a token, and then no content",
      { args: ["--host", "0.0.0.0"], env: { WAYBILL_ADMIN_TOKEN: token } },
      { isLoopback: false, adminToken: token, content: "none" },
    ],
    ["the token as a flag", { args: ["--admin-token", token] }, { adminToken: token }],
    [
      "a token in a file of its own, beside the configuration",
      {
        args: ["--config", "etc/w.json"],
        files: { "etc/w.json": { adminToken: { file: "token.txt" } }, "etc/token.txt": `${token}\n` },
      },
      { adminToken: token },
    ],
    [
      "paths of the file as beside it, and those of variables as where the user stands",
      {
        env: { WAYBILL_CONFIG: "etc/w.json", WAYBILL_SPOOL: "s" },
        files: { "etc/w.json": { ledger: "l.duckdb", $schema: "x" } },
      },
      { ledger: resolve(cwd, "etc/l.duckdb"), spool: resolve(cwd, "s") },
    ],
    [
      "lists as flags that are repeated",
      { args: ["--cors-origin", "https://a.test", "--cors-origin", "http://b.test:81/"] },
      { corsOrigins: ["https://a.test", "http://b.test:81"] },
    ],
    [
      "lists in a variable",
      { env: { WAYBILL_PUBLIC_HOSTS: "a.test, B.test" } },
      { publicHosts: ["a.test", "b.test"] },
    ],
    ["no traffic", { args: ["--no-traffic"] }, { traffic: { on: false, rate: 14, seed: 1 } }],
    [
      "no traffic over a file that wants it",
      { args: ["--no-traffic"], files: config({ traffic: { on: true } }) },
      { traffic: { on: false, rate: 14, seed: 1 } },
    ],
    [
      "sizes and times with units",
      { args: ["--max-body", "512KiB", "--idle-timeout", "1.5s", "--drain-timeout", "2min"] },
      {
        maxBody: 524_288,
        upstreamTimeouts: { headersMs: 600_000, idleMs: 1500 },
        shutdown: { drainMs: 120_000, deliverMs: 5000 },
      },
    ],
    ["an address of IPv6 in brackets", { args: ["--host", "[::1]"] }, { host: "::1", isLoopback: true }],
    ["a host in capitals", { args: ["--host", "LOCALHOST"] }, { host: "localhost", isLoopback: true }],
  ])("take %s", (_, world, expected) => {
    expect(settingsOf(world)).toMatchObject(expected);
  });
});

describe("prices", () => {
  const price = { input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 };
  const args = ["--prices", "p.json"];

  it("are read from their file", () => {
    const settings = settingsOf({ args, files: { "p.json": { "my-model": price } } });
    expect(settings).toMatchObject({ prices: { "my-model": price }, pricesFile: resolve(cwd, "p.json") });
  });

  it.each<[string, unknown, RegExp]>([
    ["a file that is not there", undefined, /cannot be read/],
    ["no JSON", "{", /no usable JSON/],
    ["a list", [price], /holds no prices/],
    [
      "a price that is none",
      { "my-model": { input_cost_per_token: "much" } },
      /"my-model": .*input_cost_per_token/,
    ],
    ["a price below nothing", { "my-model": { input_cost_per_token: -1 } }, /"my-model"/],
    ["a model without a price", { "my-model": 5 }, /"my-model": expected/],
  ])("say what is wrong with %s", (_, file, message) => {
    const problems = problemsOf({ args, files: file === undefined ? {} : { "p.json": file } });
    expect(problems).toMatch(/^--prices: /);
    expect(problems).toMatch(message);
  });
});

describe("sinks", () => {
  it("are those of the variables, and the stubs without them", () => {
    const { sinks } = settingsOf({
      env: {
        LANGFUSE_PUBLIC_KEY: "pk-lf-1",
        LANGFUSE_SECRET_KEY: "sk-lf-1",
        LANGFUSE_HOST: "http://localhost:3000",
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
        OTEL_EXPORTER_OTLP_HEADERS: "x-team=a%20b",
      },
    });
    expect(sinks.langfuse).toMatchObject({
      publicKey: "pk-lf-1",
      secretKey: "sk-lf-1",
      baseUrl: "http://localhost:3000",
    });
    expect(sinks.otlp).toMatchObject({ endpoint: "http://localhost:4318", headers: { "x-team": "a b" } });
  });

  it("take the address of traces alone", () => {
    const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://o.test/v1/traces" };
    expect(settingsOf({ env }).sinks.otlp).toMatchObject({ tracesEndpoint: "https://o.test/v1/traces" });
  });

  it("may stand in the file, whose secrets are files", () => {
    const langfuse = { publicKey: "pk", secretKey: { file: "k" }, baseUrl: "https://l.test" };
    const { sinks } = settingsOf({ files: { ...config({ sinks: { langfuse } }), k: "sk" } });
    expect(sinks.langfuse).toMatchObject({ publicKey: "pk", secretKey: "sk", baseUrl: "https://l.test" });
  });
});

describe("warnings", () => {
  it.each<[string, World, RegExp]>([
    [
      "a variable that is none of ours",
      { env: { WAYBILL_PROT: "1" } },
      /WAYBILL_PROT .*did you mean WAYBILL_PORT/,
    ],
    ["an address of Langfuse without keys", { env: { LANGFUSE_HOST: "https://l.test" } }, /without keys/],
    [
      "traffic of the file that a real upstream switches off",
      { args: ["--upstream=https://a.test"], files: config({ traffic: { on: true } }) },
      /traffic is off/,
    ],
  ])("name %s", (_, world, message) => {
    const result = read(world);
    expect(result.ok && result.warnings.join("\n")).toMatch(message);
  });

  it("say nothing of what Kubernetes sets", () => {
    const result = read({
      env: { WAYBILL_SERVICE_HOST: "10.0.0.1", WAYBILL_PORT_80_TCP: "tcp://10.0.0.1:80" },
    });
    expect(result).toMatchObject({ ok: true, warnings: [] });
  });
});

const secret = "sk-very-secret-word";

describe("problems", () => {
  it.each<[string, World, RegExp]>([
    ["a mistyped flag", { args: ["--prot", "1"] }, /^--prot: unknown option; did you mean --port\?$/],
    [
      "a mistyped key",
      { files: config({ prot: 1 }) },
      /waybill\.config\.json \/prot: unknown key; did you mean port/,
    ],
    [
      "a mistyped key below",
      { files: config({ traffic: { rat: 1 } }) },
      /\/traffic\/rat: .*did you mean rate/,
    ],
    ["a key that resembles nothing", { files: config({ qqqq: 1 }) }, /\/qqqq: unknown key; there are port, /],
    ["a flag without its value", { args: ["--port"] }, /^--port: needs a value/],
    ["a flag in place of a value", { args: ["--host", "--port", "1"] }, /^--host: needs a value/],
    ["a value of a switch", { args: ["--open=yes"] }, /^--open: takes no value/],
    ["a flag that is given twice", { args: ["--port=1", "--port=2"] }, /^--port: is given twice/],
    [
      "flags against each other",
      { args: ["--traffic", "--no-traffic"] },
      /--no-traffic: contradicts --traffic/,
    ],
    ["a port that is none", { args: ["--port", "70000"] }, /^--port: "70000" .*0 to 65535/],
    ["a port in another spelling", { env: { WAYBILL_PORT: "0x50" } }, /^WAYBILL_PORT: /],
    ["the port of Kubernetes", { env: { WAYBILL_PORT: "tcp://10.0.0.1:80" } }, /enableServiceLinks/],
    ["a port of another type", { files: config({ port: "80" }) }, /waybill\.config\.json \/port: "80"/],
    ["a host with a port", { args: ["--host", "localhost:80"] }, /^--host: .*without a port/],
    ["a host that is an address of the web", { args: ["--host", "http://a"] }, /^--host: /],
    ["a size without sense", { args: ["--max-body", "10GB"] }, /^--max-body: .*10MiB/],
    ["a time without its unit", { args: ["--idle-timeout", "30"] }, /^--idle-timeout: .*unit/],
    ["a time beyond every timer", { args: ["--idle-timeout", "999999h"] }, /^--idle-timeout: /],
    ["a zone that is none", { args: ["--zone", "Mars/Phobos"] }, /^--zone: .*Europe\/Berlin/],
    ["a policy that is none", { args: ["--unpriced", "maybe"] }, /^--unpriced: .*refuse or allow/],
    ["every origin", { args: ["--cors-origin", "*"] }, /^--cors-origin: .*not offered/],
    [
      "an origin with a path",
      { env: { WAYBILL_CORS_ORIGINS: "https://a.test/x" } },
      /WAYBILL_CORS_ORIGINS: /,
    ],
    [
      "a host of everybody without a token",
      { args: ["--host", "0.0.0.0"] },
      /^--host: .*WAYBILL_ADMIN_TOKEN/,
    ],
    ["a host in an odd spelling of loopback", { args: ["--host", "127.1"] }, /^--host: .*admin token/],
    [
      "a short token",
      { env: { WAYBILL_ADMIN_TOKEN: "short" } },
      /^WAYBILL_ADMIN_TOKEN: .*24 characters.*this one 5/,
    ],
    ["a token with blanks", { args: ["--admin-token", `${token} x`] }, /^--admin-token: .*ASCII/],
    ["an upstream that is no address", { args: ["--upstream", "api.openai.com"] }, /^--upstream: .*https/],
    ["an upstream of another scheme", { args: ["--upstream", "file:///etc/passwd"] }, /^--upstream: /],
    ["an upstream with a query", { args: ["--upstream", "https://a.test/?x=1"] }, /^--upstream: .*query/],
    ["an upstream in the clear", { env: { OPENAI_BASE_URL: "http://a.test" } }, /^OPENAI_BASE_URL: .*https/],
    [
      "an upstream that is the gateway",
      { env: { OPENAI_BASE_URL: "http://localhost:4400/v1" } },
      /call itself/,
    ],
    [
      "traffic for a real upstream",
      { args: ["--traffic", "--upstream=https://a.test"] },
      /^--traffic: is never made/,
    ],
    ["one key of Langfuse", { env: { LANGFUSE_PUBLIC_KEY: "pk" } }, /LANGFUSE_SECRET_KEY: both must be set/],
    [
      "an address to which keys must not go",
      { env: { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk", LANGFUSE_HOST: "http://l.test" } },
      /not https/,
    ],
    [
      "OTLP over gRPC",
      { env: { OTEL_EXPORTER_OTLP_ENDPOINT: "https://o.test", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" } },
      /grpc/,
    ],
    [
      "a named file that is not there",
      { args: ["--config", "none.json"] },
      /^none\.json: there is no such file/,
    ],
    ["a file that is no JSON", { files: config('{"port": }') }, /no usable JSON: .*line 1, column 10/],
    ["a file that is no object", { files: config([1]) }, /^waybill\.config\.json: expected an object/],
    ["a file nested without end", { files: config("[".repeat(1000)) }, /nested deeper/],
    ["a member that is no object", { files: config({ traffic: 5 }) }, /\/traffic: expected an object/],
    ["a key that reaches a prototype", { files: config('{"__proto__": {"port": 1}}') }, /prototype/],
    [
      "flags of the server beside those of the report",
      { args: ["--once", "--port=1"] },
      /^--port: is of the server/,
    ],
  ])("name %s", (_, world, message) => {
    expect(problemsOf(world)).toMatch(message);
  });

  it.each<[string, World]>([
    ["as a flag by the variable's name", { args: ["--openai-api-key", secret] }],
    ["as a flag by the member's name", { args: [`--upstream-api-key=${secret}`] }],
    ["as a flag by a short name", { args: ["--secret-key", secret] }],
    ["in plain text in the file", { files: config({ adminToken: secret }) }],
    ["in plain text below", { files: config({ upstream: { apiKey: secret } }) }],
    ["in an address", { args: ["--upstream", `https://user:${secret}@a.test`] }],
  ])("refuse a secret %s, and do not repeat it", (_, world) => {
    const problems = problemsOf(world);
    expect(problems).toMatch(/a secret|\{"file": "PATH"\}|without user, password/);
    expect(problems).not.toContain(secret);
  });

  it("of a file of a secret say that it is empty or missing", () => {
    const member = config({ adminToken: { file: "t" } });
    expect(problemsOf({ files: member })).toMatch(/\/adminToken: expected a file that can be read/);
    expect(problemsOf({ files: { ...member, t: "\n" } })).toMatch(/not empty/);
  });

  it("come all at once", () => {
    const problems = problemsOf({ args: ["--port=x", "--rate=x"], env: { WAYBILL_SEED: "x" } }).split("\n");
    expect(problems).toHaveLength(3);
  });

  it("do not act on a terminal", () => {
    const problems = problemsOf({ args: ["--port", "\u001b[2J"], files: config({ "\u001b[2J": 1 }) });
    expect(problems).not.toContain("\u001b");
  });
});

describe("whatever is given", () => {
  const names = [
    "--port",
    "--once",
    "--upstream",
    "--cors-origin",
    "--config",
    "--admin-token",
    "--no-traffic",
    "--",
  ];
  const word = fc.oneof(
    fc.constantFrom(...names),
    fc.string(),
    fc.constantFrom("=", "-", "http://[", "\0", "1e9"),
  );
  const variables = [
    "WAYBILL_PORT",
    "WAYBILL_HOST",
    "OPENAI_BASE_URL",
    "WAYBILL_ZONE",
    "LANGFUSE_HOST",
    "WAYBILL_MAX_BODY",
  ];

  it("is read or refused, and nothing is thrown", () => {
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 6 }),
        fc.dictionary(fc.constantFrom(...variables), fc.string()),
        fc.option(fc.json()),
        (args, env, file) => {
          const result = read({ args, env, files: file === null ? {} : config(file) });
          expect(result.ok || result.problems.length > 0).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("as a file of any values is read or refused", () => {
    const members = fc.record(
      {
        port: fc.anything(),
        adminToken: fc.anything(),
        cors: fc.anything(),
        upstream: fc.anything(),
        maxBody: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(members, (value) => {
        const json = JSON.stringify(value, (_, each: unknown) =>
          typeof each === "bigint" ? String(each) : each,
        );
        expect(read({ files: config(json) })).toHaveProperty("ok");
      }),
    );
  });
});

describe("--print-config", () => {
  it("lists values and sources, and masks secrets", () => {
    const world: World = {
      args: ["--port=8080"],
      env: {
        WAYBILL_ADMIN_TOKEN: token,
        OPENAI_API_KEY: secret,
        LANGFUSE_PUBLIC_KEY: "pk-lf-1",
        LANGFUSE_SECRET_KEY: secret,
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://o.test",
        OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret}`,
      },
    };
    const result = read(world);
    if (!result.ok) throw new Error("not read");
    const rows = configRows(result.settings, result.sources);
    expect(rows).toContainEqual({ name: "port", value: "8080", source: "--port" });
    expect(rows).toContainEqual({ name: "adminToken", value: "(set)", source: "WAYBILL_ADMIN_TOKEN" });
    expect(rows).toContainEqual({ name: "traffic.on", value: "on", source: "default" });
    const table = configTable(rows);
    for (const each of [token, secret]) expect(table).not.toContain(each);
  });
});
