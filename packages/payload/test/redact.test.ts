import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRedactor, redact, type RedactOptions } from "../src/index.js";
import { build, valid } from "./calls.js";

const seed = JSON.parse(
  readFileSync(new URL("../../../fixtures/seeds/standard-logging-payload.json", import.meta.url), "utf8"),
) as object;
const secret = `sk-proj-${"aB3dE5fG7h".repeat(4)}`;

describe("redact", () => {
  it("gives a payload without secrets back as it is", () => {
    expect(redact(seed)).toBe(seed);
    const payload = build();
    expect(redact(payload)).toBe(payload);
  });

  it("copies what changes, shares the rest, and changes nothing", () => {
    const payload = build({
      request: {
        model: "m",
        messages: [
          { role: "user", content: `use ${secret}` },
          { role: "user", content: "hi" },
        ],
      },
    });
    const before = structuredClone(payload);
    const redacted = valid(redact(payload));
    expect(payload).toEqual(before);
    expect(JSON.stringify(redacted)).not.toContain(secret);
    expect((redacted.messages as unknown[])[1]).toBe((payload.messages as unknown[])[1]);
    expect(redacted.response).toBe(payload.response);
  });

  it("leaves no canary in any text of a payload, nor in the name of a member", () => {
    const everywhere = (value: unknown): unknown => {
      if (typeof value === "string") return `${value} ${secret}`;
      if (Array.isArray(value)) return value.map(everywhere);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value).flatMap(([name, member]) => [
          [name, everywhere(member)],
          [`${name} ${secret}`, 1],
        ]),
      );
    };
    const canaries = everywhere({ ...build(), ...seed }) as object;
    expect(JSON.stringify(canaries).split(secret).length).toBeGreaterThan(200);
    expect(JSON.stringify(redact(canaries))).not.toContain("aB3dE5fG7h");
    expect(JSON.stringify(redact(canaries, { messages: "redact" }))).not.toContain("aB3dE5fG7h");
  });

  it("keeps a valid payload valid, and changes nothing the second time", () => {
    const words = fc.constantFrom(secret, "hi", '{"password":"p"}', `Bearer ${secret}`, "x".repeat(30));
    const options = fc.constantFrom<RedactOptions>(
      { key: "k" },
      { key: "k", messages: "redact" },
      { key: "k", detectors: { pii: true }, base64: "drop", fields: ["content"] },
    );
    fc.assert(
      fc.property(words, words, words, options, (content, tag, key, wanted) => {
        const payload = build({
          request: { model: "m", messages: [{ role: "user", content }], tools: [{ key: { token: tag } }] },
          context: { tags: [tag], metadata: { [key]: content, authorization: tag }, traceId: key },
          error: { message: content, traceback: key },
        });
        const once = valid(redact(payload, wanted));
        expect(redact(once, wanted)).toEqual(once);
      }),
    );
  });

  it("takes secrets out of what has circles and getters, too", () => {
    const payload: Record<string, unknown> = {
      messages: secret,
      get a() {
        return secret;
      },
    };
    payload.self = payload;
    expect(JSON.stringify(redact(payload))).not.toContain(secret);
  });

  it("removes whole members that are excluded, and knows no others", () => {
    const { messages: _, response: __, ...rest } = build();
    expect(redact(build(), { exclude: ["messages", "response", "nothing"] })).toEqual(rest);
  });

  it("is prepared once", () => {
    const redactor = createRedactor({ key: "k" });
    expect(redactor.payload({ a: secret })).toEqual(redact({ a: secret }, { key: "k" }));
    expect(redactor.text(secret)).toMatch(/^\[redacted:openai-key:[0-9a-f]{8}\]$/);
  });

  it.each<[what: string, options: RedactOptions]>([
    ["an empty key", { key: "" }],
    ["an unknown mode", { messages: "hide" as never }],
    ["an unknown treatment of base64", { base64: "zip" as never }],
    ["unknown personal data", { detectors: { pii: ["shoe size"] as never } }],
    ["names that are no list", { exclude: "messages" as never }],
  ])("refuses %s", (_, options) => {
    let thrown: unknown;
    try {
      createRedactor(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: "WaybillError", code: "bad-option" });
  });
});
