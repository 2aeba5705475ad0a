import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { temporaryPath, testLedger } from "./temporary-ledger.js";

const program = fileURLToPath(new URL("./programs/fill-disk.ts", import.meta.url));

/** Blocks of the shell's, which are 512 bytes or 1,024: no file gets larger than 30 or 60 MB. */
const LIMIT = 60_000;

describe("a ledger on a disk without room", () => {
  it.skipIf(process.platform !== "linux")(
    "refuses what it cannot keep, still answers after DuckDB gave itself up, and has all that it kept",
    async () => {
      const path = temporaryPath();
      const script = `trap '' XFSZ; ulimit -S -f ${LIMIT}; exec "$0" --import tsx "$1" "$2"`;
      const child = spawn("/bin/sh", ["-c", script, process.execPath, program, path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const told = JSON.parse(await text(child.stdout)) as { kept: number; calls: number };
      // A checkpoint that met the limit is what DuckDB gives itself up for.
      expect([LIMIT * 512, LIMIT * 1024]).toContain(statSync(path).size);
      expect(told).toEqual({ kept: told.calls, calls: told.kept, code: "ledger-full", handles: 1 });
      expect(told.kept).toBeGreaterThan(1000);
      const ledger = await testLedger(path);
      expect(ledger.recovered).toBeNull();
      expect((await ledger.totals({})).calls).toBe(told.kept);
    },
  );
});
