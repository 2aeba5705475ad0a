import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

/* The main job, end to end, on the seeds: what a newcomer sees with `npm run demo`. */

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = fileURLToPath(new URL("../../apps/demo/dist/main.js", import.meta.url));
const run = promisify(execFile);

type Failure = { code: number; stdout: string; stderr: string };

async function demo(...args: string[]): Promise<Failure> {
  try {
    return { code: 0, ...(await run(process.execPath, [program, ...args], { cwd: root })) };
  } catch (error) {
    return error as Failure;
  }
}

describe("npm run demo -- --once --json", async () => {
  const { code, stdout, stderr } = await demo("--once", "--json");
  const report = JSON.parse(stdout);

  it("exits 0 with one JSON document and nothing on standard error", () => {
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(Object.keys(report)).toEqual(["calls", "documents", "export", "errors"]);
  });

  it("replays the recording with usage", () => {
    expect(report.calls[0]).toMatchObject({
      recording: "recording-with-usage",
      status: "complete",
      chunks: 44,
      finish: "stop",
      model: "gpt-4o-2024-08-06",
      usage: { prompt_tokens: 66, completion_tokens: 41, total_tokens: 107 },
      usageSource: "provider",
      price: { status: "priced" },
      cost: 0.0005750000000000001,
      exact: "0.000575",
      content: { chars: 140 },
      payloadIssues: [],
    });
  });

  it("replays the recording without usage, whose cost is unknown and not zero", () => {
    expect(report.calls[1]).toMatchObject({
      recording: "recording-without-usage",
      status: "complete",
      chunks: 45,
      finish: "stop",
      usage: null,
      usageSource: "missing",
      price: { status: "no_usage" },
      cost: null,
      exact: null,
      content: { chars: 207 },
      payloadIssues: [],
    });
    expect(report.calls).toHaveLength(2);
  });

  const documentOf = (file: string) =>
    report.documents.find((document: { file: string }) => document.file === file);

  it("verifies the payload's cost to the last bit", () => {
    const { ok, schema, audit } = documentOf("standard-logging-payload.json");
    expect({ ok, schema, verdict: audit.verdict }).toEqual({
      ok: true,
      schema: "standard-logging-payload",
      verdict: "match",
    });
    expect(audit.claims[0]).toMatchObject({
      path: "/response_cost",
      claimed: 0.00022500000000000002,
      computed: 0.00022500000000000002,
      exact: "0.000225",
    });
  });

  it("names the stale costs of the first batch by their pointers", () => {
    const { ok, audit } = documentOf("langfuse-batch-without-output.json");
    expect({ ok, verdict: audit.verdict }).toEqual({ ok: true, verdict: "mismatch" });
    expect(audit.claims).toMatchObject([
      { path: "/batch/1/body/usage/totalCost", claimed: 1.9999999999999998e-5, verdict: "match" },
      { path: "/batch/1/body/metadata/litellm_response_cost", claimed: 3.5e-5, verdict: "mismatch" },
      { path: "/batch/1/body/metadata/hidden_params/response_cost", claimed: 3.5e-5, verdict: "mismatch" },
    ]);
  });

  it("verifies the second batch and warns of its stray trace id", () => {
    const { ok, audit, lints } = documentOf("langfuse-batch-with-output.json");
    expect({ ok, verdict: audit.verdict }).toEqual({ ok: true, verdict: "match" });
    expect(lints).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        code: "orphan-trace-id",
        path: "/batch/1/body/traceId",
      }),
    );
  });

  it("delivers a trace and a generation for each call, with the same tokens and costs", () => {
    expect(report.export).toMatchObject({ events: 4, accepted: 4, rejected: 0 });
    expect(report.export.stored).toEqual([
      {
        id: "rec-cd222f01d7ea",
        usageDetails: { input: 66, output: 41, total: 107 },
        costDetails: { input: 0.000165, output: 0.00041, total: 0.0005750000000000001 },
      },
      { id: "rec-cc0156eadb58", usageDetails: null, costDetails: null },
    ]);
  });
});

describe("npm run demo", () => {
  const seed = (name: string) => `fixtures/seeds/${name}.json`;

  it("takes files of the user, names the bad ones in a line each, and processes the others", async () => {
    const { code, stdout, stderr } = await demo(
      "--json",
      "missing.json",
      "README.md",
      seed("recording-with-usage"),
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      calls: [{ chunks: 44 }],
      documents: [],
      export: { accepted: 2 },
    });
    expect(stderr.trim().split("\n")).toEqual([
      "missing.json: there is no such file; check the path",
      expect.stringMatching(/^README\.md: not usable JSON: .*byte 0\); give a JSON file$/),
    ]);
  });

  it("prints a table without --json", async () => {
    const { code, stdout } = await demo(seed("recording-with-usage"));
    expect(code).toBe(0);
    expect(stdout).toMatch(/140 +44 +stop +66 \+ 41 +\$0\.000575/);
  });

  it("explains itself, and answers misuse with 2", async () => {
    expect(await demo("--help")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Usage: npm run demo"),
    });
    const { code, stderr } = await demo("--jsn");
    expect(code).toBe(2);
    expect(stderr).toContain("--jsn");
    expect(stderr).not.toContain("    at ");
  });
});
