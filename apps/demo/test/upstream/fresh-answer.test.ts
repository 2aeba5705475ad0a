import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { freshener, withoutUsage } from "../../server/upstream/fresh-answer.js";

const refresh = freshener("abc", 1_800_000_000_500);

describe("a fresh answer", () => {
  it("has another id and time, in chats and in responses", () => {
    const chat = { id: "rec-0123456789ab", created: 0, choices: [] };
    expect(JSON.parse(refresh(JSON.stringify(chat)))).toEqual({
      ...chat,
      id: "chatcmpl-abc",
      created: 1_800_000_000,
    });
    const digits = "0".repeat(48);
    const event = { item_id: `msg_${digits}`, response: { id: `resp_${digits}`, created_at: 1_766_000_068 } };
    expect(JSON.parse(refresh(JSON.stringify(event)))).toEqual({
      item_id: "msg_abc",
      response: { id: "resp_abc", created_at: 1_800_000_000 },
    });
  });

  it("says what it said, whatever that looks like", () => {
    const lookalike = fc.constantFrom(
      '"id":"rec-0123456789ab"',
      '"created":0,',
      '\\"id":"msg_000000000000000000000000"',
      "\u202e",
      "\ud800",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(lookalike, fc.string({ unit: "binary" }))), (parts) => {
        const chunk = JSON.stringify({ choices: [{ delta: { content: parts.join("") } }] });
        expect(refresh(chunk)).toBe(chunk);
        const event = `data: ${chunk}\n\n`;
        expect(withoutUsage(event)).toBe(event);
      }),
    );
  });

  it("loses its usage, and the event that has nothing else", () => {
    const choice = { index: 0, delta: { content: "a" } };
    const event = (members: object) => `data: ${JSON.stringify(members)}\n\n`;
    expect(withoutUsage(event({ choices: [choice], usage: null }))).toBe(event({ choices: [choice] }));
    expect(withoutUsage(event({ choices: [], usage: { total_tokens: 3 } }))).toBe("");
    expect(withoutUsage("data: [DONE]\n\n")).toBe("data: [DONE]\n\n");
  });
});
