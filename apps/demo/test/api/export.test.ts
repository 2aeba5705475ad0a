import { afterEach, describe, expect, it } from "vitest";

import { textCell } from "../../server/api/csv.js";
import type { LedgerRow } from "../../server/ledger/ledger-row.js";
import { recordOf, recordsOf } from "../ledger/calls.js";
import { harness, type Harness } from "./api-harness.js";

const open: Harness[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
});

async function opened(): Promise<Harness> {
  const test = await harness();
  open.push(test);
  return test;
}

describe("a cell", () => {
  it.each<[string, string | null, string]>([
    ["plain text", "gpt-4o", "gpt-4o"],
    ["nothing", null, ""],
    ["a formula", "=1+1", "'=1+1"],
    ["a formula that calls out", '=HYPERLINK("http://a","b")', `"'=HYPERLINK(""http://a"",""b"")"`],
    ["a plus", "+1", "'+1"],
    ["a minus", "-1", "'-1"],
    ["an at sign", "@SUM(A1)", "'@SUM(A1)"],
    ["a formula behind blanks", "  =1", `"'  =1"`.replaceAll('"', "")],
    ["a tab", "\t=1", "'\t=1"],
    ["a line break", "\r\n=1", `"'\r\n=1"`],
    ["a comma", "a,b", '"a,b"'],
    ["a quote mark", 'a"b', '"a""b"'],
  ])("of %s", (_, text, cell) => {
    expect(textCell(text)).toBe(cell);
  });
});

describe("an export", () => {
  it("as a table has every call, guarded, and ends with how many there are", async () => {
    const test = await opened();
    const preview = '=cmd|"/c calc"!A1, and more';
    await test.add([recordOf({ id: "@id", preview, saved: "-0.001", tags: ["=1", "b"] }), ...recordsOf(2)]);
    const { headers, text, status } = await test.get("/api/export");
    const [head = "", first = "", ...others] = text.split("\r\n");
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(headers.get("content-disposition")).toBe('attachment; filename="waybill-2025-12-17.csv"');
    const cell = (name: string): string | undefined => first.split(",")[head.split(",").indexOf(name)];
    expect([cell("id"), cell("saved_usd"), cell("tags")]).toEqual(["'@id", "-0.001", "'=1 b"]);
    expect(first).toContain(`"'=cmd|""/c calc""!A1, and more"`);
    expect(others.slice(2)).toEqual(["# 3 calls; complete", ""]);
  });

  it("as lines of JSON has the rows as they are", async () => {
    const test = await opened();
    await test.add(recordsOf(3, (n) => ({ model: n === 1 ? "o3" : "gpt-4o", modelAsked: null })));
    const { text } = await test.get("/api/export?format=jsonl&model=gpt-4o");
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ id }) => id)).toEqual(["call-0", "call-2", undefined]);
    expect(lines.at(-1)).toEqual({ count: 2, complete: true });
  });

  it("of nothing says so", async () => {
    const test = await opened();
    expect((await test.get("/api/export?format=jsonl")).text).toBe('{"count":0,"complete":true}\n');
  });

  it("that breaks off says that it is not all, and why", async () => {
    const test = await opened();
    await test.add(recordsOf(2));
    const [row] = await test.ledger.since(0, 1);
    test.ledger.export = async function* () {
      if (row) yield row;
      throw new Error("the disk is gone");
    };
    expect((await test.get("/api/export")).text).toMatch(
      /\r\n"?# 1 calls; incomplete: the disk is gone"?\r\n$/,
    );
    const last = (await test.get("/api/export?format=jsonl")).text.trim().split("\n").at(-1) ?? "";
    expect(JSON.parse(last)).toEqual({ count: 1, complete: false, reason: "the disk is gone" });
  });

  it("is read from the ledger only as fast as it is taken, and not on when nobody takes it", async () => {
    const test = await opened();
    await test.add(recordsOf(1));
    const [row] = (await test.ledger.since(0, 1)) as [LedgerRow];
    let [given, stopped] = [0, false];
    test.ledger.export = async function* (_filter, options) {
      options?.signal?.addEventListener("abort", () => {
        stopped = true;
      });
      for (; ; given++) yield row;
    };
    const response = await test.api.request("http://127.0.0.1/api/export?format=jsonl");
    const reader = response.body?.getReader();
    expect(given).toBe(0);
    await reader?.read();
    expect(given).toBeLessThan(500);
    await reader?.cancel();
    expect(stopped).toBe(true);
  });
});
