import { execFile, spawnSync } from "node:child_process";
import { request as httpRequest } from "node:http";
import { promisify } from "node:util";

import OpenAI, { BadRequestError, NotFoundError } from "openai";
import { afterEach, describe, expect, it } from "vitest";

import { memoryStore, readRecording, recordingChunks } from "../src/index.js";
import { serveRecordings, type RecordingServer, type ServeOptions } from "../src/node/serve.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles } from "./corpus.js";

const run = promisify(execFile);
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const seeds = seedFiles.map(({ text }) => readRecording(text));
const [seed] = seeds as [(typeof seeds)[number]];
const servers: RecordingServer[] = [];

async function serve(options: ServeOptions = {}, recordings: object[] = seeds): Promise<RecordingServer> {
  const known = recordings.map((recording) => readRecording(JSON.stringify(recording)));
  const server = await serveRecordings(memoryStore(known), options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe("a server of recordings", () => {
  it.each<[what: string, path: string, options: ServeOptions, header: string | undefined]>([
    ["by the request", "/v1", {}, undefined],
    [
      "by the hash, with the test of the option",
      "/v1/v1",
      { match: "exact", testId: seed.test_id ?? null },
      undefined,
    ],
    ["by the hash, with the test in a header", "/v1/v1", { match: "exact" }, "X-OGX-Provider-Data"],
    [
      "by the hash, with the test in the header's older name",
      "/v1/v1",
      { match: "exact" },
      "X-LlamaStack-Provider-Data",
    ],
  ])("answers the openai package %s", async (_, path, options, header) => {
    const { url } = await serve(options);
    const defaultHeaders = header ? { [header]: JSON.stringify({ __test_id: seed.test_id, key: 1 }) } : {};
    const client = new OpenAI({ apiKey: "none", baseURL: url + path, defaultHeaders });
    for (const { request } of seeds) {
      const stream = await client.chat.completions.create(
        request.body as OpenAI.ChatCompletionCreateParamsStreaming,
      );
      const chunks: unknown[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      expect(chunks).toEqual(
        recordingChunks(seeds.find((known) => known.request === request) as typeof seed),
      );
    }
  });

  it("says what is missing, and that a header which is not JSON names no test", async () => {
    const { url } = await serve({ match: "exact" });
    const client = new OpenAI({
      apiKey: "none",
      baseURL: `${url}/v1/v1`,
      defaultHeaders: { "X-OGX-Provider-Data": "{" },
    });
    const failed = client.chat.completions.create(
      seed.request.body as OpenAI.ChatCompletionCreateParamsStreaming,
    );
    await expect(failed).rejects.toThrow(NotFoundError);
    await expect(failed).rejects.toThrow(/outside of a test.*\/test_id: asked null/);
  });

  it.skipIf(!hasCurl)(`answers curl${hasCurl ? "" : " (skipped: no curl)"}`, async () => {
    const { url } = await serve();
    const body = JSON.stringify(seed.request.body);
    const { stdout } = await run("curl", [
      "-sS",
      "-N",
      `${url}/v1/chat/completions`,
      "-H",
      "content-type: application/json",
      "-d",
      body,
    ]);
    const events = stdout.split("\n\n").filter((event) => event !== "");
    expect(events.at(-1)).toBe("data: [DONE]");
    expect(events.slice(0, -1).map((event) => JSON.parse(event.replace("data: ", "")) as unknown)).toEqual(
      recordingChunks(seed),
    );
    const { stdout: missed } = await run("curl", ["-sS", "-w", "%{http_code}", `${url}/v1/models`]);
    expect(missed).toMatch(/"recording_not_found".*404$/);
  });

  it("takes requests as meant for the origin it is told", async () => {
    const address = "https://api.anthropic.com/v1/messages";
    const recording = {
      request: { test_id: null, url: address, method: "POST", payload: { model: "m" } },
      response: { status: 200, body: { type: "message" }, is_streaming: false },
    };
    const { url } = await serve({ match: "exact", origin: "https://api.anthropic.com/" }, [recording]);
    const response = await fetch(`${url}/v1/messages`, { method: "POST", body: '{"model":"m"}' });
    expect(await response.json()).toEqual({ type: "message" });
  });

  it("breaks the connection where a stream was cut or failed", async () => {
    const { url } = await serve({ cut: { after: 2 } });
    const body = JSON.stringify(seed.request.body);
    const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body });
    await expect(response.text()).rejects.toThrow("terminated");
  });

  it("refuses bodies that are too large, and what is not JSON", async () => {
    const { url } = await serve({ maxBodyBytes: 10 });
    const post = (body: string): Promise<Response> =>
      fetch(`${url}/v1/chat/completions`, { method: "POST", body });
    expect((await post("x".repeat(11))).status).toBe(413);
    expect((await post("{")).status).toBe(400);
  });

  it("is only reached from this machine, and not behind its close", async () => {
    const server = await serve();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  });

  it("closes while a stream is still being sent", async () => {
    // Nothing is sent before the timer's first hour is over.
    const server = await serve({ timing: { first: 3_600_000 } });
    const body = JSON.stringify(seed.request.body);
    const response = await fetch(`${server.url}/v1/chat/completions`, { method: "POST", body });
    const reading = response.text().catch((error: unknown) => error);
    await server.close();
    expect(await reading).toMatchObject({ message: "terminated" });
  });

  it("stops when its client hangs up", async () => {
    let ended: () => void;
    const hungUp = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const wait = (_: number, signal: AbortSignal | undefined): Promise<void> =>
      new Promise((resolve) => {
        signal?.addEventListener("abort", () => {
          ended();
          resolve();
        });
      });
    const { url } = await serve({ timing: { wait } });
    const client = httpRequest(`${url}/v1/chat/completions`, { method: "POST" }, (response) => {
      response.on("error", () => {});
      response.destroy();
    });
    client.on("error", () => {});
    client.end(JSON.stringify(seed.request.body));
    await expect(hungUp).resolves.toBeUndefined();
  });

  it("fails to start on a port that is taken", async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toThrow("EADDRINUSE");
  });
});

describe.skipIf(!hasCorpus)(`a server of the corpus${corpusNote}`, () => {
  it("sends recorded errors as such", async () => {
    const failed = corpusFiles
      .map(({ text }) => readRecording(text))
      .filter(({ response }) => response.is_exception);
    const { url } = await serve({}, failed);
    const client = new OpenAI({ apiKey: "none", baseURL: `${url}/v1` });
    expect(failed.length).toBeGreaterThan(2);
    for (const { request } of failed) {
      const asked = client.chat.completions.create(
        request.body as OpenAI.ChatCompletionCreateParamsStreaming,
      );
      await expect(asked).rejects.toThrow(BadRequestError);
    }
  });
});
