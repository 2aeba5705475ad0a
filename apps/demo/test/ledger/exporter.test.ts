import type { StandardLoggingPayload } from "@waybill/core";
import { describe, expect, it } from "vitest";

import { ledgerExporter } from "../../server/ledger/exporter.js";
import type { LedgerRow } from "../../server/ledger/ledger-row.js";
import { LedgerError } from "../../server/ledger/problems.js";
import { payloadOf } from "./calls.js";
import { testLedger } from "./temporary-ledger.js";

const context = { signal: new AbortController().signal, attempt: 1 };

describe("the exporter of a ledger", () => {
  it("accepts what enters and what is there already, and tells once what has entered", async () => {
    const ledger = await testLedger();
    const rows: LedgerRow[] = [];
    const exporter = ledgerExporter(ledger, {
      auditOf: () => "match",
      onAppended: (added) => rows.push(...added),
    });
    const [one, two] = ["a", "b"].map((id) => payloadOf({ id }));
    if (!one || !two) throw new Error("no payloads");
    expect(await exporter.export([one, one], context)).toEqual({
      items: [{ status: "accepted" }, { status: "accepted" }],
    });
    await exporter.export([one, two], { ...context, attempt: 2 });
    expect(rows.map(({ id, seq, audit }) => [id, seq, audit])).toEqual([
      ["a", 1, "match"],
      ["b", 2, "match"],
    ]);
    expect(await ledger.since(0, 10)).toEqual(rows);
  });

  it("rejects what is refused, by its code, and takes the others", async () => {
    const ledger = await testLedger();
    const fine = payloadOf();
    fine.waybill.cost.exact = `0.${"1".repeat(25)}`;
    const batch = [fine, payloadOf({ id: "b" }), {} as StandardLoggingPayload];
    const { items } = await ledgerExporter(ledger).export(batch, context);
    expect(items).toMatchObject([
      { status: "rejected", code: "amount-too-fine" },
      { status: "accepted" },
      { status: "rejected", code: "no-id" },
    ]);
    expect(ledger.newestSeq()).toBe(1);
  });

  it("asks for another try when the disk fails, but not of what is refused", async () => {
    const exporter = ledgerExporter({
      append: async () => {
        throw new LedgerError("ledger-full", "the disk is full");
      },
    });
    const { items } = await exporter.export([payloadOf(), {} as StandardLoggingPayload], context);
    expect(items).toMatchObject([
      { status: "retry", reason: "ledger-full: the disk is full" },
      { status: "rejected", code: "no-id" },
    ]);
  });

  it("goes on when those who listen or audit throw", async () => {
    const ledger = await testLedger();
    const told: string[] = [];
    const fail = (): never => {
      throw new Error("mine");
    };
    const exporter = ledgerExporter(ledger, {
      auditOf: fail,
      onAppended: fail,
      onMisbehaved: (reason) => told.push(reason),
    });
    expect(await exporter.export([payloadOf()], context)).toEqual({ items: [{ status: "accepted" }] });
    expect(told).toEqual(["mine", "mine"]);
    expect(await ledger.since(0, 1)).toMatchObject([{ audit: null }]);
  });
});
