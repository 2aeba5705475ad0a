import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { createRedactor, redact } from "../src/index.js";

const seed = JSON.parse(
  readFileSync(new URL("../../../fixtures/seeds/standard-logging-payload.json", import.meta.url), "utf8"),
) as object;

describe("long base64", () => {
  const data = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 89) % 251)).toString("base64");
  const message = (url: string) => ({ messages: [{ content: [{ type: "image_url", image_url: { url } }] }] });

  it.each<[what: string, text: string, marker: string]>([
    ["a data URL", `data:image/PNG;base64,${data}`, "[base64:image/png:3000:HASH]"],
    ["one with parameters", `data:text/plain;charset=utf-8;base64,${data}`, "[base64:text/plain:3000:HASH]"],
    [
      "one inside of a text",
      `see ![](data:image/png;base64,${data}) there`,
      "see ![]([base64:image/png:3000:HASH]) there",
    ],
    ["bare data", data, "[base64:data:3000:HASH]"],
  ])("is replaced by its kind, size and hash: %s", (_, text, marker) => {
    const redacted = redact(message(text), { key: "k" });
    const { url } = redacted.messages[0]?.content[0]?.image_url ?? {};
    expect(url?.replace(/:[0-9a-f]{8}\]/, ":HASH]")).toBe(marker);
    expect(redact(message(text), { key: "k" })).toEqual(redacted);
  });

  it("may go without a hash, or stay", () => {
    const text = `data:image/png;base64,${data}`;
    expect(redact({ a: text }, { base64: "drop" })).toEqual({ a: "[base64:image/png:3000]" });
    expect(redact({ a: text, b: data }, { base64: "keep" })).toEqual({ a: text, b: data });
  });

  it.each([
    "data:image/png;base64,AAAA",
    "data:text/html,<p>",
    "word ".repeat(1000),
    "ACGT".repeat(1000),
    "a".repeat(5000),
    "metadata:image/png;base64,",
  ])("is none of: %s", (text) => {
    expect(redact({ text })).toEqual({ text });
  });
});

describe("personal data", () => {
  const pii = createRedactor({ key: "k", detectors: { pii: true } });
  it.each([
    ["email", "write to ann.lee+x@mail.example.co.uk.", "ann.lee+x@mail.example.co.uk"],
    ["phone", "call +44 20 7946 0958 now", "+44 20 7946 0958"],
    ["phone", "call (555) 234-0199", "(555) 234-0199"],
    ["phone", "call 555-234-0199", "555-234-0199"],
    ["card", "pay with 4111 1111 1111 1111, please", "4111 1111 1111 1111"],
    ["card", "5500005555555559", "5500005555555559"],
    ["iban", "to DE89 3704 0044 0532 0130 00 NOW", "DE89 3704 0044 0532 0130 00"],
    ["iban", "GB82WEST12345698765432", "GB82WEST12345698765432"],
    ["ip", "from 192.0.2.7:80", "192.0.2.7"],
    ["ip", "from 2001:db8::8a2e:370:7334 and", "2001:db8::8a2e:370:7334"],
    ["ip", "from fe80::1", "fe80::1"],
  ])("of the kind %s is taken out of: %s", (kind, text, data) => {
    const [before = "", after = ""] = text.split(data);
    const redacted = pii.text(text);
    expect(redacted.replace(/:[0-9a-f]{8}\]/, ":HASH]")).toBe(`${before}[redacted:${kind}:HASH]${after}`);
    expect(createRedactor().text(text)).toBe(text);
    expect(createRedactor({ detectors: { pii: ["email"] } }).text(text) === text).toBe(kind !== "email");
  });

  it.each([
    "4111 1111 1111 1112 is no card, nor is 1766000068284661234",
    "version 1.2.3.4.5, 1.22.333, 999.1.1.1, section 1.2.3",
    "97311c60-9a61-4f48-a814-70139ee57868 2026-11-20T10:00:00 10:20:30 a::b std::x",
    "GB82WEST12345698765433, user@localhost, @types/node@20, 555-2340",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ])("is not seen in: %s", (text) => {
    expect(pii.text(text)).toBe(text);
  });

  it("is not seen in the seed", () => {
    expect(pii.payload(seed)).toBe(seed);
  });
});
