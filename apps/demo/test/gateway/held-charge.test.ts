import { expect, it } from "vitest";

import { toLedgerRecord } from "../../server/ledger/record.js";
import { chat, startGateway } from "./start-gateway.js";

const caller = { hash: "a".repeat(64), alias: "docs-bot", lastFour: "Zx_9", isOwnKey: true };
const admission = {
  remaining: "1",
  held: "0.25",
  settle: async () => {},
  release: async () => {},
};

it.each([
  ["known: it alone is in the record", "gpt-4o", null],
  ["unknown: the record says what was charged for it", "gpt-nobody", "0.25"],
])("a call whose cost is %s", async (_, model, charged) => {
  const gateway = await startGateway({
    door: {
      authenticate: () => ({ ok: true, caller }),
      admit: async () => ({ ok: true, admission }),
    },
  });
  await gateway.post("/v1/chat/completions", chat({ model }));
  const payload = await gateway.record(1);
  expect(payload.metadata.spend_logs_metadata).toEqual(charged && { waybill_charged: charged });
  // The ledger reads both where the gateway writes them.
  expect(toLedgerRecord(payload)).toMatchObject({
    record: { charged, caller: { alias: "docs-bot", lastFour: "Zx_9" } },
  });
});
