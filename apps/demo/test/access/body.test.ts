import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { jsonObjectOf, readBody } from "../../server/access/body.js";

function request(
  pieces: readonly (Buffer | string)[],
  headers: Record<string, string> = {},
): IncomingMessage {
  const readable = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  return Object.assign(readable, { headers }) as unknown as IncomingMessage;
}

const LIMIT = 4 * 1024 * 1024;
const whole = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] });

async function read(pieces: readonly (Buffer | string)[], headers?: Record<string, string>) {
  const body = await readBody(request(pieces, headers), LIMIT);
  return body.ok ? body.bytes.toString() : body.refusal.body.error.code;
}

describe("a body", () => {
  it.each<[string, (Buffer | string)[], Record<string, string>, string]>([
    ["in one piece", [whole], {}, whole],
    ["in pieces", [whole.slice(0, 5), whole.slice(5)], {}, whole],
    ["of nothing", [], {}, ""],
    ["with gzip", [gzipSync(whole)], { "content-encoding": "gzip" }, whole],
    ["with gzip in capitals", [gzipSync(whole)], { "content-encoding": " GZIP " }, whole],
    ["with deflate", [deflateSync(whole)], { "content-encoding": "deflate" }, whole],
    ["with brotli", [brotliCompressSync(whole)], { "content-encoding": "br" }, whole],
    ["as long as it may be", ["x".repeat(LIMIT)], {}, "x".repeat(LIMIT)],
    ["that is longer", ["x".repeat(LIMIT), "x"], {}, "request_too_large"],
    ["that says that it is longer", ["x"], { "content-length": String(LIMIT + 1) }, "request_too_large"],
    [
      "that is longer once it is inflated",
      [gzipSync(Buffer.alloc(LIMIT + 1))],
      { "content-encoding": "gzip" },
      "request_too_large",
    ],
    [
      "that blows up",
      [gzipSync(Buffer.alloc(LIMIT - 1))],
      { "content-encoding": "gzip" },
      "request_too_large",
    ],
    ["that is not what it says", [whole], { "content-encoding": "gzip" }, "invalid_encoding"],
    [
      "of gzip that is cut",
      [gzipSync(whole).subarray(0, 20)],
      { "content-encoding": "gzip" },
      "invalid_encoding",
    ],
    ["of a coding that nobody knows", [whole], { "content-encoding": "zstd" }, "unsupported_encoding"],
    ["of two codings", [gzipSync(whole)], { "content-encoding": "gzip, gzip" }, "unsupported_encoding"],
    [
      "of a coding that is a name of objects",
      [whole],
      { "content-encoding": "__proto__" },
      "unsupported_encoding",
    ],
  ])("%s is read or refused", async (_, pieces, headers, expected) => {
    expect(await read(pieces, headers)).toBe(expected);
  });

  it("that is longer is not read to its end", async () => {
    let asked = 0;
    const endless = function* () {
      for (;;) {
        asked++;
        yield Buffer.alloc(LIMIT);
      }
    };
    const stream = Object.assign(Readable.from(endless(), { highWaterMark: 1 }), { headers: {} });
    const body = await readBody(stream as unknown as IncomingMessage, LIMIT);
    expect([body.ok, asked < 10]).toEqual([false, true]);
  });
});

function parse(bytes: Buffer | string) {
  const json = jsonObjectOf(Buffer.from(bytes));
  return json.ok ? json.value : json.refusal.body.error;
}

describe("JSON", () => {
  it.each<[string, string, RegExp]>([
    ["a comma too many", '{\n  "a": 1,\n}', /line 3, column 1/],
    ["nothing", "", /line 1, column 1/],
    ["half of itself", '{"a": "b', /cut off/],
    ["more behind it", "{} {}", /column 4/],
    ["nesting without end", "[".repeat(1_000_000), /deeper/],
    ["nesting behind half of a pair", `{"a":"\\ud800","b":${"[".repeat(1_000_000)}`, /body/],
  ])("with %s is refused with its place", (_, text, message) => {
    expect(parse(text)).toMatchObject({ code: "invalid_json", message: expect.stringMatching(message) });
  });

  it.each([["[1]"], ["null"], ["5"], ['"text"']])("that is %s is no request", (text) => {
    expect(parse(text)).toMatchObject({ code: "invalid_request" });
  });

  it("with half of a pair, as JavaScript cuts emoji, is taken as an API takes it", () => {
    expect(parse('{"a":"\\ud83d"}')).toEqual({ a: "\ud83d" });
  });

  it("with half of a pair before a string that does not end is refused, in no time to speak of", () => {
    // Each quotation mark behind a backslash could be the beginning of a string.
    expect(parse(`{"a":"\\ud800","${'\\"'.repeat(1_000_000)}`)).toMatchObject({ code: "invalid_json" });
  });

  it("with a key of prototypes changes none", () => {
    const value = parse('{"a":1,"__proto__":{"polluted":true}}');
    expect([Object.getPrototypeOf(value) === Object.prototype, Object.hasOwn({}, "polluted")]).toEqual([
      true,
      false,
    ]);
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
