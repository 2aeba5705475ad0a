import { describe, expect, it } from "vitest";

import { quirkCases, type OpenAIFault } from "../../src/index.js";
import { eventsOf, hello, post, stubOf } from "./stub-client.js";

const stream = { ...hello, stream: true };

/** Reads until the text has so many events. */
async function readEvents(reader: ReadableStreamDefaultReader<Uint8Array>, count: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  while (eventsOf(text).length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

async function textAndFailure(response: Response): Promise<{ text: string; broke: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>)
      text += decoder.decode(piece, { stream: true });
  } catch {
    return { text, broke: true };
  }
  return { text, broke: false };
}

describe("a held answer", () => {
  it("waits behind its chunk until it is released", async () => {
    const stub = await stubOf({ answer: () => ({ text: "one two three", hold: "after-chunk-2" }) });
    const response = await post(stub, "chat/completions", stream);
    const reader = response.body!.getReader();
    const begun = await readEvents(reader, 2);
    await stub.held(1);
    expect(eventsOf(begun)).toHaveLength(2);
    // Another call that comes and goes: what was on its way has arrived by then.
    await (await fetch(`${stub.baseUrl}/models`)).text();
    const next = reader.read();
    const first = await Promise.race([next, Promise.resolve("still waiting")]);
    expect(first).toBe("still waiting");
    stub.release();
    const rest = new TextDecoder().decode((await next).value) + (await readEvents(reader, 99));
    expect(rest).toMatch(/data: \[DONE\]\n\n$/);
  });

  it("sends its headers before the first chunk when it is held behind none", async () => {
    const stub = await stubOf({ faults: [{ kind: "hold", at: "after-chunk-0" }] });
    const response = await post(stub, "chat/completions", stream);
    expect(response.status).toBe(200);
    await stub.held(1);
    stub.release();
    expect(eventsOf(await response.text()).at(-1)?.data).toBe("[DONE]");
  });

  it("is told of a client that goes away meanwhile", async () => {
    const stub = await stubOf({ answer: () => ({ text: "one two three", hold: "after-chunk-1" }) });
    const leaving = new AbortController();
    const response = await post(stub, "chat/completions", stream, { signal: leaving.signal });
    await stub.arrived(1);
    await stub.held(1);
    leaving.abort();
    await stub.aborted(1);
    await expect(response.text()).rejects.toThrow("abort");
  });
});

describe("a fault", () => {
  it.each([
    [{ kind: "cut", after: 3 }, 3],
    [{ kind: "cut", after: 0 }, 0],
  ] as const)("%j breaks the connection behind whole chunks", async (fault, whole) => {
    const stub = await stubOf({ faults: [fault] });
    const { text, broke } = await textAndFailure(await post(stub, "chat/completions", stream));
    expect([broke, eventsOf(text).length]).toEqual([true, whole]);
    expect(text.endsWith("\n\n") || text === "").toBe(true);
  });

  it("can break the connection inside of a chunk, and of a plain answer", async () => {
    const stub = await stubOf({ faults: () => ({ kind: "cut", after: 0, inside: true }) });
    for (const body of [stream, hello]) {
      const { text, broke } = await textAndFailure(await post(stub, "chat/completions", body));
      expect(broke).toBe(true);
      expect(text.length).toBeGreaterThan(10);
      expect(text.endsWith("\n\n")).toBe(false);
    }
  });

  it("sends an error in the middle of a stream, and a 500 where there is none", async () => {
    const fault: OpenAIFault = { kind: "error-in-stream", after: 2, message: "Out of memory", code: "oom" };
    const stub = await stubOf({ faults: () => fault });
    const events = eventsOf(await (await post(stub, "chat/completions", stream)).text());
    expect(events).toHaveLength(3);
    expect(JSON.parse(events[2]?.data ?? "")).toEqual({
      error: { message: "Out of memory", type: "server_error", code: "oom", param: null },
    });
    const plain = await post(stub, "chat/completions", hello);
    expect([plain.status, await plain.json()]).toMatchObject([500, { error: { code: "oom" } }]);
  });

  it("answers a status with the error of the service and with retry-after", async () => {
    const stub = await stubOf({ faults: [{ kind: "status", status: 429, retryAfter: "3" }] });
    const response = await post(stub, "chat/completions", hello);
    expect(response.headers.get("retry-after")).toBe("3");
    expect(await response.json()).toMatchObject({ error: { code: "rate_limit_exceeded" } });
    expect((await post(stub, "chat/completions", hello)).status).toBe(200);
  });

  it("never answers when it stalls", async () => {
    const stub = await stubOf({ faults: [{ kind: "stall" }] });
    const leaving = new AbortController();
    const answered = post(stub, "chat/completions", hello, { signal: leaving.signal });
    await stub.arrived(1);
    leaving.abort();
    await expect(answered).rejects.toThrow("abort");
    await stub.aborted(1);
  });

  it("serves every quirk of the corpus byte for byte", async () => {
    const whole = quirkCases.filter(({ staysOpen }) => !staysOpen);
    const stub = await stubOf({ faults: whole.map(({ name }) => ({ kind: "quirk", name })) });
    for (const { name, reads, contentType } of whole) {
      const response = await post(stub, "chat/completions", stream);
      expect(response.headers.get("content-type"), name).toBe(contentType);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.equals(Buffer.concat(reads)), name).toBe(true);
    }
  });

  it("leaves the connection open behind a quirk that does so", async () => {
    const { name, reads } = quirkCases.find(({ staysOpen }) => staysOpen)!;
    const stub = await stubOf({ faults: [{ kind: "quirk", name }] });
    const response = await post(stub, "chat/completions", stream);
    const reader = response.body!.getReader();
    const size = Buffer.concat(reads).length;
    let seen = 0;
    while (seen < size) seen += (await reader.read()).value?.length ?? size;
    await reader.cancel();
    await stub.aborted(1);
    expect(seen).toBe(size);
  });

  it("names a quirk that there is none of", async () => {
    const stub = await stubOf({ faults: [{ kind: "quirk", name: "no such" }] });
    const response = await post(stub, "chat/completions", stream);
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining("no such")]);
  });
});
