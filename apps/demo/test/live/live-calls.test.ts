import { createRedactor } from "@waybill/payload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { LiveCalls } from "../../server/live/live-calls.js";
import { LiveText, tailOf } from "../../server/live/live-text.js";
import { promptTokensOf } from "../../server/live/running-price.js";
import { engine, liveCall } from "../api/api-harness.js";

describe("calls that are under way", () => {
  it("are there from their start until their record has entered the ledger", () => {
    const calls = new LiveCalls({ engine });
    calls.start(liveCall("a"));
    calls.start(liveCall("b"));
    calls.end("a");
    expect(calls.list().map(({ id }) => id)).toEqual(["a", "b"]);
    calls.settled("a");
    expect(calls.list().map(({ id }) => id)).toEqual(["b"]);
    calls.end("no-such-call");
    calls.settled("no-such-call");
    expect(calls.size).toBe(1);
  });

  it("whose record never comes are forgotten after half a minute", () => {
    let time = 0;
    const calls = new LiveCalls({ engine, now: () => time });
    calls.start(liveCall("a"));
    calls.start(liveCall("b"));
    calls.end("a");
    time = 29_999;
    expect(calls.list()).toHaveLength(2);
    time = 30_001;
    expect(calls.list().map(({ id }) => id)).toEqual(["b"]);
  });

  it("whose records do not come do not fill the memory", () => {
    const calls = new LiveCalls({ engine, now: () => 0 });
    for (let n = 0; n < 3000; n++) {
      calls.start(liveCall(`call-${n}`));
      calls.end(`call-${n}`);
    }
    expect(calls.size).toBe(1000);
    expect(calls.get("call-2999")).toBeDefined();
  });

  it("that start again under the same id are new", () => {
    const calls = new LiveCalls({ engine });
    calls.start(liveCall("a", { text: "one" }));
    calls.end("a");
    calls.start(liveCall("a", { text: "two" }));
    expect(calls.get("a")?.state.text).toBe("two");
    expect(calls.get("a")?.endedAt).toBeNull();
    calls.settled("a");
    expect(calls.size).toBe(0);
  });

  it("have a price from the first piece on, which is an estimate", () => {
    const calls = new LiveCalls({ engine });
    const call = liveCall("a");
    calls.start(call);
    const open = calls.get("a");
    const before = open?.look();
    call.say("Saturn has rings. ".repeat(100));
    const after = open?.look();
    expect(before).toMatchObject({ tokens: { in: 7, out: 0 }, cost: "0.0000175", ttftMs: null });
    expect(after).toMatchObject({ tokens: { in: 7, out: 450 }, cost: "0.0045175", ttftMs: 120 });
  });

  it.each<[string, object]>([
    ["a model without a price", { model: "no-such-model-at-all", messages: [] }],
    ["no model", { messages: [] }],
    ["a model that is no text", { model: { name: "x" } }],
  ])("of %s have none", (_, request) => {
    const calls = new LiveCalls({ engine });
    calls.start(liveCall("a", { request }));
    expect(calls.get("a")?.look().cost).toBeNull();
    expect(calls.get("a")?.row(240).modelAsked ?? null).toBe(
      typeof (request as { model?: unknown }).model === "string" ? "no-such-model-at-all" : null,
    );
  });

  it("whose progress throws are shown all the same", () => {
    const calls = new LiveCalls({ engine });
    calls.start(
      liveCall("a", {
        progress: () => {
          throw new Error("gone");
        },
      }),
    );
    expect(calls.get("a")?.look()).toMatchObject({ text: "", tokens: { out: 0 } });
  });

  it("show nothing of what is asked and said where content is not to be kept", () => {
    const calls = new LiveCalls({ engine, withContent: false });
    calls.start(liveCall("a", { text: "a secret plan " }));
    const open = calls.get("a");
    expect([open?.look().text, open?.request, open?.look().tokens.out]).toEqual(["", {}, 4]);
  });

  it("show requests without their secrets", () => {
    const calls = new LiveCalls({ engine, redactor: createRedactor() });
    const key = `sk-${"a1B2".repeat(12)}`;
    calls.start(
      liveCall("a", {
        request: { model: "gpt-4o", messages: [{ role: "user", content: `use ${key} now` }] },
      }),
    );
    expect(JSON.stringify(calls.get("a")?.request)).not.toContain(key);
  });
});

