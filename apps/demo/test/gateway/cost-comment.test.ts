import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { CostComment } from "../../server/gateway/cost-comment.js";
import { chat, startGateway } from "./start-gateway.js";

describe("the cost as a comment", () => {
  const include = { "x-waybill-include": "cost" };

  it("stands before the end of the stream, for those who ask", async () => {
    const gateway = await startGateway();
    const asked = await gateway.post("/v1/chat/completions", chat({ stream: true }), include);
    const [record] = gateway.records;
    const comment = `: waybill ${JSON.stringify({ id: record?.id, cost: record?.waybill.cost.exact, status: "priced" })}`;
    expect(asked.text.split("\n\n").slice(-3)).toEqual([comment, "data: [DONE]", ""]);
    const other = await gateway.post("/v1/chat/completions", chat({ stream: true }));
    expect(other.text).not.toContain(": waybill");
    expect(other.text).toMatch(/data: \[DONE\]\n\n$/);
  });

  it("stands at the end of a stream whose last event is another", async () => {
    const gateway = await startGateway();
    const { text } = await gateway.post(
      "/v1/responses",
      { model: "gpt-4o", input: "Who?", stream: true },
      include,
    );
    expect(text).toMatch(/\n\n: waybill \{"id":"[^\n]*\}\n\n$/);
  });

  const payload = { id: "1", waybill: { cost: { status: "priced", exact: "0.5" } } };
  const comment = ': waybill {"id":"1","cost":"0.5","status":"priced"}\n\n';
  const streams: [what: string, before: string, end: string][] = [
    ["an ordinary stream", 'data: {"a":1}\n\n', "data: [DONE]\n\n"],
    ["one without a space", 'data:{"a":1}\n\n', "data:[DONE]\n\n"],
    ["lines that end with CR LF", 'data: {"a":1}\r\n\r\n', "data: [DONE]\r\n\r\n"],
    ["text that looks like the end", 'data: {"a":"data: [DONE]"}\n\ndata: [DON]\n\n', "data: [DONE]\n\n"],
    ["no empty line behind the end", 'data: {"a":1}\n\n', "data: [DONE]"],
    ["nothing but its end", "", "data: [DONE]\n\n"],
    ["something behind its end", 'data: {"a":1}\n\n', 'data: [DONE]\n\ndata: {"usage":1}\n\n'],
    ["no end", 'data: {"a":1}\n\n', ""],
  ];

  it.each(streams)("stands there whatever the pieces are: %s", (_, before, end) => {
    const text = before + end;
    const cuts = fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (places) => {
        const bounds = [0, ...places.toSorted((a, b) => a - b), text.length];
        const held = new CostComment();
        const passed = bounds.slice(1).map((to, index) => {
          const piece = Buffer.from(text.slice(bounds[index], to));
          const out = Buffer.from(held.pass(piece)).toString();
          // A reader may write over what it lent.
          piece.fill(0);
          return out;
        });
        expect(passed.join("") + held.end(payload as never).toString()).toBe(before + comment + end);
      }),
    );
  });

  it("holds nothing back but a line that may become the end", () => {
    const held = new CostComment();
    const passed = ['data: {"a":"data: [DONE]"}', "\n\n", "data: ", '{"b"', ":1}\n\n"].map((piece) =>
      Buffer.from(held.pass(Buffer.from(piece))).toString(),
    );
    expect(passed).toEqual(['data: {"a":"data: [DONE]"}', "\n\n", "", 'data: {"b"', ":1}\n\n"]);
  });

  it("of a call without a record leaves the stream as it was", () => {
    const held = new CostComment();
    const passed = Buffer.from(held.pass(Buffer.from("data: 1\n\ndata: [DONE]\n\n"))).toString();
    expect(passed + held.end(undefined).toString()).toBe("data: 1\n\ndata: [DONE]\n\n");
  });
});
