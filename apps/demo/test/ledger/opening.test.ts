import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";

import { diagnose, ledgerError } from "../../server/ledger/duckdb/diagnose.js";
import { openLedger } from "../../server/ledger/duckdb/open-ledger.js";
import { recordsOf } from "./calls.js";
import { start } from "./children.js";
import { temporaryPath, testLedger } from "./temporary-ledger.js";

const now = (): number => Date.parse("2026-11-20T21:47:00Z");

/** A ledger of 3,000 calls, closed. */
async function written(path = temporaryPath()): Promise<string> {
  const ledger = await testLedger(path);
  await ledger.append(
    recordsOf(3000, (n) => ({ payload: createHash("sha512").update(String(n)).digest("hex") })),
  );
  await ledger.close();
  return path;
}

/** Puts bytes into a file, by default in the place of others. */
function overwrite(path: string, at: number, bytes: Buffer): void {
  const content = readFileSync(path);
  bytes.copy(content, at);
  writeFileSync(path, content);
}

async function duckdb(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

const hashOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("a ledger that somebody has open", () => {
  it("is refused to another process, which is told whose it is and what to do", async () => {
    const path = temporaryPath();
    const child = start("hold", [path]);
    await child.printed(1);
    await expect(openLedger(path)).rejects.toMatchObject({
      code: "ledger-locked",
      message: expect.stringMatching(
        new RegExp(`pid ${child.process.pid}.*--ledger other\\.duckdb`),
      ) as string,
    });
    expect(readdirSync(dirname(path)).filter((name) => name.includes("corrupt"))).toEqual([]);
    const ended = new Promise((resolve) => child.process.once("close", resolve));
    child.process.stdin?.end();
    await ended;
    expect((await testLedger(path)).recovered).toBeNull();
  });

  it.each<[how: string, other: (path: string) => string]>([
    ["the same path", (path) => path],
    ["another path to it", (path) => join(dirname(path), ".", "x", "..", basename(path))],
    ["a symbolic link", (path) => (symlinkSync(path, `${path}.link`), `${path}.link`)],
    ["a hard link", (path) => (linkSync(path, `${path}.hard`), `${path}.hard`)],
  ])("is refused a second time in this process, by %s", async (_, other) => {
    const path = temporaryPath();
    const ledger = await testLedger(path);
    mkdirSync(join(dirname(path), "x"));
    await expect(openLedger(other(path))).rejects.toMatchObject({
      code: "ledger-locked",
      message: expect.stringMatching(/this process/) as string,
    });
    // The lock of the system is still there: looking at the file must not give it away.
    const child = start("hold", [path]);
    await child.printed(1);
    expect(child.lines).toEqual(["refused ledger-locked"]);
    await ledger.close();
    await (await testLedger(path)).close();
  });

  it("is only opened once by two who ask at the same time", async () => {
    const path = temporaryPath();
    const both = await Promise.allSettled([testLedger(path), testLedger(path)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });
});

const damages: [what: string, damage: (path: string) => void, reason: RegExp][] = [
  ["is cut short", (path) => truncateSync(path, 300_000), /enough bytes/],
  ["is cut within its head", (path) => truncateSync(path, 5000), /enough bytes/],
  ["is empty", (path) => writeFileSync(path, ""), /does not begin/],
  ["has another beginning", (path) => overwrite(path, 0, randomBytes(32)), /does not begin/],
  ["has a head that makes no sense", (path) => overwrite(path, 4096, Buffer.alloc(8192, 0x41)), /checksum/],
  ["is random bytes", (path) => writeFileSync(path, randomBytes(100_000)), /does not begin/],
  [
    "has blocks that make no sense",
    (path) => overwrite(path, 20_000, Buffer.alloc(500_000, 0x41)),
    /checksum/,
  ],
];

describe("a ledger that", () => {
  it.each(damages)("%s is moved aside, and a new one is begun", async (_, damage, reason) => {
    const path = await written();
    damage(path);
    const bytes = hashOf(path);
    const ledger = await testLedger(path, { now });
    const movedTo = `${path}.corrupt-20261120T214700Z`;
    expect(ledger.recovered).toEqual({ movedTo, reason: expect.stringMatching(reason) as string });
    expect(hashOf(movedTo)).toBe(bytes);
    expect(await ledger.append(recordsOf(1))).toEqual([{ seq: 1, added: true }]);
    await ledger.close();
    expect((await testLedger(path)).recovered).toBeNull();
  });

  it("has a log that makes no sense is moved aside with it, beside one that was before", async () => {
    const path = await written();
    writeFileSync(`${path}.corrupt-20261120T214700Z`, "an earlier one");
    const child = start("append-for-ever", [path, "3000"]);
    await child.printed(3);
    child.process.kill("SIGKILL");
    await new Promise((resolve) => child.process.once("close", resolve));
    overwrite(`${path}.wal`, 200, Buffer.alloc(400, 0x41));
    const ledger = await testLedger(path, { now });
    const movedTo = `${path}.corrupt-20261120T214700Z-2`;
    expect(ledger.recovered).toEqual({ movedTo, reason: expect.stringMatching(/WAL/) as string });
    expect(existsSync(`${movedTo}.wal`)).toBe(true);
  });
});

describe("a file that is no ledger", () => {
  it.each<[what: string, name: string, write: (path: string) => void | Promise<void>]>([
    ["of text", "notes.duckdb", (path) => writeFileSync(path, "# Notes\n\nÜber alles\n".repeat(500))],
    [
      "of another format",
      "notes.duckdb",
      (path) => writeFileSync(path, Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(5000)])),
    ],
    ["of another name", "holiday.jpg", (path) => writeFileSync(path, randomBytes(5000))],
    [
      "of DuckDB with other tables",
      "sales.duckdb",
      async (path) => duckdb(path, "CREATE TABLE sales AS SELECT 1 AS x"),
    ],
    [
      "of DuckDB with a view alone",
      "sales.duckdb",
      async (path) => duckdb(path, "CREATE VIEW sales AS SELECT 1 AS x"),
    ],
    [
      "of DuckDB with one table of the same name",
      "sales.duckdb",
      async (path) => duckdb(path, "CREATE TABLE calls AS SELECT 1 AS x"),
    ],
  ])("%s stays as it is", async (_, name, write) => {
    const path = temporaryPath(name);
    await write(path);
    const bytes = hashOf(path);
    await expect(openLedger(path)).rejects.toMatchObject({
      code: "ledger-foreign",
      message: expect.stringMatching(/stays as it is.*--ledger other\.duckdb/) as string,
    });
    expect(hashOf(path)).toBe(bytes);
    expect(readdirSync(dirname(path))).toEqual([name]);
  });

  it("is a folder", async () => {
    const path = temporaryPath();
    mkdirSync(path);
    await expect(openLedger(path)).rejects.toMatchObject({ code: "ledger-foreign" });
  });
});

describe("a ledger of a later version", () => {
  it("is refused and stays as it is", async () => {
    const path = await written();
    await duckdb(path, "UPDATE waybill_ledger SET version = 99");
    const bytes = hashOf(path);
    await expect(openLedger(path)).rejects.toMatchObject({
      code: "ledger-newer",
      message: expect.stringMatching(/version 99/) as string,
    });
    expect(hashOf(path)).toBe(bytes);
  });
});

describe("where nothing can be written", () => {
  // Root may write whatever the mode says.
  const users = process.getuid?.() === 0 ? [] : ["this user"];

  it.each(users)("a ledger is refused to %s", async () => {
    const path = await written();
    chmodSync(path, 0o444);
    await expect(openLedger(path)).rejects.toMatchObject({ code: "ledger-not-writable" });
  });

  it("a folder cannot be made, and the message says so", async () => {
    const file = temporaryPath("file");
    writeFileSync(file, "");
    await expect(openLedger(join(file, "a.duckdb"))).rejects.toMatchObject({
      code: "ledger-not-writable",
      message: expect.stringMatching(/give this user|another file/) as string,
    });
  });
});

describe("what DuckDB says", () => {
  it.each([
    [
      "locked",
      'IO Error: Could not set lock on file "a": Conflicting lock is held in /usr/bin/node (PID 19155).',
      "ledger-locked",
    ],
    [
      "newer",
      "IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67.",
      "ledger-newer",
    ],
    [
      "corrupt",
      "IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 4096",
      "ledger-corrupt",
    ],
    ["denied", 'IO Error: Cannot open file "a": Permission denied', "ledger-not-writable"],
    ["denied", 'IO Error: Cannot open file "a": Read-only file system', "ledger-not-writable"],
    ["full", 'IO Error: Could not write file "a": No space left on device', "ledger-full"],
    ["interrupted", "INTERRUPT Error: Interrupted!", "ledger-failed"],
    ["other", "INTERNAL Error: something", "ledger-failed"],
  ])("is %s: %s", (diagnosis, words, code) => {
    const error = new Error(words);
    expect(diagnose(error)).toBe(diagnosis);
    expect(ledgerError(error, "open", "a")).toMatchObject({ code, cause: error });
  });

  it("keeps what came before the damage: a new ledger is where the old one was", async () => {
    const path = await written();
    copyFileSync(path, `${path}.copy`);
    const ledger = await testLedger(`${path}.copy`);
    expect(ledger).toMatchObject({ recovered: null });
    expect((await ledger.span()).calls).toBe(3000);
  });
});
