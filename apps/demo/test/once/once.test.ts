import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { readFiles, readSeeds } from "../../server/once/inputs.js";
import { run } from "../../server/once/run.js";
import { toTable } from "../../server/once/table.js";

const directory = mkdtempSync(join(tmpdir(), "waybill-demo-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | object): string {
  const path = join(directory, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const unusable: [title: string, path: string, place: string, message: RegExp][] = [
  ["a missing file", join(directory, "none.json"), "", /no such file; check the path/],
  ["a directory", directory, "", /is a directory/],
  ["text that is not JSON", file("text.json", "hello"), "", /expected a value.*byte 0.*give a JSON file/],
  [
    "a truncated file",
    file("cut.json", '{"request":{"body":'),
    "/request/body",
    /byte 19.*get the whole file/,
  ],
  [
    "JSON of no known format",
    file("other.json", { hello: 1 }),
    "",
    /no known format; give one of .*recording/,
  ],
];

describe("inputs", () => {
  it.each(unusable)("name %s with its place and the cure", (_, path, place, message) => {
    const { documents, errors } = readFiles([path]);
    expect(documents).toEqual([]);
    expect(errors).toEqual([{ file: path, path: place, message: expect.stringMatching(message) }]);
  });

  it("go on behind a file that cannot be used", () => {
    const usage = file("usage.json", { prompt_tokens: 1, completion_tokens: 2 });
    const { documents, errors } = readFiles([join(directory, "none.json"), usage]);
    expect(documents).toMatchObject([{ file: usage, schema: "usage", issues: [] }]);
    expect(errors).toHaveLength(1);
  });

  it("that are bytes of another encoding are not taken for text", () => {
    const path = join(directory, "latin1.json");
    writeFileSync(path, Buffer.from([0x22, 0xe9, 0x22]));
    expect(readFiles([path]).errors[0]?.message).toMatch(/not UTF-8/);
  });
});

describe("a run", () => {
  it("reports a known format that is invalid with every place", async () => {
    const path = file("payload.json", { id: "x", status: "ok", call_type: "completion" });
    file("batch.json", { batch: [{ type: "x" }] });
    const { errors, documents } = await run(readFiles([path, join(directory, "batch.json")]));
    // A status that is none makes it no payload at all, which is what the first file shows.
    expect(errors[0]).toMatchObject({ file: path, message: expect.stringContaining("no known format") });
    expect(documents).toMatchObject([{ schema: "langfuse-batch", ok: false }]);
    expect(errors.slice(1).map((error) => error.path)).toContain("/batch/0/type");
  });

  it("replays recordings of plain answers and of errors, and names those of other calls", async () => {
    const request = { endpoint: "/v1/chat/completions", body: { model: "gpt-4o" } };
    const message = { role: "assistant", content: "Hi" };
    const answer = {
      id: "a",
      object: "chat.completion",
      model: "gpt-4o",
      choices: [{ message, finish_reason: "stop" }],
    };
    const body = { __type__: "x.ChatCompletion", __data__: answer };
    const { calls, errors } = await run(
      readFiles([
        file("plain.json", { request, response: { body, is_streaming: false } }),
        file("failed.json", {
          request,
          response: { body: null, is_exception: true, exception_message: "no" },
        }),
        file("models.json", {
          request: { endpoint: "/v1/models" },
          response: { body: [], is_streaming: false },
        }),
      ]),
    );
    expect(calls).toMatchObject([
      { status: "complete", finish: "stop", content: { chars: 2 }, payloadIssues: [] },
      { status: "error", cost: null, payloadIssues: [] },
    ]);
    expect(errors).toMatchObject([
      { path: "/request/endpoint", message: expect.stringContaining("not of a chat") },
    ]);
  });

  it("draws tables in which hostile text does nothing", async () => {
    const choices = [{ message: { content: "\u001b[2Jred\u202e" }, finish_reason: "stop" }];
    const body = { __type__: "x.ChatCompletion", __data__: { object: "chat.completion", choices } };
    const request = { endpoint: "/v1/chat/completions" };
    const table = toTable(await run(readFiles([file("hostile.json", { request, response: { body } })])));
    expect(table).toContain("\ufffd[2Jred\ufffd");
    for (const unseen of ["\u001b", "\u202e"]) expect(table).not.toContain(unseen);
  });

  it("shows what was odd about a stream, and why a price is missing", async () => {
    const chunk = (data: object) => ({ __type__: "x.ChatCompletionChunk", __data__: data });
    const body = [
      chunk({
        model: "gpt-4o",
        choices: [{ index: 0, delta: { content: "Hi" } }],
        usage: { prompt_tokens: -5 },
      }),
      chunk({ choices: "x" }),
      chunk({ error: { message: "boom" } }),
    ];
    const request = { endpoint: "/v1/chat/completions", body: { model: 5, user: {} } };
    const table = toTable(await run(readFiles([file("odd.json", { request, response: { body } })])));
    expect(table).toContain("bad-member at chunk 1");
    expect(table).toContain("error: boom");
    expect(table).toContain("no price: /usage/prompt_tokens is -5");
  });

  it("says that a call did not arrive", async () => {
    const choices = [{ message: { content: "Hi" }, finish_reason: "stop" }];
    const body = {
      __type__: "x.ChatCompletion",
      __data__: { id: "huge", object: "chat.completion", choices },
    };
    // Content that is too long is cut; parameters are not.
    const request = { endpoint: "/v1/chat/completions", body: { stop: ["x".repeat(5_000_000)] } };
    const { errors, export: sent } = await run(
      readFiles([file("huge.json", { request, response: { body } })]),
    );
    expect(sent.undelivered).toMatchObject([{ id: "huge" }]);
    expect(errors).toMatchObject([
      { file: "huge", message: expect.stringContaining("did not reach Langfuse") },
    ]);
  });

  it("names the place in a recording without an answer", async () => {
    const request = { endpoint: "/v1/chat/completions" };
    const { errors } = await run(readFiles([file("empty.json", { request, response: { body: null } })]));
    expect(errors).toMatchObject([{ path: "/response/body" }]);
  });

  it("is shown in the README as it is", async () => {
    const readme = readFileSync(new URL("../../../../README.md", import.meta.url), "utf8");
    const [first] = toTable(await run(readSeeds())).split("\n\n");
    expect(readme).toContain(first);
  });

  it("draws the tables of the seeds", async () => {
    const table = toTable(await run(readSeeds()));
    expect(table).toMatch(
      /recording-with-usage +THE PLANET WITH RINGS AROUND I… +140 +44 +stop +66 \+ 41 +\$0\.000575\n/,
    );
    expect(table).toMatch(/recording-without-usage .* 207 +45 +stop +unknown +unknown \(no usage\)\n/);
    expect(table).toContain(
      "mismatch /batch/1/body/metadata/litellm_response_cost claims 0.000035 USD, and it is 0.00002 USD",
    );
    expect(table).toContain("sent to a Langfuse stub on loopback: 4 events, 4 accepted, 0 rejected");
  });
});
