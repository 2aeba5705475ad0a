import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parentOf } from "../src/ids.js";
import { toSpanId, toTraceId } from "../src/index.js";
import { sha256 } from "../src/sha256.js";

const uuid = "97311c60-9a61-4f48-a814-70139ee57868";
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

describe("SHA-256", () => {
  it("is that of the standard's examples", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  it("is Web Crypto's for texts of every length around the edges of a block", async () => {
    for (let length = 0; length < 200; length++) {
      const text = "ä".repeat(length % 3) + "x".repeat(length);
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
      expect(sha256(text)).toBe(Buffer.from(digest).toString("hex"));
    }
  });

  it("is Node's for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(sha256(text)).toBe(hash(text));
      }),
    );
    expect(sha256("x".repeat(1_000_000))).toBe(hash("x".repeat(1_000_000)));
  });

  it("has no constant that the last bit of a root could move", () => {
    const primes = Array.from({ length: 312 }, (_, n) => n).filter(
      (n) => n > 1 && Array.from({ length: n - 2 }, (_, by) => by + 2).every((by) => n % by !== 0),
    );
    expect(primes).toHaveLength(64);
    const roots = [...primes.map(Math.cbrt), ...primes.slice(0, 8).map(Math.sqrt)];
    for (const root of roots) {
      const bits = (root % 1) * 2 ** 32;
      // The last bit of a root below 18 is 2 ** -48, which is 2 ** -16 here.
      expect(Math.abs(bits - Math.round(bits))).toBeGreaterThan(2 ** -14);
    }
  });
});

describe("ids", () => {
  it.each([
    ["a UUID", uuid, uuid.replaceAll("-", "")],
    ["a UUID in capitals", uuid.toUpperCase(), uuid.replaceAll("-", "")],
    ["32 hex digits", "4BF92F3577B34DA6A3CE929D0E0E4736", "4bf92f3577b34da6a3ce929d0e0e4736"],
    ["any other text", `litellm-test-${uuid}`, hash(`litellm-test-${uuid}`).slice(0, 32)],
    ["nothing but zeros", "0".repeat(32), hash("0".repeat(32)).slice(0, 32)],
    ["16 hex digits", "00f067aa0ba902b7", hash("00f067aa0ba902b7").slice(0, 32)],
    ["a long text", uuid.repeat(1000), hash(uuid.repeat(1000)).slice(0, 32)],
  ])("a trace id of %s", (_, id, expected) => {
    expect(toTraceId(id)).toBe(expected);
  });

  it.each([
    ["16 hex digits", "00F067AA0BA902B7", "00f067aa0ba902b7"],
    ["an id of OpenAI", "chatcmpl-1", hash("chatcmpl-1").slice(0, 16)],
    ["a UUID", uuid, hash(uuid).slice(0, 16)],
    ["nothing but zeros", "0".repeat(16), hash("0".repeat(16)).slice(0, 16)],
  ])("a span id of %s", (_, id, expected) => {
    expect(toSpanId(id)).toBe(expected);
  });

  it("are hex of the right length and not all zero, whatever they are made of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        expect(toTraceId(id)).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
        expect(toSpanId(id)).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
        expect(toTraceId(id)).toBe(toTraceId(id));
      }),
    );
  });
});

describe("a traceparent", () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const span = "00f067aa0ba902b7";

  it.each([
    `00-${trace}-${span}-01`,
    `00-${trace}-${span}-00`,
    `01-${trace}-${span}-01`,
    `cc-${trace}-${span}-01-more`,
  ])("%s names the caller's span", (text) => {
    expect(parentOf(text)).toEqual({ traceId: trace, spanId: span });
  });

  it.each([
    "",
    `ff-${trace}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    ` 00-${trace}-${span}-01`,
    undefined,
    null,
    5,
    {},
  ])("%s is none", (text) => {
    expect(parentOf(text)).toBeUndefined();
  });
});
