import { readFileSync } from "node:fs";

import { InvalidDocumentError } from "@waybill/core";
import { accumulate, encodeSse } from "@waybill/stream";
import { describe, expect, it } from "vitest";

import { readRecording, recordingChunks } from "../src/index.js";

const seed = (name: string) =>
  readFileSync(new URL(`../../../fixtures/seeds/${name}.json`, import.meta.url), "utf8");
const recording = (response: object) => readRecording(JSON.stringify({ request: {}, response }));
const envelope = (data: object) => ({ __type__: "openai.types.chat.X", __data__: data });

describe("readRecording", () => {
  it.each([
    ["recording-with-usage", 44],
    ["recording-without-usage", 45],
  ])("reads the seed %s of %i chunks", async (name, count) => {
    const chunks = recordingChunks(readRecording(seed(name)));
    expect(chunks).toHaveLength(count);
    expect(await accumulate(encodeSse(chunks))).toMatchObject({ status: "complete" });
  });

  it.each([
    [
      "text that is cut off",
      seed("recording-with-usage").slice(0, 5000),
      /cut off \(line \d+, column \d+, byte 5000\)/,
    ],
    ["text that is not JSON", "{test_id: 1}", /expected a key in double quotes/],
    ["JSON that is no recording", '{"request":{}}', /\/response: is missing/],
    ["a response without a body", '{"request":{},"response":{}}', /\/response\/body: is missing/],
  ])("names the place in %s", (_, text, message) => {
    expect(() => readRecording(text)).toThrow(InvalidDocumentError);
    expect(() => readRecording(text)).toThrow(message);
  });
});

describe("recordingChunks", () => {
  it("unwraps a stream, a list and a single body", () => {
    expect(recordingChunks(recording({ body: [envelope({ a: 1 }), envelope({ a: 2 })] }))).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    expect(recordingChunks(recording({ body: envelope({ a: 1 }), is_streaming: false }))).toEqual([{ a: 1 }]);
  });

  it("leaves raw objects and lines as they are", () => {
    expect(recordingChunks(recording({ body: [{ candidates: [] }, { __data__: 1 }] }))).toEqual([
      { candidates: [] },
      { __data__: 1 },
    ]);
    expect(recordingChunks(recording({ body: ["data: {}", ""] }))).toEqual(["data: {}", ""]);
  });

  it("puts the error of a failed call behind what came before it", () => {
    const exception = {
      category: "provider_sdk",
      type: "BadRequestError",
      message: "no",
      status_code: 400,
      body: null,
    };
    const failed = {
      body: [envelope({ a: 1 })],
      is_streaming: true,
      is_exception: true,
      exception_data: exception,
    };
    expect(recordingChunks(recording(failed))).toEqual([
      { a: 1 },
      { error: { message: "no", type: "BadRequestError", code: 400 } },
    ]);
    const legacy = { body: null, is_exception: true, exception_message: "gone" };
    expect(recordingChunks(recording(legacy))).toEqual([
      { error: { message: "gone", type: undefined, code: undefined } },
    ]);
  });
});