describe("a text that is being written", () => {
  const key = `sk-${"a1B2".repeat(12)}`;
  const redactor = createRedactor();
  const redact = (text: string): string => redactor.text(text);

  it("never shows a part of a secret, however it is cut into pieces", () => {
    const whole = `The key is ${key} and Bearer ${key}. Keep it.\n`;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const text = new LiveText(redact);
        let [end, shown] = [0, ""];
        for (const size of [...sizes, whole.length]) {
          end = Math.min(whole.length, end + size);
          shown = text.update(whole.slice(0, end)).shown;
          expect(shown).not.toMatch(/sk-a1B2/);
        }
        expect(shown).toBe(redact(whole));
      }),
    );
  });

  it("is the whole text once it has ended in a blank, however long it is", () => {
    const word = fc.string({
      unit: fc.constantFrom("a", "é", "字", "😀", "-", "."),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.integer({ min: 1, max: 400 }), (words, times) => {
        const whole = `${words.join(" ")} `.repeat(times);
        const text = new LiveText((part) => part);
        for (let end = 0; end < whole.length; end += 5000) text.update(whole.slice(0, end));
        expect(text.update(whole).shown).toBe(whole);
      }),
      { numRuns: 30 },
    );
  });

  it("without blanks does not wait for ever", () => {
    const text = new LiveText((part) => part);
    expect(text.update("x".repeat(1000)).shown).toHaveLength(744);
    expect(text.update("字".repeat(10)).shown).toBe("x".repeat(744));
    expect(new LiveText((part) => part).update("字".repeat(10)).shown).toBe("字".repeat(10));
  });

  it("says when what was shown is no longer what it begins with", () => {
    // What this takes out is recognised only when its second word comes.
    const text = new LiveText((part) => part.replace("top secret ", "[gone] "));
    expect(text.update("a top ")).toEqual({ shown: "a top ", edition: 0 });
    expect(text.update("a top secret thing")).toEqual({ shown: "a [gone] ", edition: 1 });
    expect(text.update("a top secret thing is")).toEqual({ shown: "a [gone] thing ", edition: 1 });
  });

  it("never shows a key of many lines again that it has taken out, however long the text becomes", () => {
    const lines = Array.from(
      { length: 40 },
      (_, n) => `MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7${String(n).padStart(12, "A")}`,
    );
    const pem = `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
    for (let before = 12_000; before < 22_000; before += 1777) {
      const whole = "word ".repeat(before / 5) + pem + "word ".repeat(20_000);
      const text = new LiveText(redact);
      let end = before;
      while (end < whole.length) {
        const { shown } = text.update(whole.slice(0, end));
        expect(shown.includes("MIIEvQ")).toBe(false);
        end += end < before + pem.length ? 97 : 4000;
      }
      expect(text.update(whole).shown).toBe(redact(whole));
    }
  });

  it("shows nothing rather than what could not be searched", () => {
    const text = new LiveText(() => {
      throw new Error("no");
    });
    expect(text.update("a secret ").shown).toBe("");
  });

  it("is cut between characters", () => {
    expect(tailOf("ab😀", 3)).toBe("b😀");
    expect(tailOf("a😀b", 2)).toBe("b");
    expect(tailOf("abc", 3)).toBe("abc");
  });
});

describe("the tokens of a prompt", () => {
  it.each<[string, object, number | null]>([
    ["of messages", { messages: [{ role: "user", content: "12345678" }] }, 3],
    [
      "of parts, images apart",
      { input: [{ type: "text", text: "1234" }, { url: `data:image/png;base64,${"A".repeat(4000)}` }] },
      2,
    ],
    ["of nothing", {}, 0],
    ["of a request that is none", [] as object, 0],
    [
      "that is too large to be looked through",
      { messages: Array.from({ length: 100_001 }, () => "a") },
      null,
    ],
    ["nested as deep as it can be", { messages: nested(50_000) }, 1],
  ])("%s", (_, request, tokens) => {
    expect(promptTokensOf(request)).toBe(tokens);
  });
});

function nested(depth: number): unknown {
  let value: unknown = "1234";
  for (let n = 0; n < depth; n++) value = [value];
  return value;
}
