import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Recording } from "@waybill/core";
import { afterEach } from "vitest";

import { readRecording, recordingFileName, requestHash, writeRecording } from "../src/index.js";

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "waybill-recordings-")));
  // Tests also act as other users.
  chmodSync(folder, 0o777);
  made.push(folder);
  return folder;
}

/** A repository with llama-stack's base folder in it. */
export function temporaryRepository(): { root: string; base: string } {
  const root = temporaryFolder();
  const base = join(root, "tests/integration/common");
  mkdirSync(base, { recursive: true });
  return { root, base };
}

/** Puts files into a folder, by their paths in it. */
export function fill(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Everything in a folder that is no folder, by path. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** The text of a file. */
export function textOf(...path: string[]): string {
  return readFileSync(join(...path), "utf8");
}

const url = "https://api.example.com/v1/chat/completions";

/** A call that a test made; `answer` is in its answer, and a member of the request when `question` is given. */
export function recordingOf(
  testId: string | null,
  answer: string,
  { question = "", id }: { question?: string; id?: string } = {},
): Recording {
  return readRecording(
    JSON.stringify({
      test_id: testId,
      request: {
        method: "POST",
        url,
        headers: {},
        body: { model: "m", question },
        endpoint: "/v1/chat/completions",
        model: "m",
      },
      response: {
        body: { __type__: "openai.types.chat.chat_completion.ChatCompletion", __data__: { id, answer } },
        is_streaming: false,
      },
    }),
  );
}

/** The text of such a call. */
export function textWith(answer: string): string {
  return writeRecording(recordingOf(null, answer));
}

/** The name that such a call's recording has under a version of the hash. */
export async function nameOf(testId: string | null, question = "", version: 1 | 2 | 7 = 7): Promise<string> {
  const request = { url, body: { model: "m", question }, testId };
  return recordingFileName(await requestHash(request, { version }), version);
}

/** What such a call answered. */
export function answerOf(stored: { recording: Recording } | undefined): string | undefined {
  const body = stored?.recording.response.body as { __data__?: { answer?: string } } | undefined;
  return body?.__data__?.answer;
}

/** Everything that comes, in one array. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
