import type { Recording } from "@waybill/core";
import { accumulate, type StreamResult } from "@waybill/stream";
import { describe, expect, it } from "vitest";

import { createReplayFetch, memoryStore, readRecording, recordingChunks } from "../src/index.js";
import { corpusFiles, corpusNote, hasCorpus, seedFiles } from "./corpus.js";

/** No version of the hash gives this file its name: it was edited. */
const unreachable = ["1067a6f3391ac911"];

const recordings = [...seedFiles, ...corpusFiles]
  .map(({ name, text }) => ({ name, recording: readRecording(text) }))
  .filter(({ recording: { request } }) => request.url?.includes("://"));
const named = recordings.map(({ name, recording }) => ({
  // The seeds have names of their own.
  ...(name.startsWith("recording") ? {} : { fileName: name }),
  recording,
}));
const store = memoryStore(named);

const cases = recordings.flatMap(({ name, recording }) =>
  (["exact", "request"] as const)
    .filter((match) => match === "request" || !unreachable.some((start) => name.startsWith(start)))
    .map((match) => ({ name, match, recording })),
);

/** Asks for a recording as the client did that it was made of; the body keeps its floats. */
async function ask(
  { request, test_id: testId }: (typeof cases)[number]["recording"],
  match: "exact" | "request",
): Promise<Response> {
  const fetch = createReplayFetch(store, { match, testId: testId ?? request.test_id ?? null });
  const body = JSON.stringify(request.payload ?? request.body);
  return fetch(request.url ?? "", body === "{}" ? {} : { method: "POST", body });
}

/** What a text of an answer says, to be compared with `meaningOf` of the recording. */
async function contentOf(text: string, { response }: Recording): Promise<unknown> {
  if (response.is_streaming !== true) return JSON.parse(text);
  // The last line ends as every other does.
  return isLines(response) ? text.split("\n").slice(0, -1) : whole(await accumulate(text));
}

/** What a recording says, read directly. */
async function meaningOf(recording: Recording): Promise<unknown> {
  const { response } = recording;
  const chunks = recordingChunks(recording);
  if (isLines(response)) return chunks;
  if (response.is_streaming === true) return whole(await accumulate(chunks as object[]));
  return Array.isArray(response.body) ? { object: "list", data: chunks } : chunks[0];
}

const isLines = ({ body }: Recording["response"]): boolean =>
  Array.isArray(body) && typeof body[0] === "string";
const whole = ({ completion, usage }: StreamResult): unknown => ({ completion, usage });

describe(`replay of the seeds and the corpus${corpusNote}`, () => {
  it.each(cases)("answers $name by $match as it was recorded", async ({ recording, match }) => {
    const answer = await ask(recording, match);
    const text = await answer.text();
    const { is_exception: isException, status } = recording.response;
    expect(answer.status, text).toBe(isException ? 400 : (status ?? 200));
    expect(await contentOf(text, recording)).toEqual(await meaningOf(recording));
  });

  it.skipIf(!hasCorpus)("covers every kind of recording that HTTP has", () => {
    expect(cases.length).toBeGreaterThan(110);
  });
});
