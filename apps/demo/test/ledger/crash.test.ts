import { sumExact } from "@waybill/cost";
import { describe, expect, it } from "vitest";

import { kill, start } from "./children.js";
import { temporaryPath, testLedger } from "./temporary-ledger.js";

const kills = Number(process.env["WAYBILL_CRASH_RUNS"] ?? 5);

describe("a ledger whose process is killed", () => {
  it("has everything that append resolved for, and nothing of half a batch", async () => {
    const path = temporaryPath();
    let kept = 0;
    for (let run = 0; run < kills; run++) {
      const child = start("append-for-ever", [path, String(kept)]);
      // Killed while the next batch, or a checkpoint, is on its way.
      await child.printed(2 + Math.floor(Math.random() * 12));
      await kill(child.process);
      expect(child.lines[0]).toMatch(/^open \d+ whole$/);
      const told = child.lines.flatMap((line) =>
        line.startsWith("kept ") ? [Number(line.split(" ")[2]) + 1] : [],
      );
      kept = Math.max(kept, ...told);

      const ledger = await testLedger(path);
      expect(ledger.recovered).toBeNull();
      const { calls, spend } = await ledger.totals({});
      expect(calls).toBeGreaterThanOrEqual(kept);
      expect(calls % 50).toBe(0);
      expect(spend).toBe(sumExact(Array.from({ length: calls }, () => "0.000225")));
      const ids: string[] = [];
      for await (const { id } of ledger.export({})) ids.push(id);
      expect(ids).toEqual(Array.from({ length: calls }, (_, n) => `call-${n}`));
      expect(JSON.parse((await ledger.payloadText(`call-${calls - 1}`)) ?? "null")).toEqual({
        id: `call-${calls - 1}`,
      });
      await ledger.close();
    }
    expect(kept).toBeGreaterThan(0);
  });
});
