import { join } from "node:path";

import { open } from "lmdb";
import { describe, expect, it } from "vitest";

import { readMetas, withDataFile } from "../src/disk/lmdb-file.js";
import { walk } from "../src/disk/walk.js";
import { temporaryFolder } from "./spool-folder.js";

const SYNCHRONOUS = 0x10002 as never;

describe("walk", () => {
  it("sees what LMDB sees, and every page once, after any number of changes", () => {
    const dir = temporaryFolder();
    const options = {
      noSync: true,
      overlappingSync: false,
      keyEncoding: "binary",
      encoding: "binary",
      eventTurnBatching: false,
    } as const;
    const database = open<Buffer, Uint8Array>(join(dir, "env"), options);
    const rows = new Map<string, number>();
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 150; round++) {
      database.transactionSync(() => {
        for (let count = random(60); count > 0; count--) {
          const key = Buffer.alloc(4 + random(12), 1);
          key.writeUInt32BE(random(2000));
          const size = random(5) === 0 ? random(30_000) : random(3000);
          database.putSync(key, Buffer.alloc(size, 65));
          rows.set(key.toString("hex"), size);
        }
        for (const name of rows.keys()) {
          if (random(3) > 0) continue;
          database.removeSync(Buffer.from(name, "hex"));
          rows.delete(name);
        }
      }, SYNCHRONOUS);
      const seen = new Map<string, number>();
      const found = withDataFile(join(dir, "env", "data.mdb"), (file) => {
        const [meta] = readMetas(file);
        return (
          meta && { meta, ...walk(file, meta, ({ key, size }) => void seen.set(key.toString("hex"), size)) }
        );
      });
      expect(found?.damage).toEqual([]);
      expect(seen).toEqual(rows);
      expect((found?.used.size ?? 0) + (found?.free.size ?? 0)).toBe((found?.meta.lastPage ?? 0) + 1);
    }
    void database.close();
  });
});
