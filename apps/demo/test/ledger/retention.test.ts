import { describe, expect, it } from "vitest";

import type { DeliveryEvent } from "../../server/ledger/ledger-store.js";
import { NOON, recordsOf } from "./calls.js";
import { testLedger } from "./temporary-ledger.js";

describe("deliveries and retention", () => {
  const event = (id: string, members: Partial<DeliveryEvent> = {}): DeliveryEvent => ({
    id,
    sink: "langfuse",
    at: NOON * 1000,
    attempt: 1,
    state: "delivered",
    code: null,
    reason: null,
    ...members,
  });

  it("tell what happened to a call, oldest first", async () => {
    const ledger = await testLedger();
    const events = [
      event("a", { state: "retry", code: "503", reason: "busy" }),
      event("b"),
      event("a", { attempt: 2, sink: "otlp" }),
      event("a", { attempt: null, state: "dropped", at: NOON * 1000 - 5 }),
    ];
    await ledger.noteDeliveries(events.slice(0, 2));
    await ledger.noteDeliveries(events.slice(2));
    expect(await ledger.deliveriesOf(["a", "c"])).toEqual([events[0], events[2], events[3]]);
    expect(await ledger.deliveriesOf([])).toEqual([]);
  });

  it("are forgotten with the calls of a day", async () => {
    const ledger = await testLedger();
    const noon = Date.parse("2026-11-20T12:00:00Z");
    await ledger.append(recordsOf(3, (n) => ({ started: (noon + n * 86_400_000) * 1000 })));
    await ledger.noteDeliveries([
      event("call-0", { at: noon }),
      event("call-2", { at: noon + 2 * 86_400_000 }),
    ]);
    expect(await ledger.prune("2026-11-22")).toEqual({ calls: 2, deliveries: 1 });
    await ledger.checkpoint();
    expect(await ledger.byId("call-1")).toBeNull();
    expect(await ledger.byId("call-2")).toMatchObject({ row: { id: "call-2" } });
    expect(await ledger.deliveriesOf(["call-0", "call-2"])).toHaveLength(1);
  });

  it.each(["2026-11", "yesterday", "2026-13-01", "2026-01-01'; --"])("refuse the day %s", async (day) => {
    const ledger = await testLedger();
    await expect(ledger.prune(day)).rejects.toMatchObject({ code: "bad-query" });
  });
});
