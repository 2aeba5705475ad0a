import type { StandardLoggingPayloadEmit } from "@waybill/core";
import { quirkCases } from "@waybill/testkit";
import { describe, expect, it } from "vitest";

import { instrumentFetch, observeFetch, type InstrumentOptions } from "../src/index.js";
import { bodyOf, chatUrl, completion, json, post, question, saturn, streamed } from "./upstream.js";

/** Options under which two runs of one call give the same record. */
function fixed(payloads: StandardLoggingPayloadEmit[]): InstrumentOptions {
  let time = 0;
  return {
    onPayload: (payload) => void payloads.push(payload),
    now: () => 1_766_000_000_000,
    monotonic: () => (time += 1),
    newId: () => "00000000-0000-4000-8000-000000000000",
    redact: { key: "of the test" },
  };
}

/** Reads a call as a server does that hands the pieces on itself. */
async function observe(
  answer: () => Response,
  request: object,
): Promise<StandardLoggingPayloadEmit | undefined> {
  const payloads: StandardLoggingPayloadEmit[] = [];
  const observed = observeFetch(async () => answer(), fixed(payloads));
  const { response, watcher } = await observed(chatUrl, post(request));
  for await (const piece of response.body as ReadableStream<Uint8Array>) watcher?.write(piece);
  watcher?.end("eof");
  return payloads[0];
}

async function instrument(
  answer: () => Response,
  request: object,
): Promise<StandardLoggingPayloadEmit | undefined> {
  const payloads: StandardLoggingPayloadEmit[] = [];
  const response = await instrumentFetch(async () => answer(), fixed(payloads))(chatUrl, post(request));
  for await (const _piece of response.body as ReadableStream<Uint8Array>) await Promise.resolve();
  return payloads[0];
}

describe("observeFetch", () => {
  it.each(quirkCases.map((quirk) => [quirk.name, quirk] as const))(
    "makes the record that instrumentFetch makes, though it reads pieces together: %s",
    async (_, { reads, contentType }) => {
      const answer = (): Response =>
        new Response(bodyOf(reads.map((piece) => piece.slice())), {
          headers: { "content-type": contentType },
        });
      const request = { ...question, stream: true };
      const [together, each] = [await observe(answer, request), await instrument(answer, request)];
      const { timing: ours, ...waybill } = together?.waybill ?? {};
      const { timing: theirs, ...expected } = each?.waybill ?? {};
      expect({ ...together, waybill }).toEqual({
        ...each,
        waybill: expected,
        // Clocks that count their looks differ by them.
        endTime: together?.endTime,
        completionStartTime: together?.completionStartTime,
        response_time: together?.response_time,
      });
      expect(ours?.chunks).toBe(theirs?.chunks);
    },
  );

  it("tells the times at which pieces came, and not at which they were read", async () => {
    const times = [0, 0, 100, 200, 250, 400, 900, 1000, 1000, 1000, 1000];
    const payloads: StandardLoggingPayloadEmit[] = [];
    let time = 0;
    const observed = observeFetch(async () => streamed(saturn), {
      ...fixed(payloads),
      monotonic: () => time,
    });
    const { response, watcher } = await observed(chatUrl, post({ ...question, stream: true }));
    let next = 2;
    for await (const piece of response.body as ReadableStream<Uint8Array>) {
      time = times[next++] ?? 1000;
      watcher?.write(piece);
    }
    watcher?.end("eof");
    expect(payloads[0]?.waybill.timing).toMatchObject({
      firstChunk: 100,
      firstContent: 200,
      finish: 400,
      usage: 900,
      ticks: [100, 200, 250, 400, 900],
    });
  });

  it("shows how far an answer is, whatever waits to be read", async () => {
    const texts: (string | undefined)[] = [];
    let look: () => string | undefined = () => undefined;
    const observed = observeFetch(async () => streamed(saturn), {
      onPayload: () => {},
      onStart: (call) => {
        look = () => call.progress().text;
      },
    });
    const { response, watcher } = await observed(chatUrl, post({ ...question, stream: true }));
    for await (const piece of response.body as ReadableStream<Uint8Array>) {
      watcher?.write(piece);
      texts.push(look());
    }
    expect(texts).toEqual(["", "Sat", "Saturn", "Saturn", "Saturn", "Saturn"]);
  });

  it("gives the response as it came, and has a watcher for calls of models alone", async () => {
    const answers = [json(completion), json({ data: [] })];
    const queue = [...answers];
    const observed = observeFetch(async () => queue.shift() as Response, { onPayload: () => {} });
    const call = await observed(chatUrl, post(question));
    const other = await observed("https://api.openai.com/v1/models");
    expect([call.response, other.response]).toEqual(answers);
    expect([call.watcher !== undefined, other.watcher]).toEqual([true, undefined]);
  });

  it("takes a context for one call, over that of the options", async () => {
    const payloads: StandardLoggingPayloadEmit[] = [];
    const observed = observeFetch(async () => json(completion), {
      ...fixed(payloads),
      context: () => ({ userId: "of the options", tags: ["a"] }),
    });
    const { watcher } = await observed(chatUrl, post(question), { userId: "of the call" });
    watcher?.end("abort");
    expect(payloads).toMatchObject([{ end_user: "of the call", request_tags: [] }]);
  });
});
