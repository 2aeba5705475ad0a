import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { afterEach, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("../src/command-line.ts", import.meta.url));
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Runs the program; `line` resolves with what it printed once that has so many lines. */
function run(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let [out, error] = ["", ""];
  let notify = (): void => {};
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    out += piece;
    notify();
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (error += piece));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    child,
    ended,
    texts: () => ({ out, error }),
    lines: (count: number) =>
      new Promise<string[]>((resolve) => {
        notify = () => {
          const lines = out.split("\n");
          if (lines.length > count) resolve(lines.slice(0, count));
        };
        notify();
      }),
  };
}

describe("waybill-stub", () => {
  it("starts a Langfuse, says where, takes what is sent, and says what it got", async () => {
    const { child, lines, ended, texts } = run("langfuse", "--mode", "v4", "--secret-key", "sk-lf-mine");
    const [address = "", publicKey, secretKey] = await lines(3);
    expect([publicKey, secretKey]).toEqual([
      "LANGFUSE_PUBLIC_KEY=pk-lf-stub",
      "LANGFUSE_SECRET_KEY=sk-lf-mine",
    ]);
    const [, url = ""] = /^Langfuse \(v4\): (http:\/\/127\.0\.0\.1:[0-9]+)$/.exec(address) ?? [];
    const response = await fetch(`${url}/api/public/ingestion`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("pk-lf-stub:sk-lf-mine")}` },
      body: JSON.stringify({
        batch: [{ id: "e", timestamp: "2026-01-02T03:04:05Z", type: "trace-create", body: { id: "t" } }],
      }),
    });
    expect(response.status).toBe(207);
    await response.text();
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(texts().out).toContain("1 requests, 0 events accepted, 1 rejected, 0 spans");
  });

  it("starts a collector", async () => {
    const { child, lines, ended, texts } = run("otlp", "--max-body-bytes", "10");
    const [address = ""] = await lines(1);
    const url = address.replace("OTLP collector: ", "");
    const response = await fetch(`${url}/v1/traces`, { method: "POST", body: "x".repeat(20) });
    expect(response.status).toBe(413);
    await response.text();
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(texts().out).toContain("1 requests, 0 spans, 0 points");
  });

  it("starts an OpenAI with a key of its own", async () => {
    const { child, lines, ended, texts } = run("openai", "--api-key", "sk-mine", "--model", "gpt-4o");
    const [, base = ""] = await lines(2);
    const url = base.replace("OPENAI_BASE_URL=", "");
    const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] });
    const [refused, answered] = await Promise.all(
      [{}, { authorization: "Bearer sk-mine" }].map((headers) =>
        fetch(`${url}/chat/completions`, { method: "POST", headers, body }),
      ),
    );
    expect([refused?.status, answered?.status]).toEqual([401, 200]);
    await Promise.all([refused?.text(), answered?.text()]);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(texts().out).toContain("2 requests");
  });

  it.each([
    [["--help"], 0, "Usage: waybill-stub"],
    [[], 2, "say langfuse, otlp or openai"],
    [["zipkin"], 2, "say langfuse, otlp or openai"],
    [["langfuse", "--mode", "v5"], 2, "--mode v5"],
    [["langfuse", "--port", "70000"], 2, "port: 70000"],
    [["otlp", "--max-body-bytes", "many"], 2, "maxBodyBytes: many"],
    [["langfuse", "--prot", "1"], 2, "--prot"],
  ])("answers %j with %i", async (args, code, text) => {
    const { ended, texts } = run(...args);
    expect(await ended).toBe(code);
    const { out, error } = texts();
    expect(code === 0 ? out : error).toContain(text);
    expect(error).not.toContain("    at ");
  });
});
