import { afterEach } from "vitest";

import { startOpenAIStub, type OpenAIStub, type OpenAIStubOptions } from "../../src/index.js";

const running: OpenAIStub[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((stub) => stub.close()));
});

/** A stub that is closed behind its test. */
export async function stubOf(options?: OpenAIStubOptions): Promise<OpenAIStub> {
  const stub = await startOpenAIStub(options);
  running.push(stub);
  return stub;
}

export type Post = { headers?: Record<string, string>; signal?: AbortSignal };

/** Sends a body to a path below `/v1`. */
export function post(stub: OpenAIStub, path: string, body: unknown, init: Post = {}): Promise<Response> {
  return fetch(`${stub.baseUrl}/${path}`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
  });
}

export type Event = { name: string | undefined; data: string };

/** The events of a body: their names and their data. */
export function eventsOf(text: string): Event[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      const lines = event.split("\n");
      return {
        name: lines.find((line) => line.startsWith("event: "))?.slice("event: ".length),
        data: lines.find((line) => line.startsWith("data: "))?.slice("data: ".length) ?? "",
      };
    });
}

/** The events of a body as values; `[DONE]` is left out. */
export async function valuesOf<Value>(response: Response): Promise<Value[]> {
  const events = eventsOf(await response.text());
  return events.filter(({ data }) => data !== "[DONE]").map(({ data }) => JSON.parse(data) as Value);
}

export const hello = { model: "gpt-4o", messages: [{ role: "user", content: "Hello there, planet" }] };
