import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chatUrl, completion, json, observed, post, question, saturn, streamed } from "./upstream.js";

const withoutUsage = [...saturn.slice(0, 4), ...saturn.slice(5)].join("");

describe("asking for usage", () => {
  it("adds one member to a stream's request, and takes the chunk that it brings from the caller", async () => {
    const { fetch, payloads, requests } = observed(() => streamed(saturn), { includeUsage: true });
    const body = `{"stream":true,"seed":12345678901234567890,"messages":[],"model":"gpt-4o"}`;
    const response = await fetch(chatUrl, {
      method: "POST",
      body,
      headers: { "content-length": String(body.length) },
    });
    expect(await response.text()).toBe(withoutUsage);
    expect(await requests[0]?.text()).toBe(
      `{"stream_options":{"include_usage":true},"stream":true,"seed":12345678901234567890,"messages":[],"model":"gpt-4o"}`,
    );
    expect(payloads).toMatchObject([{ prompt_tokens: 10, completion_tokens: 2, response_cost: 0.000045 }]);
  });

  it("keeps the other stream options", async () => {
    const { fetch, requests } = observed(() => streamed(saturn), { includeUsage: true });
    await (
      await fetch(
        chatUrl,
        post({ ...question, stream: true, stream_options: { include_obfuscation: false } }),
      )
    ).text();
    expect(await requests[0]?.json()).toMatchObject({
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });

  it.each([
    ["asks itself", { ...question, stream: true, stream_options: { include_usage: true } }],
    ["declines", { ...question, stream: true, stream_options: { include_usage: false } }],
  ])("leaves a caller alone that %s", async (_, body) => {
    const { fetch, requests } = observed(() => streamed(saturn), { includeUsage: true });
    expect(await (await fetch(chatUrl, post(body))).text()).toBe(saturn.join(""));
    expect(await requests[0]?.json()).toEqual(body);
  });

  it("leaves what is not streamed alone", async () => {
    const { fetch, requests } = observed(() => json(completion), { includeUsage: true });
    expect(await (await fetch(chatUrl, post(question))).json()).toEqual(completion);
    expect(await requests[0]?.json()).toEqual(question);
  });

  it("takes out that chunk alone, however the bytes are cut", async () => {
    const whole = new TextEncoder().encode(saturn.join("").replaceAll("urn", "ü\u{1FA90}rn"));
    const expected = withoutUsage.replaceAll("urn", "ü\u{1FA90}rn");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: whole.length }), { maxLength: 20 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((left, right) => left - right), whole.length];
        const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end));
        const { fetch } = observed(() => streamed(pieces), { includeUsage: true });
        const response = await fetch(chatUrl, post({ ...question, stream: true }));
        expect(await response.text()).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });

  it("hands on an event as soon as it is whole", async () => {
    let push: (text: string) => void = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        push = (text) => controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const { fetch } = observed(() => new Response(body), { includeUsage: true });
    const response = await fetch(chatUrl, post({ ...question, stream: true }));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const read = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    push(`${saturn[0]}${saturn[1]?.slice(0, 20)}`);
    expect(await read()).toBe(saturn[0]);
    push(saturn[1]?.slice(20) ?? "");
    expect(await read()).toBe(saturn[1]);
    await reader.cancel();
  });
});
