import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { KeyedHash } from "../src/redact/keyed-hash.js";
import { sha256 } from "../src/redact/sha256.js";

const hex = (bytes: ArrayBuffer | Uint8Array) => Buffer.from(bytes as Uint8Array).toString("hex");
const bytes = fc.uint8Array({ maxLength: 300 });

describe("sha256", () => {
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("of %j is what the standard says", (text, digest) => {
    expect(hex(sha256(new TextEncoder().encode(text)))).toBe(digest);
  });

  it("is what Web Crypto answers, at every length around a block", async () => {
    for (let length = 0; length < 200; length++) {
      const message = Uint8Array.from({ length }, (_, index) => index * 7);
      expect(hex(sha256(message))).toBe(hex(await crypto.subtle.digest("SHA-256", message)));
    }
  });
});

describe("KeyedHash", () => {
  it("is what Web Crypto answers for HMAC with SHA-256", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), bytes, async (key, message) => {
        const algorithm = { name: "HMAC", hash: "SHA-256" };
        const imported = await crypto.subtle.importKey("raw", new Uint8Array(key), algorithm, false, [
          "sign",
        ]);
        const signature = await crypto.subtle.sign("HMAC", imported, new Uint8Array(message));
        expect(hex(new KeyedHash(key).hash(message))).toBe(hex(signature));
      }),
    );
  });

  it("writes the first eight digits, zeros in front included", () => {
    const hash = new KeyedHash(new Uint8Array([1]));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const whole = hex(hash.hash(new TextEncoder().encode(text)));
        expect(hash.short(text)).toBe(whole.slice(0, 8));
      }),
    );
  });
});
