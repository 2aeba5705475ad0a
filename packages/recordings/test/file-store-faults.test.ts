import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import { writeRecording } from "../src/index.js";
import { openRecordingStore, prune } from "../src/node.js";
import {
  all,
  answerOf,
  filesIn,
  fill,
  recordingOf,
  temporaryFolder,
  textOf,
  textWith,
} from "./store-folder.js";

const entry = new URL("../src/node.ts", import.meta.url).href;

/** Writes the same file over and over, with one text and then with the other. */
const writer = `
  const { openRecordingStore } = await import(${JSON.stringify(entry)});
  const [dir, size] = process.argv.slice(1);
  const store = openRecordingStore(dir);
  const recordings = ["x", "y"].map((letter) => ({
    request: { url: "http://h/v1/chat/completions" },
    response: { body: [letter.repeat(Number(size))] },
  }));
  await store.put("a.json", null, recordings[0]);
  console.log("writing");
  for (let count = 1; ; count++) await store.put("a.json", null, recordings[count % 2]);
`;
const SIZE = 300_000;
const versions = ["x", "y"].map((letter) =>
  writeRecording({
    request: { url: "http://h/v1/chat/completions" },
    response: { body: [letter.repeat(SIZE)] },
  }),
);

const running = new Set<ChildProcess>();

// Before the folders are removed: that is registered earlier, and so done later.
afterEach(async () => {
  await Promise.all(Array.from(running, kill));
});

async function startWriter(dir: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", writer, dir, String(SIZE)],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  running.add(child);
  await once(createInterface({ input: child.stdout }), "line");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  running.delete(child);
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

describe("a writer that is killed", () => {
  it("leaves the old file or the new one, and temporary files that only prune sees", async () => {
    const dir = temporaryFolder();
    for (let round = 0; round < 3; round++) {
      const writers = await Promise.all(Array.from({ length: 4 }, async () => startWriter(dir)));
      for (const each of writers) {
        await wait(Math.random() * 20);
        await kill(each);
        expect(versions).toContain(textOf(dir, "a.json"));
        expect(await all(openRecordingStore(dir, { layout: "flat" }).list())).toHaveLength(1);
      }
    }
    const left = filesIn(dir).filter((name) => name !== "a.json");
    const { files, kept } = await prune(dir, { layout: "flat", write: true });
    expect(files.map(({ file, reason, removed }) => [file, reason, removed])).toEqual(
      left.map((name) => [name, "temporary", true]),
    );
    expect(kept).toBe(1);
    expect(filesIn(dir)).toEqual(["a.json"]);
  });

  it("is told from one that is still writing", async () => {
    const dir = temporaryFolder();
    const draft = (id: number, digit: string) => `.waybill-${id}-${digit.repeat(16)}.tmp`;
    const old = draft(process.pid, "2");
    fill(dir, {
      "a.json": textWith("a"),
      [draft(process.pid, "1")]: "{",
      [old]: "{",
      // More than a process id can be.
      [draft(2 ** 30, "3")]: "{",
    });
    const hoursAgo = Date.now() / 1000 - 7200;
    utimesSync(join(dir, old), hoursAgo, hoursAgo);
    const { files } = await prune(dir);
    expect(files.map(({ file }) => file)).toEqual([old, draft(2 ** 30, "3")].toSorted());
    expect(files.every(({ removed }) => !removed)).toBe(true);
  });
});

describe("several recorders on one folder", () => {
  it("never show each other half a file", async () => {
    const dir = temporaryFolder();
    const stores = Array.from({ length: 4 }, () => openRecordingStore(dir));
    await stores[0]?.put("a.json", null, recordingOf(null, "0"));
    const answers = new Set<string | undefined>();
    const writing = stores.map(async (store, owner) => {
      for (let count = 0; count < 25; count++) {
        await store.put("a.json", null, recordingOf(null, String(owner).repeat(1 + 5000 * (count % 2))));
        await store.put(`${owner}-${count}.json`, null, recordingOf(null, `${owner}-${count}`));
        answers.add(answerOf(await store.find("a.json", null)));
      }
    });
    const failed = (await Promise.allSettled(writing)).filter(({ status }) => status === "rejected");
    expect(failed).toEqual([]);
    expect([...answers].every((answer) => /^(\d)\1*$/.test(answer ?? ""))).toBe(true);
    expect(filesIn(dir)).toHaveLength(101);
    expect(statSync(join(dir, "a.json")).mode & 0o777).toBe(0o600);
  });

  it("make the folder of a test together", async () => {
    const root = temporaryFolder();
    const writing = Array.from({ length: 20 }, async (_, index) => {
      const store = openRecordingStore(join(root, "base"), { root, layout: "tests" });
      await store.put(`${index}.json`, "tests/deep/down/x.py::t", recordingOf(null, ""));
    });
    await Promise.all(writing);
    expect(filesIn(join(root, "tests/deep/down/recordings"))).toHaveLength(20);
  });
});
